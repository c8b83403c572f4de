/** The measurements of the engine. The rules are in engine-metrics.ts, sample.ts and door.ts. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { command, failure } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { Authority, parseKeys } from '../service/doors/keys';
import { ROLES } from '../permissions/permissions';
import { completed, ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { steps, untilSignal, World } from '../service/testing/world';
import { createTestDatabase } from '../store/postgres/testing/database';
import { COUNT_RUNS } from '../store/postgres/run-counts';
import { PostgresStore } from '../store/postgres/store';
import { openMetricsDoor } from './door';
import { EngineMetrics } from './engine-metrics';
import { LastMinute } from './last-minute';
import { Sample } from './sample';
import { Scrape } from './testing/scrape';

provesHistories('scripted');

/** 'order_v1' is a version of 'order', and what has no version is not published. */
const flowOf = (workflowType: string) => /^(.+)_v\d+$/.exec(workflowType)?.[1];

async function measured(scripts: Record<string, Script>, activities = new ScriptedActivities()) {
  const metrics = new EngineMetrics({ flowOf, version: '1.2.3' });
  const world = new World(scripts, undefined, { meter: metrics }, activities);
  const countRuns = { times: 0 };
  await world.begin();
  const { engine } = world.role;
  metrics.observe({
    countRuns: () => {
      countRuns.times++;
      return engine.store.countRuns();
    },
    backlogs: () => engine.backlogs(),
    now: () => engine.now(),
    holdsLease: true,
    get runsInMemory() {
      return engine.runs.size;
    },
  });
  ends.push(() => world.role.stop());
  return { world, metrics, countRuns, scrape: async () => new Scrape(await metrics.text()) };
}
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('measurements of the engine', () => {
  it('[MTR1] agree with what happened: runs, steps, attempts, commits, and what is open', async () => {
    const activities = new ScriptedActivities();
    let refusals = 2;
    activities.answer = ({ activityType }) =>
      activityType === 'work' && refusals-- > 0
        ? { kind: 'failed', failure: failure('not now', { type: 'Busy' }) }
        : completed('ok');
    const { world, scrape } = await measured(
      {
        order_v1: steps(2, { retryPolicy: { initialInterval: toDuration(1_000), backoffCoefficient: 1 } }),
        order_v2: () => [command.fail('no')],
        waits_v1: untilSignal,
      },
      activities
    );
    await world.start('a', 'order_v1');
    await world.start('b', 'order_v2');
    await world.start('c', 'waits_v1');
    await world.clock.advance(5_000);
    const read = await scrape();
    expect(read.faults()).toEqual([]);
    expect(read.value('backstitch_runs_started_total', { flow: 'order' })).toBe(2);
    expect(read.value('backstitch_runs_closed_total', { flow: 'order', result: 'completed' })).toBe(1);
    expect(read.value('backstitch_runs_closed_total', { flow: 'order', result: 'failed' })).toBe(1);
    const of = { flow: 'order', activity: 'work' };
    expect(read.value('backstitch_attempts_total', { ...of, result: 'failed' })).toBe(2);
    expect(read.value('backstitch_attempts_total', { ...of, result: 'completed' })).toBe(2);
    expect(read.value('backstitch_steps_total', { ...of, result: 'completed' })).toBe(2);
    // The first step took two pauses of a second, the second one none.
    expect(read.histogram('backstitch_step_duration_seconds', of)).toMatchObject({ count: 2, sum: 2 });
    const attempts = read.histogram('backstitch_step_attempts', of);
    expect(attempts).toMatchObject({ count: 2, sum: 4 });
    expect(attempts?.buckets).toMatchObject({ 1: '1', 2: '1', 3: '2' });
    expect(read.value('backstitch_open_runs', { state: 'running' })).toBe(1);
    expect(read.value('backstitch_runs_in_memory')).toBe(1);
    expect(read.histogram('backstitch_commit_duration_seconds')?.count).toBe(world.store.commits);
    expect(read.value('backstitch_commits_failed_total')).toBe(0);
    expect(read.histogram('backstitch_workflow_task_duration_seconds', { flow: 'order' })?.count).toBe(
      world.workflows.tasks.filter(({ run }) => run.workflowType.startsWith('order')).length
    );
    expect(read.value('backstitch_build_info', { version: '1.2.3' })).toBe(1);
    expect(read.value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });

  it('[MTR1] a run whose commit fails was not started, and an attempt that a takeover lost is counted as lost', async () => {
    const { world, scrape } = await measured({
      order_v1: steps(1, { retryPolicy: { initialInterval: toDuration(1_000) } }),
    });
    world.store.failNextCommit('rejected');
    await expect(world.start('a', 'order_v1')).rejects.toThrow();
    expect((await scrape()).value('backstitch_runs_started_total', { flow: 'order' })).toBeUndefined();
    expect((await scrape()).value('backstitch_commits_failed_total')).toBe(1);
    await world.start('a', 'order_v1');
    await settle();
    await world.takeOver();
    await settle();
    const read = await scrape();
    expect(read.value('backstitch_runs_started_total', { flow: 'order' })).toBe(1);
    expect(read.value('backstitch_attempts_total', { flow: 'order', activity: 'work', result: 'lost' })).toBe(1);
    expect(read.value('backstitch_steps_total', { flow: 'order', activity: 'work', result: 'lost' })).toBeUndefined();
    await world.clock.advance(2_000);
    world.activities.finish('step-1');
    await settle();
  });

  it('[MTR1] the backlog of a queue is what no worker takes, with the age of the oldest', async () => {
    const { world, scrape } = await measured({ order_v1: steps(1) });
    await world.start('a', 'gone_v1');
    await world.clock.advance(60_000);
    await world.start('b', 'gone_v1');
    await world.clock.advance(30_000);
    const read = await scrape();
    const queue = { queue: 'backstitch', kind: 'workflow' };
    expect(read.value('backstitch_queue_backlog', queue)).toBe(2);
    expect(read.value('backstitch_queue_oldest_task_age_seconds', queue)).toBe(90);
    expect(world.role.engine.backlogs()).toEqual([
      expect.objectContaining({ taskQueue: 'backstitch', count: 2, types: [{ name: 'gone_v1', count: 2 }] }),
    ]);
  });

  it('[MTR2] labels are bounded: of a thousand flows and activities the rest is other, and no id is one', async () => {
    const metrics = new EngineMetrics({ flowOf, version: '1' });
    for (let at = 0; at < 1_000; at++) {
      metrics.runStarted(`flow-${at}_v1`);
      metrics.runStarted(`made-up-${at}`);
      const activity = { attempts: 1, ms: 5 };
      metrics.attemptEnded('flow-0_v1', {
        activityId: 'a',
        activityType: `activity-${at}`,
        result: 'completed',
        activity,
      });
      metrics.attemptEnded(`made-up-${at}`, {
        activityId: 'a',
        activityType: `own-${at}`,
        result: 'completed',
        activity,
      });
    }
    const read = new Scrape(await metrics.text());
    expect(read.faults()).toEqual([]);
    expect(read.labels('backstitch_runs_started_total', 'flow')).toHaveLength(201);
    expect(read.value('backstitch_runs_started_total', { flow: 'other' })).toBe(800 + 1_000);
    const activities = read.labels('backstitch_step_duration_seconds', 'activity');
    expect(activities).toHaveLength(501);
    expect(activities.filter((name) => name.startsWith('own'))).toEqual([]);
    const other = { flow: 'other', activity: 'other' };
    expect(read.histogram('backstitch_step_duration_seconds', other)?.count).toBe(1_000);
    expect(read.text.split('\n').length).toBeLessThan(20_000);
  });

  it('[MTR2] nothing of a run is in the text: no id, no input, no message of an error', async () => {
    const activities = new ScriptedActivities();
    activities.answer = () => ({
      kind: 'failed',
      failure: failure('card 4111 declined', { type: 'X', nonRetryable: true }),
    });
    const { world, scrape } = await measured({ order_v1: steps(1) }, activities);
    const { runId } = await world.start('order-8841', 'order_v1');
    await world.start('customer-queue', 'unknown-of-ada');
    await settle();
    const { text } = await scrape();
    for (const secret of [runId, 'order-8841', '4111', 'customer', 'ada']) expect(text).not.toContain(secret);
  });

  it('[MTR3] a scrape reads no table: a hundred scrapes count the runs once', async () => {
    const { world, scrape, countRuns } = await measured({ waits_v1: untilSignal });
    await world.start('a', 'waits_v1');
    await settle();
    for (let at = 0; at < 100; at++) await scrape();
    expect(countRuns.times).toBe(1);
    expect((await scrape()).value('backstitch_open_runs', { state: 'running' })).toBe(1);
  });

  it('[MTR3] a reading rests twenty times as long as it took, and one that fails keeps the last value', async () => {
    let [elapsed, read] = [0, 0];
    let reading: () => Promise<number> = async () => {
      elapsed += 3_000;
      return Promise.resolve(++read);
    };
    const sample = new Sample(() => reading(), { restMs: 15_000, elapsedMs: () => elapsed, now: () => elapsed });
    expect(await sample.get()).toEqual({ value: 1, atMs: 3_000 });
    elapsed = 62_999;
    expect(await sample.get()).toEqual({ value: 1, atMs: 3_000 });
    elapsed = 63_000;
    await sample.get();
    await settle();
    expect(await sample.get()).toEqual({ value: 2, atMs: 66_000 });
    reading = () => Promise.reject(new Error('away'));
    elapsed = 200_000;
    await sample.get();
    await settle();
    expect(await sample.get()).toEqual({ value: 2, atMs: 66_000 });
    // As if it had not taken any time.
    elapsed = 215_000;
    reading = () => Promise.resolve(7);
    await sample.get();
    await settle();
    expect((await sample.get())?.value).toBe(7);
  });

  it('[MTR3] counting a table of many closed runs reads the open ones and those of which effects remain, by an index', async () => {
    const database = await createTestDatabase();
    ends.push(() => database.drop());
    const lease = await new PostgresStore({ url: database.url }).acquire('test');
    ends.push(() => lease.release());
    const client = new pg.Client(database.url);
    await client.connect();
    ends.push(() => client.end());
    await client.query(`INSERT INTO engine.visibility (run_key, namespace, workflow_id, run_id, first_run_id, workflow_type,
        task_queue, status, start_time, execution_time, close_time, history_length, history_size_bytes, state_transitions,
        search_attributes, memo)
      SELECT n, 'default', 'w' || n, 'r' || n, 'r' || n, 'order_v1', 'backstitch', CASE WHEN n % 1000 = 0 THEN 1 ELSE 2 END,
        n, n, CASE WHEN n % 1000 = 0 THEN NULL ELSE n END, 1, 1, 1,
        CASE WHEN n % 1000 = 1 THEN '{"SagaStanding": 2}' ELSE '{}' END::jsonb, ''
      FROM generate_series(1, 50000) AS n`);
    await client.query('ANALYZE engine.visibility');
    expect(await lease.countRuns()).toMatchObject({
      open: { running: 50 },
      remaining: { runs: 50, effects: 100 },
    });
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${COUNT_RUNS}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan');
    expect(plan).toContain('visibility_open_idx');
    expect(plan).toContain('visibility_saga_standing_idx');
  });
});

describe('the last minute', () => {
  it('[MTR5] has what was added in the last minute, to ten seconds', () => {
    let elapsed = 1_000_000;
    const minute = new LastMinute(() => elapsed);
    minute.add();
    elapsed += 30_000;
    minute.add();
    minute.add();
    expect(minute.count).toBe(3);
    elapsed += 30_000;
    expect(minute.count).toBe(2);
    elapsed += 30_000;
    expect(minute.count).toBe(0);
    minute.add();
    elapsed += 3_600_000;
    expect(minute.count).toBe(0);
    minute.add();
    expect(minute.count).toBe(1);
  });
});

describe('the address of measurements', () => {
  const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
  const roles = Object.keys(ROLES);
  const keys = parseKeys(
    JSON.stringify([
      ...roles.map((role) => ({ name: `of ${role}`, role, sha256: sha256(role) })),
      { name: 'of order', role: 'operator', flow: 'order', sha256: sha256('order') },
    ])
  );
  const authority = new Authority({ keys });
  const open = async (more: Partial<Parameters<typeof openMetricsDoor>[0]> = {}) => {
    const door = await openMetricsDoor({
      address: '127.0.0.1:0',
      text: () => new EngineMetrics({ flowOf, version: '1' }).text(),
      authenticate: ({ metadata, peer }) => authority.authenticate(metadata, peer, 'public'),
      ...more,
    });
    ends.push(() => door.close());
    return door.address;
  };
  const get = (address: string, key?: string, method = 'GET') =>
    fetch(address, { method, headers: key ? { authorization: `Bearer ${key}` } : {} });

  it('[MTR4] a key with the permission reads them; without one, also on this machine, nobody does', async () => {
    const address = await open();
    const codes = await Promise.all(
      [...roles, 'order', 'of nobody', undefined].map(async (key) => [key, (await get(address, key)).status])
    );
    expect(Object.fromEntries(codes)).toEqual({
      admin: 200,
      designer: 200,
      operator: 200,
      approver: 403,
      auditor: 403,
      viewer: 403,
      monitor: 200,
      // Of one flow: these are measurements of all.
      order: 403,
      'of nobody': 401,
      undefined: 401,
    });
    const answer = await get(address, 'monitor');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(new Scrape(await answer.text()).faults()).toEqual([]);
    const refused = await get(address, 'viewer');
    expect(await refused.text()).toContain('metrics.read is refused for of viewer');
  });

  it('[MTR4] answers nothing else, and a fault of it is an error of this request', async () => {
    const address = await open();
    expect((await get(address.replace('/metrics', '/'), 'monitor')).status).toBe(404);
    expect((await get(address, 'monitor', 'POST')).status).toBe(405);
    const faults: unknown[] = [];
    const broken = await open({
      text: () => Promise.reject(new Error('secret of the fault')),
      onError: (error) => faults.push(error),
    });
    const answer = await get(broken, 'monitor');
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('secret')]);
    expect(faults).toHaveLength(1);
  });

  it('[MTR4] scrapes at the same time are one', async () => {
    let texts = 0;
    const text = async () => {
      texts++;
      await delay(50);
      return '';
    };
    const address = await open({ text });
    await Promise.all(Array.from({ length: 20 }, () => get(address, 'monitor')));
    expect(texts).toBeLessThan(5);
  });

  it.each(['0.0.0.0:0', 'metrics.example.com:1', '[::]:0'])('[MTR4] %s is refused without TLS', async (address) => {
    await expect(open({ address })).rejects.toThrow('needs TLS');
  });

  it.each(['7234', 'host', '127.0.0.1:99999', 'a b:1', ''])("[MTR4] '%s' is refused by name", async (address) => {
    await expect(open({ address })).rejects.toThrow('must be a host and a port');
  });
});
