/**
 * The rules are in retention.ts. For requests:
 *
 * [RET6] UpdateNamespace sets period, description, owner and data as a Temporal server does; a period of 0 keeps runs for
 *        ever. DeprecateNamespace ends starts by request, and nothing else.
 * [RET7] Both need the right to administer, are in the audit log, and can be sent by the official client.
 */
import { status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import Long from 'long';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { mayExpire } from '../history';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller, processCaller } from '../permissions/caller';
import { temporal } from '../proto';
import { flowPeriodData } from '../retention-periods';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import type { MemoryStore } from '../store/memory';
import { closedStatement, closedTypesStatement } from '../store/postgres/lists';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import { Authority } from './doors/keys';
import { openGrpcDoor } from './doors/grpc';
import { count, DAY_MS, untilSignal, World } from './testing/world';

provesHistories('scripted');

const { EventType: Type } = temporal.api.enums.v1;
const admin = processCaller('web', [{ role: 'admin', flow: null }]);
type Description = temporal.api.workflowservice.v1.IDescribeNamespaceResponse;

let world: World;
afterEach(() => world.role.stop());
const done: Script = () => [command.complete()];
const leaves =
  (standing: number): Script =>
  () => [command.upsert({ SagaStanding: standing, SagaPhase: 'left-standing' }), command.fail('left')];

async function begin(scripts: Record<string, Script> = { done }, options = {}, store?: MemoryStore): Promise<void> {
  world = await new World(scripts, store, options).begin();
}
const update = (more: object, caller = admin) =>
  world.role.service.call('UpdateNamespace', { namespace: 'default', ...more }, caller);
const period = (days: number) => ({
  config: { workflowExecutionRetentionTtl: { seconds: Long.fromNumber(days * 86_400) } },
});
const keep = (days: number) => update(period(days));
const ids = () => [...world.store.runs.values()].map(({ workflowId }) => workflowId);
const described = () => world.call<Description>('DescribeNamespace', {});

describe('retention', () => {
  it('[RET1] nothing is removed before somebody sets a period, whatever period a namespace had', async () => {
    await begin();
    await world.start('w', 'done');
    await world.clock.advance(400 * DAY_MS);
    expect(world.store.namespaces.get('default')).toMatchObject({ retentionDays: 30, retentionEnforced: false });
    await world.takeOver();
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual(['w']);
    // Nothing of it runs.
    expect(world.clock.next()).toBeNull();
    await keep(500);
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual(['w']);
    await keep(100);
    await world.clock.advance(1_000);
    expect(ids()).toEqual([]);
  });

  it('[RET2] the period is counted from the close, and an open run stays', async () => {
    await begin({ done, waits: untilSignal });
    await world.start('late', 'waits');
    await world.start('open', 'waits');
    await world.start('early', 'done');
    await keep(10);
    await world.clock.advance(6 * DAY_MS);
    await world.signal('late');
    await world.clock.advance(4 * DAY_MS + 3_600_000);
    expect(ids().sort()).toEqual(['late', 'open']);
    await world.clock.advance(6 * DAY_MS);
    expect(ids()).toEqual(['open']);
    await keep(0);
    await world.signal('open');
    await world.clock.advance(100 * DAY_MS);
    expect(ids()).toEqual(['open']);
  });

  it('[RET3] a child stays until its parent has heard', async () => {
    await begin({
      parent: (events) => {
        if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0)
          return [command.startChild('c')];
        return [];
      },
      child: done,
    });
    await keep(1);
    const { engine } = world.role;
    const find = engine.find.bind(engine);
    let isAway = true;
    await world.start('p', 'parent');
    engine.find = (...named) => (isAway && named[1] === 'p' ? Promise.reject(new Error('away')) : find(...named));
    await world.clock.advance(30 * DAY_MS);
    expect(ids()).toEqual(['p', 'c']);
    isAway = false;
    await world.clock.advance(2 * DAY_MS);
    expect(ids()).toEqual(['p']);
    expect(count((await world.stored('p')).events, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)).toBe(1);
  });

  it('[RET4] a run stays while an effect of it remains that nobody has acknowledged', async () => {
    await begin({ two: leaves(2), none: leaves(0) });
    const { runId } = await world.start('two', 'two');
    await world.start('none', 'none');
    await keep(1);
    await world.clock.advance(3 * DAY_MS);
    expect(ids()).toEqual(['two']);
    const settleOne = (activityId: string, found: 'remains' | 'undone') =>
      world.role.engine.settleEffect(
        { namespace: 'default', workflowId: 'two', runId },
        { activityId, found },
        () => true
      );
    await settleOne('a', 'remains');
    // Not counted here: this workflow is no published flow.
    await settleOne('b', 'undone');
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual(['two']);
    await settleOne('b', 'remains');
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual([]);
  });

  it('[RET8] a flow has a period of its own, longer, shorter or for ever, also where its namespace has none', async () => {
    const types = { orderFulfilment_v1: done, orderFulfilmentOld_v1: done, audit_v2: done, other: done };
    await begin(types);
    for (const type of Object.keys(types)) await world.start(type, type);
    const set = (flow: string, days: number | null) => update({ updateInfo: { data: flowPeriodData(flow, days) } });
    await set('order-fulfilment', 2);
    await world.clock.advance(3 * DAY_MS);
    // A flow whose name begins alike is another one.
    expect(ids()).toEqual(['orderFulfilmentOld_v1', 'audit_v2', 'other']);
    await set('audit', 0);
    await set('order-fulfilment-old', 10);
    await keep(5);
    await world.clock.advance(6 * DAY_MS);
    expect(ids()).toEqual(['orderFulfilmentOld_v1', 'audit_v2']);
    await world.clock.advance(2 * DAY_MS);
    expect(ids()).toEqual(['audit_v2']);
    // As its namespace again; what is no period counts as none.
    await set('audit', null);
    await update({ updateInfo: { data: { 'backstitch.retention.other': 'soon' } } });
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual([]);
  });

  it('[RET9] a run that a person keeps stays, also over a takeover, until nobody keeps it', async () => {
    await begin({ done, waits: untilSignal });
    const [w, open] = [await world.start('w', 'done'), await world.start('open', 'waits')];
    const keepIt = (workflowId: string, runId: string, isKept: boolean, mayFor = () => true) =>
      world.role.engine.keepRun({ namespace: 'default', workflowId, runId }, isKept, mayFor);
    await keepIt('w', w.runId, true);
    await keepIt('w', w.runId, true);
    await expect(keepIt('open', open.runId, true)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    await expect(keepIt('none', w.runId, true)).rejects.toMatchObject({ code: status.NOT_FOUND });
    await expect(keepIt('w', w.runId, false, () => false)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    await keep(1);
    await world.clock.advance(5 * DAY_MS);
    await world.takeOver();
    await world.clock.advance(5 * DAY_MS);
    expect(ids()).toEqual(['w', 'open']);
    await keepIt('w', w.runId, false);
    await world.clock.advance(DAY_MS);
    expect(ids()).toEqual(['open']);
  });

  it('[RET4] a run whose effects are being counted stays', async () => {
    await begin();
    await world.start('w', 'done');
    await settle();
    const run = (await world.role.engine.find('default', 'w', ''))!;
    const { state } = run;
    const untilMs = world.clock.now();
    expect(mayExpire(state, untilMs)).toBe(true);
    expect(
      mayExpire(Object.assign(Object.create(state) as typeof state, { leftBehind: { state: 'counting' } }), untilMs)
    ).toBe(false);
    expect(mayExpire(Object.assign(Object.create(state) as typeof state, { owed: new Set([0]) }), untilMs)).toBe(false);
    expect(mayExpire(state, state.closeTimeMs! - 1)).toBe(false);
  });

  it('[RET5] goes on past runs that must stay, in small batches, and is finished after a takeover', async () => {
    await begin({ done, two: leaves(2) });
    for (let index = 0; index < 60; index++) await world.start(`left-${index}`, 'two');
    for (let index = 0; index < 70; index++) await world.start(`done-${index}`, 'done');
    await world.clock.advance(2 * DAY_MS);
    await keep(1);
    await settle();
    const first = ids().length;
    expect(first).toBe(130);
    await world.clock.advance(1_000);
    expect(ids().length).toBeLessThan(130);
    expect(ids().length).toBeGreaterThan(60);
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(ids()).toHaveLength(60);
    expect(ids().every((id) => id.startsWith('left-'))).toBe(true);
  });

  it('[RET5] a store that is away is asked again', async () => {
    await begin();
    await world.start('w', 'done');
    await world.clock.advance(2 * DAY_MS);
    const deleteRun = world.store.delete.bind(world.store);
    world.store.delete = () => {
      throw new Error('away (simulated)');
    };
    await keep(1);
    await world.clock.advance(10_000);
    expect(ids()).toEqual(['w']);
    world.store.delete = deleteRun;
    await world.clock.advance(10 * 60_000);
    expect(ids()).toEqual([]);
  });

  it('[RET10] a sweep reads nothing of flows that are kept for longer, and nothing twice, until it looks again', async () => {
    await begin({ short_v1: done, long_v1: done, left_v1: leaves(1) });
    const set = (flow: string, days: number | null) => update({ updateInfo: { data: flowPeriodData(flow, days) } });
    for (let index = 0; index < 40; index++) await world.start(`long-${index}`, 'long_v1');
    for (let index = 0; index < 10; index++) await world.start(`left-${index}`, 'left_v1');
    await world.clock.advance(3 * DAY_MS);
    for (let index = 0; index < 5; index++) await world.start(`short-${index}`, 'short_v1');
    const { store } = world.role.engine;
    const [closed, readRun] = [store.closed.bind(store), store.readRun.bind(store)];
    let read: string[] = [];
    let runs = 0;
    store.closed = async (query) => {
      const page = await closed(query);
      read.push(...page.map(({ workflowId }) => workflowId));
      return page;
    };
    store.readRun = (runKey) => {
      runs++;
      return readRun(runKey);
    };
    await set('short', 1);
    await keep(100);
    await world.clock.advance(DAY_MS + 2 * 3_600_000);
    expect(read.sort()).toEqual(['short-0', 'short-1', 'short-2', 'short-3', 'short-4']);
    // Looked at, and removed.
    expect(runs).toBe(10);
    [read, runs] = [[], 0];
    await set('left', 2);
    await world.clock.advance(5 * 3_600_000);
    expect([read.length, runs]).toEqual([10, 10]);
    await world.clock.advance(2 * 3_600_000);
    expect([read.length, runs]).toEqual([20, 20]);
    expect(ids().filter((id) => id.startsWith('short'))).toEqual([]);
    expect(ids()).toHaveLength(50);
  });

  it('[RET11] what is removed next of a flow passes what stays, and is nothing where nothing is removed', async () => {
    await begin({ till_v1: done, till_v2: leaves(1), tillOld_v1: done });
    const { next } = world.role.retention;
    const of = (flow: string) => next('default', flow);
    await world.start('old', 'tillOld_v1');
    await world.start('left', 'till_v2');
    const kept = await world.start('kept', 'till_v1');
    await world.clock.advance(3_600_000);
    const { runId } = await world.start('plain', 'till_v1');
    await settle();
    expect(await of('till')).toBeNull();
    await keep(10);
    const at = (id: string) =>
      [...world.store.visibility.values()].find(({ workflowId }) => workflowId === id)!.closeTime!;
    expect(await of('till')).toMatchObject({ workflowId: 'kept', atMs: at('kept') + 10 * DAY_MS });
    await world.role.engine.keepRun({ namespace: 'default', workflowId: 'kept', runId: kept.runId }, true, () => true);
    expect(await of('till')).toEqual({ workflowId: 'plain', runId, atMs: at('plain') + 10 * DAY_MS });
    await update({ updateInfo: { data: flowPeriodData('till', 20) } });
    expect(await of('till')).toMatchObject({ atMs: at('plain') + 20 * DAY_MS });
    await update({ updateInfo: { data: flowPeriodData('till', 0) } });
    expect(await of('till')).toBeNull();
    expect(await of('none')).toBeNull();
    await expect(next('elsewhere', 'till')).resolves.toBeNull();
  });

  it('[RET10] on PostgreSQL each type is read by its index up to its own time, however many runs others have', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      await client.query(
        `INSERT INTO engine.visibility (run_key, namespace, workflow_id, run_id, first_run_id, workflow_type, task_queue,
           status, start_time, execution_time, close_time, history_length, search_attributes, memo)
         SELECT key, 'default', 'w-' || key, 'r-' || key, 'r-' || key,
           CASE WHEN key % 1000 = 0 THEN 'short_v1' WHEN key % 3000 = 1 THEN 'Other' ELSE 'long_v1' END,
           'q', 2, key, key, CASE WHEN key <= 15000 THEN key END, 9, '{}', '' FROM generate_series(1, 16000) AS key`
      );
      await client.query('ANALYZE engine.visibility');
      const explained = async ({ text, values = [] }: pg.QueryConfig) => {
        const sql = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
          sql,
          values as unknown[]
        );
        const plan = rows[0]!['QUERY PLAN'][0].Plan;
        return { plan: JSON.stringify(plan), buffers: plan['Shared Hit Blocks']! + plan['Shared Read Blocks']! };
      };
      const query = { namespace: 'default', workflowType: 'short_v1', untilMs: 10_000, limit: 50, after: null };
      const page = await explained(closedStatement(query));
      expect(page.plan).toContain('visibility_type_closed_idx');
      expect(page.buffers).toBeLessThan(40);
      const types = await explained(closedTypesStatement('default'));
      expect(types.plan).not.toContain('Seq Scan');
      expect(types.buffers).toBeLessThan(60);
      const store = await new PostgresStore({ url: database.url }).acquire('engine');
      expect(await store.closedTypes('default')).toEqual([
        { workflowType: 'Other', firstClose: 1 },
        { workflowType: 'long_v1', firstClose: 2 },
        { workflowType: 'short_v1', firstClose: 1_000 },
      ]);
      expect((await store.closed(query)).map(({ closeTime }) => closeTime)).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((each) => each * 1_000)
      );
      await store.release();
    } finally {
      await client.end();
      await database.drop();
    }
  });

  it('[RET1] on PostgreSQL, page by page', async () => {
    const database = await createTestDatabase();
    try {
      await begin({ done }, {}, new PostgresStore({ url: database.url }) as never);
      for (const id of ['a', 'b', 'c']) await world.start(id, 'done');
      await world.start('other', 'done', { workflowIdReusePolicy: 1 });
      await expect.poll(async () => (await listed()).length).toBe(4);
      const { store } = world.role.engine;
      const query = { namespace: 'default', workflowType: 'done', untilMs: world.clock.now(), limit: 3 };
      await expect.poll(async () => (await store.closed({ ...query, limit: 9, after: null })).length).toBe(4);
      const page = await store.closed({ ...query, after: null });
      const last = page.at(-1)!;
      const rest = await store.closed({ ...query, after: { closeTime: last.closeTime!, runKey: last.runKey } });
      expect([...page, ...rest].map(({ runKey }) => runKey)).toEqual([1, 2, 3, 4]);
      expect(await store.closed({ ...query, untilMs: last.closeTime! - 1, after: null })).toEqual([]);
      await world.clock.advance(2 * DAY_MS);
      await keep(1);
      await expect
        .poll(async () => {
          await world.clock.advance(1_000);
          return (await listed()).length;
        })
        .toBe(0);
    } finally {
      await world.role.stop();
      await database.drop();
    }
  });
  const listed = async () => (await world.call<{ executions: unknown[] }>('ListWorkflowExecutions', {})).executions;
});

describe('requests to a namespace', () => {
  it('[RET6] texts that are not set stay, data are merged, 0 keeps runs for ever', async () => {
    await begin();
    await update({ updateInfo: { description: 'd', ownerEmail: 'ada@example.com', data: { a: '1', b: '1' } } });
    const answer = await update({ updateInfo: { data: { b: '2' } }, ...period(7) });
    const now = await described();
    expect(now).toMatchObject({
      namespaceInfo: { description: 'd', ownerEmail: 'ada@example.com', data: { a: '1', b: '2' } },
      config: { workflowExecutionRetentionTtl: { seconds: Long.fromNumber(7 * 86_400) } },
    });
    expect(answer).toMatchObject({ namespaceInfo: now.namespaceInfo!, isGlobalNamespace: false });
    await keep(0);
    expect(Number((await described()).config?.workflowExecutionRetentionTtl?.seconds)).toBe(0);
    await world.takeOver();
    expect((await described()).namespaceInfo?.data).toEqual({ a: '1', b: '2' });
  });

  it('[RET6] a registered period is enforced too, and the number that is not set is not', async () => {
    await begin();
    await world.role.service.call(
      'RegisterNamespace',
      { namespace: 'brief', workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(86_400) } },
      admin
    );
    await world.role.service.call('RegisterNamespace', { namespace: 'other' }, admin);
    for (const namespace of ['brief', 'other']) await world.start('w', 'done', { namespace });
    await world.clock.advance(2 * DAY_MS);
    expect([...world.store.runs.values()].map(({ namespace }) => namespace)).toEqual(['other']);
  });

  it.each<[object, number, string]>([
    [period(0.5), status.INVALID_ARGUMENT, 'config.workflow_execution_retention_ttl: is less than a day'],
    [period(40_000), status.INVALID_ARGUMENT, 'is longer than 36500 days'],
    [{ namespace: 'none' }, status.NOT_FOUND, 'Namespace none is not found.'],
    [{ updateInfo: { state: 3 } }, status.INVALID_ARGUMENT, 'is deleted with DeleteNamespace'],
    [{ replicationConfig: { clusters: [{ clusterName: 'east' }] } }, status.INVALID_ARGUMENT, "'east' is not this"],
  ])('[RET6] %o is refused, and nothing changes', async (request, code, message) => {
    await begin();
    const before = world.store.namespaces.get('default');
    await expect(update(request)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(world.store.namespaces.get('default')).toEqual(before);
  });

  it('[RET6] a deprecated namespace starts nothing by request; what runs goes on', async () => {
    await begin({ waits: untilSignal });
    await world.start('w', 'waits');
    await world.role.service.call('DeprecateNamespace', { namespace: 'default' }, admin);
    expect((await described()).namespaceInfo?.state).toBe(2);
    await expect(world.start('v', 'waits')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: 'Namespace has invalid state: Deprecated. Must be Registered.',
    });
    await expect(update({ updateInfo: { state: 1 } })).rejects.toThrow('Invalid namespace state update.');
    await world.takeOver();
    await world.signal('w');
    await settle();
    expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(2);
  });

  it('[RET7] needs the right to administer, and is in the audit log', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({ done }, { log });
    await expect(update(period(1), localCaller())).rejects.toThrow(/namespaces.update is refused/);
    await expect(world.call('DeprecateNamespace', {})).rejects.toThrow(/namespaces.deprecate is refused/);
    await keep(1);
    expect(lines.filter(({ audit }) => audit)).toMatchObject([
      { method: 'UpdateNamespace', outcome: 'PERMISSION_DENIED' },
      { method: 'DeprecateNamespace', outcome: 'PERMISSION_DENIED' },
      { method: 'UpdateNamespace', namespace: 'default', outcome: 'ok', retentionDays: 1 },
    ]);
  });

  it('[RET7] by the official client', async () => {
    await begin();
    const stored = { find: () => Promise.resolve(admin), onEnd: () => () => {} };
    const authority = new Authority({ keys: [], stored });
    const door = await openGrpcDoor({ service: world.role.service, authority, address: '127.0.0.1:0' });
    const connection = await Connection.connect({ address: door.address, metadata: { authorization: 'Bearer key' } });
    try {
      const { workflowService } = connection;
      await workflowService.updateNamespace({ namespace: 'default', ...period(3) });
      const { config } = await workflowService.describeNamespace({ namespace: 'default' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(3 * 86_400);
      await workflowService.deprecateNamespace({ namespace: 'default' });
    } finally {
      await connection.close();
      await door.close();
    }
  });
});
