/** Starts: repeated, many at once, and those that terminate the open run with the same id. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { jsonPayload, type Script } from '../../sim/scripted-worker';
import { settle } from '../../sim/virtual-clock';
import { steps, untilSignal, World } from '../testing/world';

provesHistories('scripted');

let world: World;
afterEach(() => world.role.stop());
const begin = async (scripts: Record<string, Script>) => (world = await new World(scripts).begin());

describe('starts', () => {
  it('[S20] with the same request id return the same run', async () => {
    await begin({ flow: untilSignal });
    const first = await world.start('w', 'flow', { requestId: 'r' });
    const second = await world.start('w', 'flow', { requestId: 'r' });
    expect(second.runId).toBe(first.runId);
    await expect(world.start('w', 'flow', { requestId: 'other' })).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
    });
  });

  it('[S21] of one id, a hundred at the same moment, make one run', async () => {
    await begin({ flow: untilSignal });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => world.start('w', 'flow', { requestId: `r${index}` }))
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(world.store.runs.size).toBe(1);
  });

  describe.each([
    ['conflict policy', { workflowIdConflictPolicy: 3 }],
    ['reuse policy', { workflowIdReusePolicy: 4 }],
  ])('that end the running one, by %s', (_policy, terminate) => {
    const statuses = () => [...world.store.runs.values()].map((run) => run.status);
    const again = (more: object = {}) => world.start('w', 'flow', { ...terminate, ...more });

    it('[S23] close it and create the next run in one commit, and one run is open', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      await settle();
      const { commits } = world.store;
      const { runId } = await again();
      expect(world.store.commits).toBe(commits + 1);
      expect(statuses()).toEqual([5, 1]);
      const description = await world.describe('w');
      expect(description.workflowExecutionInfo?.execution?.runId).toBe(runId);
      await world.signal('w');
      await settle();
      expect(statuses()).toEqual([5, 2]);
    });

    it.each(['lostBeforeApply', 'rejected'] as const)('[S24] do neither if that commit is %s', async (fault) => {
      await begin({ flow: untilSignal });
      const { runId } = await world.start('w', 'flow');
      await settle();
      world.store.failNextCommit(fault);
      await expect(again()).rejects.toThrow();
      await settle();
      expect(statuses()).toEqual([1]);
      expect((await world.describe('w')).workflowExecutionInfo?.execution?.runId).toBe(runId);
    });

    it('[S25] have done both if only the answer was lost: the repeated start returns the same run', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      await settle();
      world.store.failNextCommit('lostAfterApply');
      await expect(again({ requestId: 'r' })).rejects.toThrow();
      await settle();
      await again({ requestId: 'r' });
      expect(statuses()).toEqual([5, 1]);
    });

    it('[S26] close nothing if the next run is refused', async () => {
      await begin({ flow: untilSignal });
      await world.start('w', 'flow');
      const input = { payloads: [jsonPayload('x'.repeat(3_000_000))] };
      await expect(again({ input })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
      await settle();
      expect(statuses()).toEqual([1]);
    });

    it('[S27] cancel running attempts, and a hundred at once leave one open run', async () => {
      await begin({ flow: steps(1) });
      await world.start('w', 'flow');
      await settle();
      await Promise.all(Array.from({ length: 100 }, () => again()));
      await settle();
      expect(world.activities.canceled.map(({ reason }) => reason)).toContain('WORKFLOW_CLOSED');
      expect(statuses().filter((one) => one === 1)).toHaveLength(1);
      expect(statuses()).toHaveLength(101);
    });
  });

  it('[S22] without a required field are refused with the name of the field', async () => {
    await begin({});
    await expect(world.start('', 'flow')).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining('workflow_id') as string,
    });
    await expect(world.call('StartNexusOperationExecution', {})).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      message: expect.stringContaining('StartNexusOperationExecution') as string,
    });
  });
});
