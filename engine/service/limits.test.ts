/** Signals cannot end a run without its unwinding, and no client receives a whole history at once. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { temporal } from '../proto';
import { settle } from '../sim/virtual-clock';
import type { Script } from '../sim/scripted-worker';
import { count, World } from './testing/world';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const GRPC_FAILED_PRECONDITION = 9;
const data = Buffer.alloc(1_900_000, 'x');
const input = { payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data }] };

/** Waits only for a cancel, and unwinds in one step. */
const waits: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) > 0) return [command.cancel()];
  if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > 0) return [];
  const stopped = count(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) > 0;
  return stopped ? [command.schedule('charge:undo')] : [];
};

let world: World;
afterEach(() => world.role.stop());

describe('signals of 1.9 MB, sent until they are refused', () => {
  it('[LS1] make the run unwind; the refusal names the limit, and pages of the history are bounded', async () => {
    world = await new World({ waits }).begin();
    await world.start('w', 'waits');
    let sent = 0;
    const refused = await (async () => {
      for (; sent < 40; sent++) {
        const request = { workflowExecution: { workflowId: 'w' }, signalName: 'go', input };
        try {
          await world.call('SignalWorkflowExecution', request);
        } catch (error) {
          return error as { code: number; message: string };
        }
      }
      return null;
    })();
    await settle();
    world.activities.finish('charge:undo', { kind: 'completed', result: [] });
    await settle();
    expect(sent).toBeLessThan(25);
    expect(refused?.code).toBe(GRPC_FAILED_PRECONDITION);
    expect(refused?.message).toMatch(/^limit maxBytes: the history has \d+ bytes, 80 % of the 52428800/);
    const { events } = await world.stored('w');
    expect(events.some((event) => event.activityTaskCompletedEventAttributes)).toBe(true);
    expect((await world.describe('w')).workflowExecutionInfo!.status).toBe(STATUS.canceled);

    const reads = vi.spyOn(world.role.engine, 'readEvents');
    let token: Uint8Array = new Uint8Array();
    let read = 0;
    do {
      const page: temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse = await world.call(
        'GetWorkflowExecutionHistory',
        { execution: { workflowId: 'w' }, nextPageToken: token }
      );
      const bytes = temporal.api.history.v1.History.encode(page.history!).finish().length;
      expect(bytes).toBeLessThan(4 * 1024 * 1024);
      read += page.history!.events!.length;
      token = page.nextPageToken as Uint8Array;
    } while (token.length > 0);
    expect(read).toBe(events.length);
    // Large events are not read again and again for pages into which they do not fit.
    const asked = reads.mock.calls.reduce((sum, [, from, to]) => sum + to - from, 0);
    expect(asked).toBeLessThan(3 * events.length);
  }, 60_000);
});
