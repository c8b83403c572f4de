/**
 * The store contract: one suite for both stores. The rules are numbered. A store that breaks a rule loses or repeats
 * work.
 */
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { STATUS } from '../run-name';
import { MemoryStore } from './memory';
import {
  ConflictError,
  CurrentRunConflictError,
  FencedError,
  StoreUnavailableError,
  type LeasedStore,
  type RunCommit,
  type Store,
} from './port';
import type { RunChange } from '../visibility/change';
import type { Filter, VisibilityRecord } from '../visibility/record';
import { PostgresStore } from './postgres/store';
import { createTestDatabase, type TestDatabase } from './postgres/testing/database';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (value: Uint8Array) => Buffer.from(value).toString();

function creation(
  runKey: number,
  change: Partial<RunCommit> & { workflowId?: string; expected?: string | null } = {}
): RunCommit {
  const { workflowId = `wf-${runKey}`, expected = null, ...rest } = change;
  const runId = `run-${runKey}`;
  return {
    runKey,
    expectedNextEventId: 1,
    nextEventId: 3,
    history: [{ firstEventId: 1, events: bytes(`start ${runKey}`) }],
    status: STATUS.running,
    side: bytes('side'),
    wakeAt: 1_000,
    create: { namespace: 'default', workflowId, runId, firstRunId: runId, expectedCurrentRunId: expected },
    ...rest,
  };
}
function step(runKey: number, from: number, to: number, change: Partial<RunCommit> = {}): RunCommit {
  return {
    runKey,
    expectedNextEventId: from,
    nextEventId: to,
    history: [{ firstEventId: from, events: bytes(`events ${from}`) }],
    status: STATUS.running,
    side: bytes(`side ${to}`),
    ...change,
  };
}
function record(runKey: number, change: Partial<VisibilityRecord> = {}): VisibilityRecord {
  return {
    runKey,
    namespace: 'default',
    workflowId: `wf-${runKey}`,
    runId: `run-${runKey}`,
    firstRunId: `run-${runKey}`,
    workflowType: 'order_v1',
    taskQueue: 'backstitch',
    status: STATUS.running,
    startTime: 1_000 + runKey,
    executionTime: 2_000 + runKey,
    closeTime: null,
    historyLength: 3,
    historySizeBytes: 300,
    stateTransitions: 3,
    parent: null,
    root: null,
    searchAttributes: {},
    memo: bytes('memo'),
    ...change,
  };
}

function change(runKey: number, more: Partial<RunChange> = {}): RunChange {
  const { namespace, workflowId, runId, workflowType, status, historyLength } = record(runKey);
  const of = { namespace, workflowId, runId, workflowType, status, historyLength };
  return { ...of, at: 1_000 * runKey, starts: false, closes: false, told: {}, ...more };
}
const BEGINNING = { epoch: 0, number: 0 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function emptyTables(): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(
    'TRUNCATE engine.execution, engine.current_execution, engine.history, engine.visibility, engine.namespace, engine.schedule, engine.batch, engine.run_change, engine.run_change_removed, engine.step_time'
  );
  await client.end();
}

const stores: [string, () => Promise<Store>][] = [
  ['memory', () => Promise.resolve(new MemoryStore())],
  [
    'postgres',
    async () => {
      await emptyTables();
      return new PostgresStore({ url: database.url });
    },
  ],
];

describe.each(stores)('store contract: %s', (_name, open) => {
  let store: Store;
  let leased: LeasedStore;
  const held: LeasedStore[] = [];
  const acquire = async (holder: string) => {
    const lease = await store.acquire(holder);
    held.push(lease);
    return lease;
  };
  beforeEach(async () => {
    store = await open();
    leased = await acquire('first');
  });
  afterEach(async () => {
    await Promise.all(held.splice(0).map((lease) => lease.release()));
    await store.close();
  });

  it('[STCO1] a committed run is found by run id and as the current run', async () => {
    await leased.commit([creation(1)]);
    const run = await leased.findRun('default', 'wf-1', '');
    expect(run).toMatchObject({ runKey: 1, runId: 'run-1', nextEventId: 3, status: STATUS.running, wakeAt: 1_000 });
    expect(text(run?.side ?? bytes(''))).toBe('side');
    expect(await leased.findRun('default', 'wf-1', 'run-1')).toEqual(run);
    expect(await leased.findRun('default', 'wf-1', 'another')).toBeNull();
    expect(await leased.findRun('elsewhere', 'wf-1', '')).toBeNull();
    expect(await leased.maxRunKey()).toBe(1);
  });

  it('[STCO20] of many current runs that are looked for at once, each is found, and one that does not exist is not', async () => {
    await leased.commit(Array.from({ length: 200 }, (_, index) => creation(index + 1)));
    const looked = Array.from({ length: 400 }, (_, index) => leased.findRun('default', `wf-${index + 1}`, ''));
    const keys = (await Promise.all(looked)).map((run) => run?.runKey ?? null);
    expect(keys).toEqual(Array.from({ length: 400 }, (_, index) => (index < 200 ? index + 1 : null)));
  });

  it('[STCO2] a takeover fences the previous holder: its commit writes nothing', async () => {
    await leased.commit([creation(1)]);
    const second = await acquire('second');
    expect(second.epoch).toBe(leased.epoch + 1);
    await expect(leased.commit([step(1, 3, 6)])).rejects.toBeInstanceOf(FencedError);
    expect((await second.readRun(1))?.nextEventId).toBe(3);
    expect(await second.readHistory(1, 1, 100)).toHaveLength(1);
    expect(await leased.lost).toBeInstanceOf(Error);
  });

  it('[STCO19] what a holder of the lease knew of time is read by the next one, and is not written by an earlier one', async () => {
    expect(await leased.readTime()).toBeNull();
    const time = { boot: 'b', uptimeMs: 5_000, nowMs: 1_700_000_000_000, latestMs: 1_700_000_003_600 };
    await leased.writeTime(time);
    const second = await acquire('second');
    expect(await second.readTime()).toEqual(time);
    await leased.writeTime({ ...time, nowMs: 1 }).catch(() => {});
    expect(await second.readTime()).toEqual(time);
  });

  it('[STCO17] a closed run is due while it has a wake_at, and a commit without events can clear it', async () => {
    await leased.commit([creation(1)]);
    const closed = { ...step(1, 3, 6), status: STATUS.terminated, wakeAt: 0 };
    await leased.commit([
      { ...closed, visibility: record(1, { status: STATUS.terminated, searchAttributes: { SagaPhase: 'counting' } }) },
    ]);
    expect((await leased.due(1_000, 10, new Set())).map((run) => [run.runKey, run.status])).toEqual([[1, 5]]);
    const counted = record(1, {
      status: STATUS.terminated,
      searchAttributes: { SagaPhase: 'left-standing', SagaStanding: 2 },
    });
    const commit = {
      ...closed,
      expectedNextEventId: 6,
      nextEventId: 6,
      history: [],
      wakeAt: null,
      visibility: counted,
    };
    await leased.commit([commit]);
    expect(await leased.due(1_000, 10, new Set())).toEqual([]);
    const left = { op: '>', field: 'SagaStanding', value: 0 } as const;
    const found = await leased.list({ namespace: 'default', filter: left, limit: 10, after: null });
    expect(found).toMatchObject([{ runKey: 1, searchAttributes: { SagaPhase: 'left-standing', SagaStanding: 2 } }]);
    expect((await leased.readRun(1))?.nextEventId).toBe(6);
  });

  it('[STCO15] a lease is valid until another holder has it', async () => {
    await leased.prove();
    const second = await store.acquire('second');
    await expect(leased.prove()).rejects.toBeInstanceOf(FencedError);
    await second.prove();
    expect(await leased.lost).toBeInstanceOf(FencedError);
    await second.release();
  });

  it('[STCO3] a conflict names its runs, and nothing of the batch is written', async () => {
    await leased.commit([creation(1), creation(2)]);
    const failed = leased.commit([step(1, 3, 6), step(2, 4, 7)]);
    await expect(failed).rejects.toEqual(new ConflictError([2]));
    expect((await leased.readRun(1))?.nextEventId).toBe(3);
    expect(await leased.readHistory(1, 1, 100)).toHaveLength(1);
  });

  it('[STCO4] one workflow id has one current run, and a creation that expects another one is refused', async () => {
    await leased.commit([creation(1, { workflowId: 'order' })]);
    await expect(leased.commit([creation(2, { workflowId: 'order' })])).rejects.toBeInstanceOf(CurrentRunConflictError);
    await leased.commit([creation(2, { workflowId: 'order', expected: 'run-1' })]);
    expect((await leased.findRun('default', 'order', ''))?.runId).toBe('run-2');
    await expect(leased.commit([creation(3, { workflowId: 'order', expected: 'run-1' })])).rejects.toBeInstanceOf(
      CurrentRunConflictError
    );
    expect(await leased.readRun(3)).toBeNull();
  });

  it('[STCO23] a deleted run leaves nothing behind, and its key is not the next one again', async () => {
    await leased.commit([creation(1, { workflowId: 'order', visibility: record(1) })]);
    await leased.commit([creation(2, { workflowId: 'order', expected: 'run-1', visibility: record(2) })]);
    await leased.deleteRun(2);
    expect(await leased.readRun(2)).toBeNull();
    expect(await leased.findRun('default', 'order', 'run-2')).toBeNull();
    expect(await leased.findRun('default', 'order', '')).toBeNull();
    expect(await leased.readHistory(2, 1, 100)).toEqual([]);
    expect(await leased.due(Number.MAX_SAFE_INTEGER, 10, new Set())).toHaveLength(1);
    const query = { namespace: 'default', filter: null, limit: 10, after: null };
    expect((await leased.list(query)).map(({ runKey }) => runKey)).toEqual([1]);
    expect(await leased.maxRunKey()).toBe(2);
    // The other run of that workflow id remains, but is not the current one.
    await leased.commit([creation(3, { workflowId: 'order' })]);
    await leased.deleteRun(1);
    expect((await leased.findRun('default', 'order', ''))?.runKey).toBe(3);
    await expect(leased.deleteRun(1)).resolves.toBeUndefined();
    expect(await (await acquire('next')).maxRunKey()).toBe(3);
    await expect(leased.deleteRun(3)).rejects.toBeInstanceOf(FencedError);
  });

  it('[STCO5] history is read in order, and whole batches cover the requested range', async () => {
    await leased.commit([creation(1)]);
    await leased.commit([step(1, 3, 6)]);
    await leased.commit([step(1, 6, 11)]);
    const firsts = async (from: number, to: number) =>
      (await leased.readHistory(1, from, to)).map((batch) => batch.firstEventId);
    expect(await firsts(1, 100)).toEqual([1, 3, 6]);
    expect(await firsts(4, 6)).toEqual([3]);
    expect(await firsts(4, 7)).toEqual([3, 6]);
    expect(await firsts(1, 3)).toEqual([1]);
  });

  it('[STCO6] wake_at changes only if a commit sets it, and null removes a run from the scan', async () => {
    await leased.commit([creation(1), creation(2, { wakeAt: 2_000 }), creation(3, { wakeAt: null })]);
    await leased.commit([step(1, 3, 4)]);
    const due = async (horizon: number, except: number[] = []) =>
      (await leased.due(horizon, 10, new Set(except))).map((run) => run.runKey);
    expect(await due(1_500)).toEqual([1]);
    expect(await due(2_000)).toEqual([1, 2]);
    expect(await due(2_000, [1])).toEqual([2]);
    expect(await leased.nextWake(1_500)).toBe(2_000);
    await leased.commit([step(1, 4, 5, { wakeAt: null })]);
    expect(await due(9_999)).toEqual([2]);
    expect(await leased.nextWake(2_000)).toBeNull();
  });

  it('[STCO7] a commit may store only side state, without events', async () => {
    await leased.commit([creation(1)]);
    await leased.commit([step(1, 3, 3, { history: [], side: bytes('heartbeat') })]);
    expect(text((await leased.readRun(1))?.side ?? bytes(''))).toBe('heartbeat');
    expect(await leased.readHistory(1, 1, 100)).toHaveLength(1);
  });

  it('[STCO8] payloads of two megabytes and empty ones are stored unchanged, many runs in one commit', async () => {
    const large = new Uint8Array(2 * 1024 * 1024).map((_, index) => index % 251);
    const runs = Array.from({ length: 40 }, (_, index) =>
      creation(index + 1, {
        history: [{ firstEventId: 1, events: index === 7 ? large : bytes(`only ${index}`) }],
        side: bytes(''),
      })
    );
    await leased.commit(runs);
    const [stored] = await leased.readHistory(8, 1, 100);
    expect(Buffer.compare(Buffer.from(stored?.events ?? []), Buffer.from(large))).toBe(0);
    expect(text((await leased.readHistory(40, 1, 100))[0]?.events ?? bytes(''))).toBe('only 39');
    expect((await leased.readRun(40))?.side).toHaveLength(0);
  });

  const filters: [string, Filter, number[]][] = [
    ['=', { op: '=', field: 'WorkflowId', value: 'wf-2' }, [2]],
    ['status =', { op: '=', field: 'ExecutionStatus', value: 3 }, [3]],
    ['!=', { op: '!=', field: 'ExecutionStatus', value: 1 }, [4, 3]],
    ['in', { op: 'in', field: 'WorkflowType', values: ['refund_v1', 'none'] }, [4]],
    ['startsWith', { op: 'startsWith', field: 'WorkflowId', value: 'wf-' }, [4, 3, 2, 1]],
    ['time <', { op: '<', field: 'StartTime', value: new Date(1_003).toISOString() }, [2, 1]],
    ['isNull', { op: 'isNull', field: 'CloseTime' }, [2, 1]],
    ['isNotNull', { op: 'isNotNull', field: 'CloseTime' }, [4, 3]],
    ['attribute =', { op: '=', field: 'SagaPhase', value: 'unwinding' }, [2]],
    ['attribute !=', { op: '!=', field: 'SagaPhase', value: 'unwinding' }, [3]],
    ['attribute >=', { op: '>=', field: 'SagaStanding', value: 2 }, [3]],
    ['attribute isNull', { op: 'isNull', field: 'SagaPhase' }, [4, 1]],
    ['attribute startsWith', { op: 'startsWith', field: 'SagaPhase', value: 'left' }, [3]],
    ['list holds', { op: '=', field: 'Tags', value: 'vip' }, [1]],
    ['not', { op: 'not', of: { op: '=', field: 'SagaPhase', value: 'unwinding' } }, [4, 3, 1]],
    [
      'and, or',
      {
        op: 'and',
        of: [
          { op: '=', field: 'WorkflowType', value: 'order_v1' },
          {
            op: 'or',
            of: [
              { op: '=', field: 'SagaStanding', value: 1 },
              { op: '=', field: 'RunId', value: 'run-1' },
            ],
          },
        ],
      },
      [2, 1],
    ],
    ['hostile value', { op: '=', field: 'WorkflowId', value: "x' OR '1'='1" }, []],
  ];
  describe('[STCO9] lists', () => {
    beforeEach(() =>
      leased.commit([
        creation(1, { visibility: record(1, { searchAttributes: { Tags: ['vip', 'eu'] } }) }),
        creation(2, { visibility: record(2, { searchAttributes: { SagaPhase: 'unwinding', SagaStanding: 1 } }) }),
        creation(3, {
          visibility: record(3, {
            status: STATUS.failed,
            closeTime: 5_000,
            searchAttributes: { SagaPhase: 'left-standing', SagaStanding: 2 },
          }),
        }),
        creation(4, {
          visibility: record(4, { status: STATUS.completed, closeTime: 6_000, workflowType: 'refund_v1' }),
        }),
        creation(5, { visibility: record(5, { namespace: 'elsewhere' }) }),
      ])
    );
    it.each(filters)('filter %s', async (_title, filter, expected) => {
      const found = await leased.list({ namespace: 'default', filter, limit: 10, after: null });
      expect(found.map((run) => run.runKey)).toEqual(expected);
      expect(await leased.count('default', filter, null)).toEqual([{ key: [], count: expected.length }]);
    });
    it('pages are stable: each run is listed once, the newest first', async () => {
      const seen: number[] = [];
      let after: { startTime: number; runKey: number } | null = null;
      for (;;) {
        const page: VisibilityRecord[] = await leased.list({ namespace: 'default', filter: null, limit: 3, after });
        seen.push(...page.map((run) => run.runKey));
        const last = page.at(-1);
        if (!last) break;
        after = { startTime: last.startTime, runKey: last.runKey };
      }
      expect(seen).toEqual([4, 3, 2, 1]);
    });
    it('a record is replaced, and its memo and attributes are read back unchanged', async () => {
      await leased.commit([
        step(2, 3, 4, {
          visibility: record(2, {
            status: STATUS.failed,
            closeTime: 7_000,
            searchAttributes: { SagaPhase: 'unwound' },
            memo: bytes('m2'),
          }),
        }),
      ]);
      const [found] = await leased.list({
        namespace: 'default',
        filter: { op: '=', field: 'RunId', value: 'run-2' },
        limit: 1,
        after: null,
      });
      expect(found).toMatchObject({
        status: STATUS.failed,
        closeTime: 7_000,
        searchAttributes: { SagaPhase: 'unwound' },
      });
      expect(text(found?.memo ?? bytes(''))).toBe('m2');
    });
    it('runs are counted by group', async () => {
      const byStatus = await leased.count('default', null, 'ExecutionStatus');
      expect(new Map(byStatus.map((group) => [group.key[0], group.count]))).toEqual(
        new Map([
          [1, 2],
          [2, 1],
          [3, 1],
        ])
      );
      const byPhase = await leased.count('default', null, 'SagaPhase');
      expect(byPhase).toContainEqual({ key: [], count: 2 });
      expect(byPhase).toContainEqual({ key: ['unwinding'], count: 1 });
    });
  });

  it('[STCO10] namespaces are stored, and only the holder of the lease writes them', async () => {
    const space = {
      name: 'default',
      id: 'id-1',
      description: 'd',
      ownerEmail: 'ada@example.com',
      data: { team: 'tills' },
      retentionDays: 30,
      retentionEnforced: true,
      isDeprecated: true,
      removeAt: null,
      searchAttributes: { SagaPhase: 2 },
    };
    await leased.writeNamespace(space);
    await leased.writeNamespace({ ...space, description: 'changed' });
    await leased.writeNamespace({ ...space, name: 'going', id: 'id-2', removeAt: 1_700_000_000_000 });
    const changed = { ...space, description: 'changed' };
    expect(await leased.readNamespaces()).toEqual([
      changed,
      expect.objectContaining({ name: 'going', removeAt: 1_700_000_000_000 }),
    ]);
    const batch = { jobId: 'j', startTime: 1, closeTime: null, request: new Uint8Array(), progress: {} };
    await leased.writeBatch({ ...batch, namespace: 'going' });
    await leased.writeBatch({ ...batch, namespace: 'default' });
    await leased.deleteNamespace('going');
    await leased.deleteNamespace('nowhere');
    expect(await leased.readNamespaces()).toEqual([changed]);
    expect((await leased.readBatches()).map(({ namespace }) => namespace)).toEqual(['default']);
    const next = await store.acquire('next');
    await expect(leased.deleteNamespace('default')).rejects.toBeInstanceOf(FencedError);
    expect(await next.readNamespaces()).toEqual([changed]);
    await next.release();
  });

  it('[STCO25] closed runs of a type are read in the order of their close, page by page, and all types with their first close', async () => {
    const closed = (runKey: number, closeTime: number | null, workflowType = 'order') =>
      creation(runKey, { visibility: record(runKey, { closeTime, workflowType }) });
    const order = [closed(1, 300), closed(2, null), closed(3, 100), closed(4, 300), closed(5, 900)];
    await leased.commit([...order, closed(6, 200, 'Bill'), closed(7, 50, 'Bill'), closed(8, null, 'open')]);
    const types = await leased.closedTypes('default');
    expect(types.sort((a, b) => a.firstClose - b.firstClose)).toEqual([
      { workflowType: 'Bill', firstClose: 50 },
      { workflowType: 'order', firstClose: 100 },
    ]);
    expect(await leased.closedTypes('other')).toEqual([]);
    const query = { namespace: 'default', workflowType: 'order', untilMs: 300, limit: 2 };
    const first = await leased.closed({ ...query, after: null });
    const after = { closeTime: first.at(-1)!.closeTime!, runKey: first.at(-1)!.runKey };
    const second = await leased.closed({ ...query, after });
    expect([first, second].map((page) => page.map(({ runKey }) => runKey))).toEqual([[3, 1], [4]]);
    expect(await leased.closed({ ...query, namespace: 'other', after: null })).toEqual([]);
  });

  it('[STCO35] what ended is counted by type, step and cell of time, and counts of steps are added up', async () => {
    const closed = (runKey: number, closeTime: number | null, status: number, workflowType = 'order') =>
      creation(runKey, {
        visibility: record(runKey, {
          startTime: 0,
          executionTime: 0,
          closeTime,
          status: status as never,
          workflowType,
        }),
      });
    await leased.commit([
      closed(1, 1_200, STATUS.completed),
      closed(2, 1_900, STATUS.failed),
      closed(3, 2_500, STATUS.timedOut),
      closed(4, null, STATUS.running),
      closed(5, 2_600, STATUS.continuedAsNew),
      closed(6, 2_700, STATUS.completed, 'bill'),
      closed(7, 900, STATUS.failed),
    ]);
    const query = { namespace: 'default', of: 'runs' as const, sinceMs: 1_000, slowerThanMs: 1_900 };
    const byType = (a: { atMs: number; workflowType: string }, b: { atMs: number; workflowType: string }) =>
      a.atMs - b.atMs || (a.workflowType < b.workflowType ? -1 : 1);
    const of = async (more: object) => (await leased.countEnded({ ...query, perMs: 0, ...more })).sort(byType);
    const cell = (workflowType: string, atMs: number, ended: number, failed: number, slower: number, step = '') => ({
      workflowType,
      step,
      atMs,
      ended,
      failed,
      slower,
    });
    expect(await of({ perMs: 1_000 })).toEqual([
      cell('order', 1_000, 2, 1, 0),
      cell('bill', 2_000, 1, 0, 1),
      cell('order', 2_000, 1, 1, 1),
    ]);
    expect(await of({})).toEqual([cell('bill', 0, 1, 0, 1), cell('order', 0, 3, 2, 1)]);
    expect(await of({ namespace: 'other' })).toEqual([]);
    const row = { namespace: 'default', workflowType: 'order', step: 'pay', minute: 60_000, bucket: 2, count: 3 };
    await leased.addStepTimes([row, { ...row, bucket: 9 }]);
    await leased.addStepTimes([row, { ...row, minute: 120_000, bucket: 4 }]);
    // The third bound is half a second, and the eighth ten.
    const steps = (more: object) => of({ of: 'steps', slowerThanMs: 500, ...more });
    expect(await steps({ perMs: 60_000 })).toEqual([
      cell('order', 60_000, 9, 0, 3, 'pay'),
      cell('order', 120_000, 3, 0, 3, 'pay'),
    ]);
    expect(await steps({ slowerThanMs: 10_000 })).toEqual([cell('order', 0, 12, 0, 3, 'pay')]);
    await leased.removeStepTimes(120_000);
    expect(await steps({})).toEqual([cell('order', 0, 3, 0, 3, 'pay')]);
    const second = await acquire('second');
    await expect(leased.addStepTimes([row])).rejects.toBeInstanceOf(FencedError);
    expect(await second.countEnded({ ...query, of: 'steps', perMs: 0 })).toMatchObject([{ ended: 3 }]);
  });

  it('[STCO27] runs that need attention are grouped by type, reason, step and error', async () => {
    const needs = (runKey: number, searchAttributes: VisibilityRecord['searchAttributes'], more = {}) =>
      creation(runKey, { visibility: record(runKey, { ...more, startTime: 1_000 + runKey, searchAttributes }) });
    const failed = { SagaAttention: ['failed pay HttpStatus 503'], SagaErrorText: 'it said no' };
    const closed = (closeTime: number) => ({ status: STATUS.failed, closeTime });
    const since = new Date(7_000).toISOString();
    await leased.commit([
      needs(1, failed, closed(5_000)),
      needs(2, { ...failed, SagaErrorText: 'the latest' }, closed(6_000)),
      needs(3, failed, closed(4_000)),
      needs(4, failed, { ...closed(5_000), workflowType: 'another' }),
      needs(5, { SagaAttention: ['retries pay A', 'retries ship A b c'], SagaAttentionSince: since }),
      needs(6, {
        TemporalReportedProblems: ['category=x', 'cause=WorkflowTaskFailedCauseBug'],
        SagaPhase: 'needs-hand',
      }),
      needs(7, { SagaPhase: 'needs-hand' }),
      needs(8, { SagaPhase: 'left-standing', SagaStanding: 2 }, { status: STATUS.terminated, closeTime: 2_000 }),
      needs(9, { SagaStanding: 2 }, { status: STATUS.continuedAsNew, closeTime: 2_000 }),
      needs(10, { SagaStanding: 2, SagaPhase: 'unwinding' }),
      needs(11, { SagaAttention: [] }),
      needs(13, { SagaPhase: 'needs-hand', SagaAttention: ['asks pay:undo Refused', 'retries ship A'] }),
      needs(14, { SagaPhase: 'needs-hand', SagaAttention: ['asks pay A'], TemporalReportedProblems: ['x', 'y'] }),
      needs(
        15,
        { SagaStanding: 1, SagaAttention: ['failed pay B', 'remains pay '] },
        { status: STATUS.failed, closeTime: 2_000 }
      ),
      needs(16, { SagaStanding: 0, SagaAttention: ['remains pay '] }, { status: STATUS.failed, closeTime: 2_000 }),
      needs(12, failed, { ...closed(6_000), namespace: 'elsewhere' }),
    ]);
    const group = (kind: string, step: string, error: string, more: object) => ({
      workflowType: 'order_v1',
      kind,
      step,
      error,
      count: 1,
      text: '',
      ...more,
    });
    const of = (runKey: number, firstMs: number, lastMs = firstMs) => ({
      workflowId: `wf-${runKey}`,
      runId: `run-${runKey}`,
      firstMs,
      lastMs,
    });
    const groups = await leased.attention({ namespace: 'default', closedSinceMs: 4_500 });
    expect(groups[0]).toEqual(
      group('failed', 'pay', 'HttpStatus 503', { ...of(2, 5_000, 6_000), count: 2, text: 'the latest' })
    );
    type Placed = { workflowType: string; kind: string; step: string; error: string };
    const place = ({ kind, step, workflowType, error }: Placed) => `${kind} ${step} ${workflowType} ${error}`;
    const byKind = (a: Placed, b: Placed) => (place(a) < place(b) ? -1 : 1);
    expect(groups.slice(1).sort(byKind)).toEqual([
      group('asks', '-', '', of(7, 1_007)),
      group('asks', 'pay:undo', 'Refused', of(13, 1_013)),
      group('failed', 'pay', 'HttpStatus 503', { ...of(4, 5_000), workflowType: 'another', text: 'it said no' }),
      group('remains', '-', '', of(8, 2_000)),
      group('remains', 'pay', '', of(15, 2_000)),
      group('retries', 'pay', 'A', of(5, 7_000)),
      group('retries', 'ship', 'A', of(13, 1_013)),
      group('retries', 'ship', 'A b c', of(5, 7_000)),
      group('stuck', '-', 'Bug', of(6, 1_006)),
      group('stuck', '-', 'Failure', of(14, 1_014)),
    ]);
  });

  it('[STCO34] runs are counted by what they do, and what remains of closed ones, in all namespaces', async () => {
    const run = (runKey: number, searchAttributes: VisibilityRecord['searchAttributes'], more = {}) =>
      creation(runKey, { visibility: record(runKey, { ...more, searchAttributes }) });
    const closed = (status: VisibilityRecord['status'] = STATUS.failed) => ({ status, closeTime: 2_000 });
    expect(await leased.countRuns()).toEqual({
      open: { needs_person: 0, paused: 0, unwinding: 0, retrying: 0, waiting: 0, running: 0 },
      remaining: { runs: 0, effects: 0 },
    });
    await leased.commit([
      run(1, {}),
      run(2, { SagaRetriesAt: ['pay'] }),
      run(3, { SagaRetriesAt: ['pay'], SagaPhase: 'unwinding', SagaStanding: 3 }),
      run(4, { SagaPhase: 'needs-hand', SagaRetriesAt: ['pay'] }),
      run(5, { TemporalReportedProblems: ['a', 'b'] }, { namespace: 'elsewhere' }),
      run(6, { SagaWaitsAt: ['approve'] }),
      run(7, { TemporalPauseInfo: ['Workflow:x'], SagaWaitsAt: ['approve'] }),
      run(8, { SagaStanding: 2 }, closed()),
      run(9, { SagaStanding: 1 }, { ...closed(STATUS.terminated), namespace: 'elsewhere' }),
      run(10, { SagaStanding: 4 }, closed(STATUS.continuedAsNew)),
      run(11, { SagaStanding: 0 }, closed()),
      run(12, {}, closed(STATUS.completed)),
    ]);
    expect(await leased.countRuns()).toEqual({
      open: { needs_person: 2, paused: 1, unwinding: 1, retrying: 1, waiting: 1, running: 1 },
      remaining: { runs: 2, effects: 3 },
    });
  });

  it('[STCO26] batches are stored by namespace and id, and only the holder of the lease writes them', async () => {
    const batch = {
      namespace: 'default',
      jobId: 'job',
      startTime: 7,
      closeTime: null,
      request: bytes('request'),
      progress: { done: 1 },
    };
    await leased.writeBatch(batch);
    await leased.writeBatch({ ...batch, jobId: 'newer', startTime: 8 });
    await leased.writeBatch({ ...batch, closeTime: 9, progress: { done: 2 } });
    const read = await leased.readBatches();
    expect(read.map(({ request, ...rest }) => ({ ...rest, request: text(request) }))).toEqual([
      { ...batch, jobId: 'newer', startTime: 8, request: 'request' },
      { ...batch, closeTime: 9, progress: { done: 2 }, request: 'request' },
    ]);
    const result = { workflowId: 'w', runId: 'r', outcome: 'done' as const, problem: null, at: 5 };
    const refused = { ...result, number: 1, outcome: 'refused' as const, problem: 'why' };
    const ended = { ...batch, closeTime: 9, progress: { done: 2 } };
    await leased.writeBatch(ended, [{ ...result, number: 0 }, refused]);
    // What is stored stays.
    await leased.writeBatch(ended, [{ ...refused, problem: 'again' }]);
    const query = { namespace: 'default', jobId: 'job', outcome: null, after: -1, limit: 10 };
    expect(await leased.readBatchResults(query)).toEqual([{ ...result, number: 0 }, refused]);
    expect(await leased.readBatchResults({ ...query, after: 0 })).toEqual([refused]);
    expect(await leased.readBatchResults({ ...query, outcome: 'done', limit: 1 })).toEqual([{ ...result, number: 0 }]);
    await leased.deleteBatchResults(9);
    expect(await leased.readBatchResults(query)).toHaveLength(2);
    await leased.deleteBatchResults(10);
    expect(await leased.readBatchResults(query)).toEqual([]);
    const next = await acquire('next');
    await expect(leased.writeBatch({ ...batch, progress: { done: 3 } })).rejects.toBeInstanceOf(FencedError);
    expect((await next.readBatches())[1]).toMatchObject({ progress: { done: 2 } });
  });

  it('[STCO28] changes are read in the order of their commits, page by page, and of one namespace', async () => {
    const told = { waitsAt: ['approve'], phase: 'unwinding', remaining: 2, errors: ['A b'], failedAt: 'pay' };
    const first = change(1, { starts: true });
    await leased.commit([creation(1, { visibility: record(1), change: first }), creation(2)]);
    const other = change(3, { namespace: 'elsewhere' });
    await leased.commit([creation(3, { visibility: record(3), change: other }), step(2, 3, 4)]);
    const last = change(1, { at: 5_000, closes: true, status: STATUS.failed, historyLength: 5, told });
    await leased.commit([step(1, 3, 6, { visibility: record(1), change: last })]);
    const { epoch } = leased;
    const read = (after: { epoch: number; number: number }, limit = 10) =>
      leased.changes({ namespace: 'default', after, limit });
    expect(await read(BEGINNING)).toEqual({
      changes: [
        { ...first, epoch, number: 1 },
        { ...last, epoch, number: 3 },
      ],
      through: { epoch, number: 3 },
      isEnd: true,
      removed: null,
    });
    const pages: number[][] = [];
    for (let after = BEGINNING, isEnd = false; !isEnd;) {
      const page = await read(after, 1);
      pages.push(page.changes.map(({ number }) => number));
      ({ through: after, isEnd } = page);
    }
    expect(pages).toEqual([[1], [], [3], []]);
    expect((await read({ epoch, number: 3 })).changes).toEqual([]);
    expect(await leased.changesSince(null)).toEqual({ epoch, number: 3 });
    expect(await leased.changesSince(9_000)).toEqual({ epoch, number: 3 });
    const since = await leased.changesSince(5_000);
    expect((await read(since)).changes).toMatchObject([{ number: 3 }]);
  });

  it('[STCO33] changes of one commit come one by one, and a reader may stop between them', async () => {
    const keys = Array.from({ length: 30 }, (_, index) => index + 1);
    const made = (key: number) => creation(key, { visibility: record(key), change: change(key) });
    await leased.commit(keys.slice(0, 20).map(made));
    await leased.commit(keys.slice(20).map(made));
    const { epoch } = leased;
    for (const limit of [1, 7, 20, 29, 30, 31]) {
      const read: number[] = [];
      for (let after = BEGINNING, isEnd = false; !isEnd;) {
        const page = await leased.changes({ namespace: 'default', after, limit });
        expect(page.changes.length).toBeLessThanOrEqual(limit);
        read.push(...page.changes.map(({ number }) => number));
        ({ through: after, isEnd } = page);
      }
      expect(read).toEqual(keys);
    }
    // Of the commit that has changes of this time, all come.
    const since = await leased.changesSince(25_000);
    const { changes } = await leased.changes({ namespace: 'default', after: since, limit: 50 });
    expect(changes.map(({ number }) => number).slice(-6)).toEqual([25, 26, 27, 28, 29, 30]);
    expect(since.epoch).toBe(epoch);
  });

  it('[STCO29] a commit that fails leaves no change, and those under a later lease come later', async () => {
    await leased.commit([creation(1, { visibility: record(1), change: change(1) })]);
    await expect(leased.commit([step(1, 9, 10, { visibility: record(1), change: change(1) })])).rejects.toBeInstanceOf(
      ConflictError
    );
    const second = await acquire('second');
    await expect(leased.commit([step(1, 3, 4, { visibility: record(1), change: change(1) })])).rejects.toBeInstanceOf(
      FencedError
    );
    await second.commit([step(1, 3, 4, { visibility: record(1), change: change(1, { closes: true }) })]);
    const { changes, through } = await second.changes({ namespace: 'default', after: BEGINNING, limit: 10 });
    expect(changes.map(({ epoch, closes }) => [epoch, closes])).toEqual([
      [leased.epoch, false],
      [second.epoch, true],
    ]);
    expect(through).toEqual({ epoch: second.epoch, number: 1 });
  });

  it('[STCO30] old changes are removed from the oldest on, and a reader who is behind can tell', async () => {
    for (let key = 1; key <= 5; key++)
      await leased.commit([creation(key, { visibility: record(key), change: change(key) })]);
    const { epoch } = leased;
    expect(await leased.removeChanges(3_500, 2)).toBe(2);
    expect(await leased.removeChanges(3_500, 2)).toBe(1);
    expect(await leased.removeChanges(3_500, 2)).toBe(0);
    const page = await leased.changes({ namespace: 'default', after: BEGINNING, limit: 10 });
    expect(page.changes.map(({ number }) => number)).toEqual([4, 5]);
    expect(page.removed).toEqual({ epoch, number: 3 });
    await acquire('second');
    await expect(leased.removeChanges(9_000, 2)).rejects.toBeInstanceOf(FencedError);
  });

  it('[STCO24] schedules are stored by namespace and id, and only the holder of the lease writes and deletes them', async () => {
    const at = { namespace: 'default', scheduleId: 'nightly' };
    const states = async (only?: typeof at) =>
      (await leased.readSchedules(only)).map(({ namespace, state }) => `${namespace}: ${text(state)}`).sort();
    await leased.writeSchedule({ ...at, state: bytes('one') });
    await leased.writeSchedule({ ...at, namespace: 'other', state: bytes('its own') });
    await leased.writeSchedule({ ...at, state: bytes('two') });
    expect(await states()).toEqual(['default: two', 'other: its own']);
    expect(await states(at)).toEqual(['default: two']);
    await leased.deleteSchedule(at);
    await expect(leased.deleteSchedule(at)).resolves.toBeUndefined();
    expect(await states(at)).toEqual([]);
    const next = await acquire('next');
    await expect(leased.writeSchedule({ ...at, state: bytes('late') })).rejects.toBeInstanceOf(FencedError);
    const last = await acquire('last');
    await expect(next.deleteSchedule({ ...at, namespace: 'other' })).rejects.toBeInstanceOf(FencedError);
    expect((await last.readSchedules()).map(({ namespace }) => namespace)).toEqual(['other']);
  });
});

describe('the PostgreSQL store', () => {
  let leased: LeasedStore;
  let admin: pg.Client;
  beforeEach(async () => {
    await emptyTables();
    leased = await new PostgresStore({ url: database.url }).acquire('engine');
    admin = new pg.Client(database.url);
    await admin.connect();
  });
  afterEach(async () => {
    await leased.release();
    await admin.end();
  });
  /** Resolves to the connections that wait for a lock in a statement like this one. */
  async function isLocked(statement: string): Promise<number[]> {
    for (;;) {
      // Within a transaction PostgreSQL remembers its first answer.
      await admin.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await admin.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1 AND datname = current_database()",
        [statement]
      );
      if (rows.length > 0) return rows.map(({ pid }) => pid);
    }
  }

  it('[STCO11] makes frequent updates heap-only: no index changes while wake_at does not', async () => {
    const updates = async () => {
      await admin.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await admin.query<{ all: string; hot: string }>(
        'SELECT n_tup_upd AS all, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relid = $1::regclass',
        ['engine.execution']
      );
      return { all: Number(rows[0]?.all), hot: Number(rows[0]?.hot) };
    };
    const before = await updates();
    await leased.commit([creation(1)]);
    for (let next = 3; next < 43; next++) await leased.commit([step(1, next, next + 1)]);
    // PostgreSQL reports the statistics of a connection after its backend has ended, which is a moment after the
    // connection was closed.
    await leased.release();
    const others = 'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    while ((await admin.query(others)).rowCount) await turn();
    const after = await updates();
    expect(after.all - before.all).toBe(40);
    expect(after.hot - before.hot).toBe(40);
  });

  it('[STCO12] reports a commit whose connection breaks as unknown, and opens a new connection', async () => {
    await leased.commit([creation(1)]);
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE engine.history IN ACCESS EXCLUSIVE MODE');
    const pending = leased.commit([step(1, 3, 6)]);
    const outcome = expect(pending).rejects.toBeInstanceOf(StoreUnavailableError);
    for (const pid of await isLocked('WITH l AS%')) await admin.query('SELECT pg_terminate_backend($1)', [pid]);
    await outcome;
    await admin.query('ROLLBACK');
    expect((await leased.readRun(1))?.nextEventId).toBe(3);
    await leased.commit([step(1, 3, 6)]);
    expect((await leased.readRun(1))?.nextEventId).toBe(6);
  });

  const changed = (runKey: number, from: number, to: number) =>
    step(runKey, from, to, { visibility: record(runKey), change: change(runKey) });
  const readChanges = () => leased.changes({ namespace: 'default', after: BEGINNING, limit: 10 });

  it('[STCO31] a change is not read before those with lower numbers, whose commit is still in flight', async () => {
    await leased.commit([creation(1), creation(2)]);
    await admin.query('BEGIN');
    await admin.query('SELECT 1 FROM engine.execution WHERE run_key = 1 FOR UPDATE');
    const slow = leased.commit([changed(1, 3, 4)]);
    await isLocked('WITH l AS%');
    await leased.commit([changed(2, 3, 4)]);
    const early = await readChanges();
    expect(early.changes).toEqual([]);
    expect(await leased.changesSince(null)).toEqual(early.through);
    await admin.query('ROLLBACK');
    await slow;
    const { changes } = await leased.changes({ namespace: 'default', after: early.through, limit: 10 });
    expect(changes.map(({ workflowId }) => workflowId)).toEqual(['wf-1', 'wf-2']);
  });

  it('[STCO32] a commit of which the connection broke holds later changes back until the server has ended it', async () => {
    await leased.commit([creation(1), creation(2)]);
    await admin.query('BEGIN');
    await admin.query('SELECT 1 FROM engine.execution WHERE run_key = 1 FOR UPDATE');
    const lost = leased.commit([changed(1, 3, 4)]);
    const [pid] = await isLocked('WITH l AS%');
    // The server does not learn of it while the statement waits.
    const { commits } = leased as unknown as { commits: pg.Pool };
    const { _clients: clients } = commits as unknown as { _clients: { processID: number; connection: Socket }[] };
    const broken = clients.find(({ processID }) => processID === pid) as unknown as { connection: { stream: Socket } };
    broken.connection.stream.destroy();
    await expect(lost).rejects.toBeInstanceOf(StoreUnavailableError);
    await leased.commit([changed(2, 3, 4)]);
    // The reader asks the server to end it.
    expect((await readChanges()).changes).toEqual([]);
    await admin.query('ROLLBACK');
    await vi.waitFor(async () => {
      expect((await readChanges()).changes.map(({ workflowId }) => workflowId)).toEqual(['wf-2']);
    });
    expect((await leased.readRun(1))?.nextEventId).toBe(3);
  });

  it('[STCO22] rows of earlier versions, without an execution time, are listed with their start time', async () => {
    await leased.commit([creation(1, { visibility: record(1) })]);
    await admin.query('UPDATE engine.visibility SET execution_time = NULL');
    const query = { namespace: 'default', filter: null, limit: 10, after: null };
    const [listed] = await leased.list(query);
    expect(listed?.executionTime).toBe(listed?.startTime);
    const value = new Date(listed!.startTime).toISOString();
    const filter = { op: '=', field: 'ExecutionTime', value } as const;
    expect(await leased.list({ ...query, filter })).toEqual([listed]);
  });

  it('[STCO13] waits at a takeover for a pending commit and then reads its result', async () => {
    await leased.commit([creation(1)]);
    await admin.query('BEGIN');
    // A lock of a row: at that of a table the commit would wait before it has the row of the lease.
    await admin.query('SELECT 1 FROM engine.execution WHERE run_key = 1 FOR UPDATE');
    const underWay = leased.commit([step(1, 3, 6)]);
    await isLocked('WITH l AS%');
    const takeover = new PostgresStore({ url: database.url }).acquire('second');
    await isLocked('UPDATE engine.lease%');
    await admin.query('ROLLBACK');
    await underWay;
    const second = await takeover;
    expect((await second.readRun(1))?.nextEventId).toBe(6);
    await second.release();
  });

  it('[STCO16] ends pending commits and waiting requests together with the lease', { timeout: 8_000 }, async () => {
    await leased.commit([creation(1), creation(2), creation(3)]);
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE engine.history IN ACCESS EXCLUSIVE MODE');
    const asked = [
      ...[1, 2, 3].map((run) => leased.commit([step(run, 3, 4)])),
      ...[1, 2, 3].map((run) => leased.readHistory(run, 1, 3)),
    ].map((request) => expect(request).rejects.toBeInstanceOf(StoreUnavailableError));
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7233001 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    await Promise.all(asked);
    await admin.query('ROLLBACK');
  });

  it('[STCO21] requests that wait for a connection wait until they have one: an engine with much to do is no outage', async () => {
    await leased.commit([creation(1)]);
    await Promise.all([leased.readRun(1), leased.readRun(1)]); // both connections are open
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE engine.history IN ACCESS EXCLUSIVE MODE');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = Array.from({ length: 20 }, () => leased.readHistory(1, 1, 3));
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await admin.query('ROLLBACK');
    for (const batches of await Promise.all(asked)) expect(batches).toHaveLength(1);
  });

  it('[STCO14] informs the holder when its lease connection breaks', async () => {
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7233001 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    expect(await leased.lost).toBeInstanceOf(StoreUnavailableError);
  });
});
