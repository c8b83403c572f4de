/**
 * DeleteWorkflowExecution: history/deletion.ts, deletions.ts.
 *
 * [DLS1] A deleted run is found by nothing, and its workflow id is free.
 * [DLS2] An open run is terminated first, as a Temporal server does it.
 * [DLS3] Whoever has to hear from the run hears before it is gone.
 * [DLS4] A crash between request and removal is made up for; a key is never given again.
 * [DLS7] A run of a published flow that is open, that a person keeps, whose effects are being counted, or of which an
 *        effect remains that nobody has acknowledged, is not deleted by a request, alone or in a batch; after that it is.
 * [DLS5] Only the run that is named is deleted, not the others of its workflow id.
 * [DLS6] Whoever reads a run while it is deleted is told that it is not found, as after it: no half of a history.
 */
import { status } from '@grpc/grpc-js';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { eventsOf, provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller, processCaller } from '../permissions/caller';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import { SlowStore } from './testing/slow-store';
import { count, untilSignal, World } from './testing/world';

provesHistories('scripted');
const { EventType: Type } = temporal.api.enums.v1;

let world: World<SlowStore>;
afterEach(() => world.role.stop());
async function begin(scripts: Record<string, Script>, more = {}): Promise<void> {
  world = await new World(scripts, new SlowStore(), more).begin();
}
const admin = processCaller('web', [{ role: 'admin', flow: null }]);
const remove = (workflowId: string, runId = '', caller = admin) =>
  world.role.service.call(
    'DeleteWorkflowExecution',
    { namespace: 'default', workflowExecution: { workflowId, runId } },
    caller
  );
const ids = () => [...world.store.runs.values()].map(({ workflowId }) => workflowId);
const done: Script = () => [command.complete()];

describe('DeleteWorkflowExecution', () => {
  it('[DLS1] of a closed run: nothing finds it, and its workflow id is free', async () => {
    await begin({ done });
    const { runId } = await world.start('c', 'done');
    await settle();
    await remove('c');
    await settle();
    for (const named of ['', runId])
      await expect(
        world.call('DescribeWorkflowExecution', { execution: { workflowId: 'c', runId: named } })
      ).rejects.toThrow(/not found for workflow ID "c"/);
    await expect(remove('c')).rejects.toThrow(/not found/);
    const listed = await world.call<{ executions: unknown[] }>('ListWorkflowExecutions', {});
    expect(listed.executions).toEqual([]);
    const { runs, history, visibility, current } = world.store;
    expect([runs.size, history.size, visibility.size, current.size]).toEqual([0, 0, 0, 0]);
    expect(await world.start('c', 'done', { workflowIdReusePolicy: 3 })).toMatchObject({ started: true });
  });

  it('[DLS2] of an open run: it is terminated, and whoever waits for its end is answered', async () => {
    await begin({ waits: untilSignal });
    await world.start('c', 'waits');
    await settle();
    const poll = world.call<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse>(
      'GetWorkflowExecutionHistory',
      { execution: { workflowId: 'c' }, waitNewEvent: true, historyEventFilterType: 2 }
    );
    await settle();
    const deleteRun = world.store.delete.bind(world.store);
    let last: unknown = null;
    world.store.delete = (epoch, runKey) => {
      last = eventsOf(world.store.history.get(runKey)!).at(-1)?.workflowExecutionTerminatedEventAttributes;
      deleteRun(epoch, runKey);
    };
    await remove('c');
    const answer = await poll.then(
      ({ history }) => history?.events?.[0]?.workflowExecutionTerminatedEventAttributes?.reason,
      (error: Error) => error.message
    );
    expect(answer).toMatch(/Delete workflow execution|not found/);
    await settle();
    expect(last).toMatchObject({ reason: 'Delete workflow execution', identity: 'history-service' });
    expect(ids()).toEqual([]);
  });

  it('[DLS3] the close policy is carried out, and the parent hears, before the run is gone', async () => {
    await begin({
      parent: (events) => {
        if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0)
          return [command.startChild('c', { workflowType: { name: 'middle' } })];
        return count(events, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED) > 0 ? [command.complete()] : [];
      },
      middle: (events) =>
        count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0 ? [command.startChild('g')] : [],
      child: untilSignal,
    });
    await world.start('p', 'parent');
    await settle();
    const find = world.role.engine.find.bind(world.role.engine);
    let isAway = true;
    world.role.engine.find = (...named) =>
      isAway && named[1] === 'p' ? Promise.reject(new Error('cannot be read')) : find(...named);
    await remove('c');
    await world.clock.advance(10 * 60_000);
    expect(ids()).toEqual(['p', 'c', 'g']);
    expect((await world.stored('g')).run.status).toBe(STATUS.terminated);
    isAway = false;
    await world.clock.advance(10 * 60_000);
    expect(ids()).toEqual(['p', 'g']);
    expect((await world.stored('p')).run.status).toBe(STATUS.completed);
  });

  it('[DLS4] a crash before the removal does not undo it, and no run has its key again', async () => {
    await begin({ done });
    await world.start('a', 'done');
    await world.start('b', 'done');
    await settle();
    const deleteRun = world.store.delete.bind(world.store);
    let tries = 0;
    world.store.delete = () => {
      tries++;
      throw new Error('away (simulated)');
    };
    await remove('b');
    await world.clock.advance(60_000);
    // Not in a busy loop.
    expect(tries).toBeLessThan(10);
    expect(ids()).toEqual(['a', 'b']);
    world.store.delete = deleteRun;
    await world.takeOver();
    await world.clock.advance(1_000);
    expect(ids()).toEqual(['a']);
    await world.takeOver();
    await world.start('c', 'done');
    await settle();
    expect([...world.store.runs.keys()]).toEqual([1, 3]);
  });

  it('[DLS5] the run that is named, open or not; the current one without a run id', async () => {
    await begin({ done, waits: untilSignal });
    const first = await world.start('c', 'done');
    await settle();
    const second = await world.start('c', 'waits');
    await settle();
    await remove('c', first.runId);
    await settle();
    expect((await world.describe('c')).workflowExecutionInfo?.execution?.runId).toBe(second.runId);
    const third = await world.start('c', 'waits', { workflowIdConflictPolicy: 3 });
    await remove('c');
    await settle();
    const left = [...world.store.runs.values()].map(({ runId }) => runId);
    expect(left).toEqual([second.runId]);
    expect(third.runId).not.toBe(second.runId);
    await expect(world.describe('c')).rejects.toThrow(/not found/);
  });

  it('[DLS5] the first run of a chain: the close policy of its parent still reaches the open one', async () => {
    await begin({
      parent: (events) =>
        count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0 ? [command.startChild('c')] : [],
      child: (events) =>
        events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ? [] : [command.continueAsNew()],
    });
    await world.start('p', 'parent');
    await world.clock.advance(2_000);
    const [, first] = [...world.store.runs.values()];
    await remove('c', first!.runId);
    await settle();
    expect(ids()).toEqual(['p', 'c']);
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'p' } });
    await settle();
    expect((await world.stored('c')).run.status).toBe(STATUS.terminated);
  });

  const execution = { workflowId: 'c' };
  const reads: [method: string, request: Record<string, unknown>][] = [
    ['DescribeWorkflowExecution', { execution }],
    ['GetWorkflowExecutionHistory', { execution }],
    ['GetWorkflowExecutionHistoryReverse', { execution }],
    ['ResetWorkflowExecution', { workflowExecution: execution, workflowTaskFinishEventId: 4, requestId: 'r' }],
  ];
  it.each([
    ...reads.map(([method, request]) => ({ method, request, moment: 'afterNextFind' as const })),
    // A description of a run in memory reads no history; a removal waits for the end of a reset.
    ...reads.slice(1, 3).map(([method, request]) => ({ method, request, moment: 'beforeNextRead' as const })),
  ])('[DLS6] while it is read: $method, $moment', async ({ method, request, moment }) => {
    await begin({ done });
    await world.start('c', 'done');
    await settle();
    if (moment === 'afterNextFind') await world.takeOver();
    let deleted = 0;
    world.store[moment] = async () => {
      await remove('c');
      await settle();
      deleted++;
    };
    const notFound = { code: status.NOT_FOUND, message: expect.stringMatching(/not found/) as string };
    await expect(world.call(method, request)).rejects.toMatchObject(notFound);
    expect([deleted, ids()]).toEqual([1, []]);
  });

  it('[DLS7] a run of a published flow stays until all that is left of it is acknowledged', async () => {
    let answer: (counted: { phase: 'left-standing'; standing: number }) => void = () => {};
    const count = () => new Promise<{ phase: 'left-standing'; standing: number }>((resolve) => (answer = resolve));
    const effectCounter = { knows: (type: string) => type === 'saga', count };
    await begin({ saga: untilSignal, plain: untilSignal }, { effectCounter });
    const { runId } = await world.start('s', 'saga');
    await world.start('p', 'plain');
    await settle();
    const refused = async (words: RegExp) => {
      await expect(remove('s')).rejects.toMatchObject({
        code: status.FAILED_PRECONDITION,
        message: expect.stringMatching(words) as string,
      });
      await settle();
      expect(ids()).toContain('s');
    };
    await refused(/is open/);
    expect((await world.describe('s')).workflowExecutionInfo?.status).toBe(STATUS.running);
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 's' } });
    await settle();
    await refused(/being counted/);
    answer({ phase: 'left-standing', standing: 1 });
    await settle();
    await refused(/nobody has acknowledged/);
    // Also after a takeover, and in a batch, which says so for this run and deletes the other one.
    await world.takeOver();
    await refused(/nobody has acknowledged/);
    const batch = { jobId: 'j', reason: 'r', deletionOperation: { identity: 'i' } };
    const executions = [{ workflowId: 's' }, { workflowId: 'p' }];
    await world.role.service.call('StartBatchOperation', { namespace: 'default', ...batch, executions }, admin);
    await world.clock.advance(10_000);
    expect(ids()).toEqual(['s']);
    const { results } = await world.role.batches.results({
      namespace: 'default',
      jobId: 'j',
      outcome: '',
      pageToken: '',
      pageSize: 10,
    });
    expect(results.find(({ workflowId }) => workflowId === 's')).toMatchObject({
      outcome: 'refused',
      problem: expect.stringContaining('acknowledged') as string,
    });

    const { engine } = world.role;
    const address = { namespace: 'default', workflowId: 's', runId };
    await engine.settleEffect(address, { activityId: 'a', found: 'remains' }, () => true);
    await settle();
    answer({ phase: 'left-standing', standing: 1 });
    await settle();
    await engine.keepRun(address, true, () => true);
    await refused(/a person keeps the run/);
    await engine.keepRun(address, false, () => true);
    await remove('s');
    await settle();
    expect(ids()).toEqual([]);
  });

  it('[DLS2] is in the audit log, and needs the right to administer', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({ done }, { log });
    await world.start('c', 'done');
    await expect(remove('c', '', localCaller())).rejects.toThrow(/runs.delete is refused/);
    expect(ids()).toEqual(['c']);
    await remove('c');
    const audited = lines.filter(({ method }) => method === 'DeleteWorkflowExecution');
    expect(audited).toMatchObject([
      { audit: true, workflowId: 'c', outcome: 'PERMISSION_DENIED' },
      { audit: true, workflowId: 'c', outcome: 'ok', who: 'web' },
    ]);
  });

  it('[DLS1] on PostgreSQL', async () => {
    const database = await createTestDatabase();
    const store = new PostgresStore({ url: database.url });
    try {
      world = await new World({ done }, store as never).begin();
      await world.start('c', 'done');
      await world.clock.advance(1_000);
      await remove('c');
      await expect
        .poll(() =>
          world.describe('c').then(
            () => 'found',
            (error: Error) => error.message
          )
        )
        .toMatch(/not found/);
    } finally {
      await world.role.stop();
      await database.drop();
    }
  });
});
