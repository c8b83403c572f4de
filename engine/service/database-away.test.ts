/**
 * A real PostgreSQL that goes away in the middle of runs and comes back, and an engine that lost its lease without
 * knowing: what was acknowledged is there afterwards, what was refused can be sent again and takes effect once, and the
 * runs go on by themselves. The engine's time is virtual; the outage is not.
 */
import { localCaller } from '../permissions/caller';
import { status } from '@grpc/grpc-js';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../prisma/migrate';
import type { HistoryEvent } from '../history';
import { eventsOf, provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { startPostgres, type PostgresServer } from '../launcher/postgres';
import { temporal } from '../proto';
import { completed, ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { PostgresStore } from '../store/postgres/store';
import type { EngineRole } from './start-engine';
import { readHistories, startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const operator = localCaller();
const STEPS = 6;
const RUNS = 8;

const count = (events: readonly HistoryEvent[], type: number) =>
  events.filter(({ eventType }) => eventType === type).length;
const signalIds = (events: readonly HistoryEvent[]) =>
  events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.requestId ?? []);

/** Steps in sequence, with the run in their ids. */
const steps: Script = (events, { run }) => {
  const done = count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
  if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > done) return [];
  return done === STEPS ? [command.complete(done)] : [command.schedule(`${run.workflowId}-${done + 1}`)];
};

let folder: string;
let server: PostgresServer;
const startServer = async () => (server = await startPostgres({ dataDir: path.join(folder, 'postgres') }));
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-away-'));
  await chmod(folder, 0o755);
  await startServer();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

let databases = 0;
let url: string;
let clock: VirtualClock;
let activities: ScriptedActivities;
let workflows: ScriptedWorkflows;
beforeEach(async () => {
  const name = `away_${++databases}`;
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  url = server.urlOf(name);
  await migrate(url);
  clock = new VirtualClock();
  activities = new ScriptedActivities();
  workflows = new ScriptedWorkflows({ steps });
});

const startEngine = (store = new PostgresStore({ url })) =>
  startTestEngine({ store, clock, activityWorker: activities, workflowWorker: workflows });
const call = <T>(role: EngineRole, method: string, request: object) =>
  role.service.call(method, { namespace: 'default', ...request }, operator) as Promise<T>;
const start = (role: EngineRole, workflowId: string) =>
  call<{ runId: string; started: boolean }>(role, 'StartWorkflowExecution', {
    workflowId,
    requestId: `start-${workflowId}`,
    workflowType: { name: 'steps' },
    taskQueue: { name: 'backstitch' },
  });
const signal = (role: EngineRole, workflowId: string, requestId: string) =>
  call(role, 'SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: 'go', requestId });

/** Virtual time passes only while the engine has nothing to do. */
async function until(role: EngineRole, reached: () => boolean): Promise<void> {
  while (!reached()) {
    await turn();
    const isQuiet = [...role.engine.runs.values()].every((run) => run.isClean && !run.busy);
    const next = clock.next();
    if (isQuiet && next !== null) await clock.advance(Math.max(0, next - clock.now()));
  }
}
const running = (suffix: string) => () =>
  new Set(activities.started.flatMap(({ activityId }) => (activityId.endsWith(suffix) ? [activityId] : []))).size ===
  RUNS;

// The machine determines how long a server takes to stop, start and recover.
describe('a database that goes away for ten seconds', { timeout: 120_000 }, () => {
  for (const stop of ['SIGINT', 'SIGQUIT'] as const) {
    it(`[DA1] loses nothing acknowledged, and no request takes effect twice (${stop})`, async () => {
      const role = await startEngine();
      const ids = Array.from({ length: RUNS }, (_, index) => `run-${index}`);
      await Promise.all(ids.map((id) => start(role, id)));
      await until(role, running('-1'));
      for (const id of ids) activities.finish(`${id}-1`);
      await until(role, running('-2'));

      // Requests are sent while the server stops, so some are on their way at that moment.
      const sent = new Map<string, Promise<boolean>>();
      let acknowledged = 0;
      const refused = (error: { code: number; message: string }) => {
        const message = expect.stringMatching(/[Tt]ry again|Send it again/) as string;
        expect(error).toMatchObject({ code: status.UNAVAILABLE, message });
        return false;
      };
      const send = (round: number) => {
        for (const id of ids) {
          const ok = signal(role, id, `s${round}`).then(() => true, refused);
          sent.set(`${id} s${round}`, ok);
          void ok.then((yes) => (acknowledged += Number(yes)));
        }
      };
      send(0);
      await until(role, () => acknowledged === RUNS);
      for (const id of ids.slice(0, RUNS / 2)) activities.finish(`${id}-2`);
      send(1);
      const down = stop === 'SIGINT' ? server.stop() : Promise.resolve(void process.kill(server.pid, stop));
      for (let round = 2; server.alive(); round++) {
        if (round < 40) send(round);
        await turn();
      }
      await down;
      const outcomes = new Map(await Promise.all([...sent].map(async ([key, ok]) => [key, await ok] as const)));
      expect([...outcomes.values()]).toContain(false);

      const before = clock.now();
      await clock.advance(10_000);
      expect(role.engine.holdsLease).toBe(false);
      await expect(start(role, 'late')).rejects.toMatchObject({ code: status.UNAVAILABLE });
      await expect(call(role, 'ListWorkflowExecutions', {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
      expect(clock.now() - before).toBe(10_000);

      await startServer();
      await until(role, () => role.engine.holdsLease);
      for (const [key, ok] of outcomes) {
        const [id, requestId] = key.split(' ') as [string, string];
        if (!ok) await signal(role, id, requestId);
      }
      activities.answer = (task) => completed(task.activityId);
      const late = await start(role, 'late');
      expect((await start(role, 'late')).runId).toBe(late.runId);
      await until(role, () => role.engine.runs.size === 0);
      await role.stop();

      const histories = await readHistories(new PostgresStore({ url }));
      expect(histories.map(({ expected }) => expected.status)).toEqual(Array(RUNS + 1).fill(2));
      for (const { workflowId, batches } of histories) {
        const wanted = [...outcomes.keys()].flatMap((key) =>
          key.startsWith(`${workflowId} `) ? [key.split(' ')[1]] : []
        );
        expect(signalIds(eventsOf(batches)).sort()).toEqual(wanted.sort());
      }
    });
  }

  it('[DA2] ends a long poll with UNAVAILABLE, and a new poll afterwards returns the close', async () => {
    const role = await startEngine();
    await start(role, 'watched');
    await until(role, () => activities.started.length === 1);
    const closeOf = () =>
      call<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse>(role, 'GetWorkflowExecutionHistory', {
        execution: { workflowId: 'watched' },
        waitNewEvent: true,
        historyEventFilterType: 2,
      });
    const cut = expect(closeOf()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await server.stop();
    await cut;
    await startServer();
    await until(role, () => role.engine.holdsLease);
    activities.answer = (task) => completed(task.activityId);
    const told = closeOf();
    let isTold = false;
    void told.then(() => (isTold = true));
    await until(role, () => isTold);
    expect((await told).history?.events?.[0]?.eventType).toBe(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    await role.stop();
  });
});

describe('an engine whose lease was taken', { timeout: 120_000 }, () => {
  it('[DA3] commits nothing more, not even pending work, and answers every request with UNAVAILABLE', async () => {
    const store = new PostgresStore({ url });
    const stale = await startEngine(store);
    await Promise.all(Array.from({ length: RUNS }, (_, index) => start(stale, `run-${index}`)));
    await until(stale, running('-1'));

    // The other engine has the lease and does nothing yet, so any write now comes from the stale engine.
    const other = await new PostgresStore({ url }).acquire('another engine');
    const snapshot = async () => {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query(
        `SELECT (SELECT md5(string_agg(h::text, ',' ORDER BY run_key, first_event_id)) FROM engine.history h) AS histories,
                (SELECT md5(string_agg(e::text, ',' ORDER BY run_key)) FROM engine.execution e) AS executions,
                (SELECT md5(string_agg(v::text, ',' ORDER BY run_key)) FROM engine.visibility v) AS visible`
      );
      await client.end();
      return rows[0] as unknown;
    };
    const before = await snapshot();
    for (let index = 0; index < RUNS; index++) activities.finish(`run-${index}-1`);
    const asked = await Promise.allSettled([
      signal(stale, 'run-0', 'too late'),
      start(stale, 'new'),
      call(stale, 'TerminateWorkflowExecution', { workflowExecution: { workflowId: 'run-1' } }),
      call(stale, 'RegisterNamespace', { namespace: 'another' }),
    ]);
    for (const outcome of asked)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: status.UNAVAILABLE } });
    expect(stale.engine.holdsLease).toBe(false);
    expect(await snapshot()).toEqual(before);
    await stale.stop();
    expect(await snapshot()).toEqual(before);

    await other.release();
    const next = await startEngine(new PostgresStore({ url }));
    activities.answer = (task) => completed(task.activityId);
    await until(next, () => next.engine.runs.size === 0);
    const attempts = activities.started
      .filter(({ activityId }) => activityId.endsWith('-1'))
      .map(({ attempt }) => attempt);
    expect(attempts.filter((attempt) => attempt === 2)).toHaveLength(RUNS);
    await next.stop();
  });
});
