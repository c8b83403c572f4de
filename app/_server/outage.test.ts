/**
 * [D] What the web says while the database or the engine is away, and that it recovers by itself: a line that is cut,
 * and one on which nothing moves any more.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FlowSummary } from '@/app/_contract/flows';
import type { StartedRun } from '@/app/_contract/runs';
import { routes as to } from '@/app/_contract/routes';
import { HintFeed } from './live/hint-feed';
import { openLine, postgresTarget, throughLine, type Line } from './testing/line';
import { eventually, must, PASSWORD, startWorld, Visitor, type TestSocket, type World } from './testing/world';

let world: World;
let database: Line;
let engine: Line;
beforeAll(async () => {
  world = await startWorld({
    databaseUrlOfWeb: async (url) => {
      database = await openLine(postgresTarget(url));
      return throughLine(url, database);
    },
    engineAddressOfWeb: async (address) => {
      const [host = '', port = ''] = address.split(':');
      engine = await openLine({ host, port: Number(port) });
      return `127.0.0.1:${engine.port}`;
    },
  });
  await Promise.all([world.as('admin'), world.as('operator')]);
}, 120_000);
afterAll(async () => {
  await world.close();
  await Promise.all([database.close(), engine.close()]);
});

afterEach(() => {
  database.mend();
  engine.mend();
});

const connect = (socket: TestSocket) =>
  new Promise<{ code: string } | null>((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('connect_error', (error) =>
      resolve((error as Error & { data?: { code: string } }).data ?? { code: error.message })
    );
    socket.connect();
  });
const start = (visitor: Visitor, requestId: string) =>
  visitor.post<StartedRun>(to.startRun('till'), { requestId, input: { amount: 5, take: '/take' } });
const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const from = Date.now();
  return [await work(), Date.now() - from];
};

describe.each(['cut', 'goDead'] as const)('the database: %s', (breaks) => {
  test('[D1] is reported as away in time, and nobody is signed out by the outage', async () => {
    const operator = await world.as('operator');
    const run = await world.startTill();
    const socket = operator.socket();
    expect(await connect(socket)).toBe(null);
    const cookie = operator.cookie;
    const runs = await world.web.database.auditEntry.count({ where: { operation: 'runs.start' } });

    database[breaks]();
    const late = operator.socket();
    const [[answers, health, refusal], ms] = await timed(() =>
      Promise.all([
        Promise.all([
          operator.get(to.me()),
          operator.get(to.runs()),
          operator.get(to.inbox()),
          operator.get(to.run(run.workflowId, run.runId)),
          start(operator, randomUUID()),
          operator.post(to.signal(run.workflowId, run.runId), {
            requestId: randomUUID(),
            name: 'finish',
            input: { well: true },
          }),
          new Visitor(world.origin).signIn('operator@example.test'),
          operator.post(to.signOut(), {}),
          world.stranger.post(to.firstAccount(), { name: 'Eve', email: 'eve@example.test', password: PASSWORD }),
        ]),
        operator.get(to.health()),
        connect(late),
      ])
    );
    for (const { status, error } of answers) expect([status, error?.code]).toEqual([503, 'databaseAway']);
    expect(answers[0]?.error?.whatToDo).toMatch(/by itself/);
    expect(refusal).toMatchObject({ code: 'databaseAway' });
    // The web process itself still serves requests. A health answer is reused for one second.
    expect(health.status).toBe(200);
    expect(ms).toBeLessThan(15_000);
    await eventually(async () =>
      expect((await operator.get(to.health())).body).toMatchObject({ ok: true, database: 'away', engine: 'up' })
    );
    // No answer changed the cookie, and no socket was closed as signed out.
    for (const { headers } of answers) expect(headers.getSetCookie()).toEqual([]);
    expect(operator.cookie).toBe(cookie);
    world.web.sessionEnded(operator.person?.id ?? '');
    late.disconnect();
    expect(socket.connected).toBe(true);

    database.mend();
    await eventually(async () => expect((await operator.get(to.me())).status).toBe(200), 5_000);
    expect(socket.connected).toBe(true);
    await must(operator.get(to.inbox()));
    expect(await world.web.database.auditEntry.count({ where: { operation: 'runs.start' } })).toBe(runs);
    await must(start(operator, randomUUID()));
    socket.disconnect();
  }, 90_000);
});

describe.each(['cut', 'goDead'] as const)('the engine: %s', (breaks) => {
  test('[D2] is reported as away; sessions stay valid; repeating the request afterwards starts one run', async () => {
    const operator = await world.as('operator');
    const run = await world.startTill();
    const requestId = randomUUID();
    const { versions, config } = world.web;
    const hints = new HintFeed(versions, config.namespace, { onHint: () => {}, onOpen: () => {} });
    await eventually(() => expect(hints.live).toBe(true));

    engine[breaks]();
    const [[list, one, started, health, me, inbox], ms] = await timed(() =>
      Promise.all([
        operator.get(to.runs()),
        operator.get(to.run(run.workflowId, run.runId)),
        start(operator, requestId),
        operator.get(to.health()),
        operator.get(to.me()),
        operator.get(to.inbox()),
      ])
    );
    for (const { status, error } of [list, one]) expect([status, error?.code]).toEqual([503, 'engineAway']);
    // The flow was read a moment before, so the request may have been sent or not.
    expect(['engineAway', 'outcomeUnknown']).toContain(started.error?.code);
    expect([me.status, inbox.status]).toEqual([200, 200]);
    expect(health.status).toBe(200);
    // A health answer is reused for one second.
    await eventually(async () =>
      expect((await operator.get(to.health())).body).toMatchObject({ database: 'up', engine: 'away' })
    );
    expect(ms).toBeLessThan(18_000);
    // The hints are marked as not live.
    await eventually(() => expect(hints.live).toBe(false));

    engine.mend();
    await eventually(() => expect(hints.live).toBe(true));
    hints.close();
    await eventually(async () => {
      await must(operator.get(to.runs()));
      await must(operator.get(to.flow('till')));
    }, 8_000);
    const again = (await must(start(operator, requestId))).body;
    const once = (await must(start(operator, requestId))).body;
    expect(once).toEqual({ ...again, again: true });
    const rows = await world.web.database.auditEntry.findMany({
      where: { target: again.workflowId },
      orderBy: { at: 'asc' },
    });
    expect(rows.map(({ outcome }) => outcome)).toEqual(
      started.error?.code === 'outcomeUnknown'
        ? ['outcomeUnknown', 'done', 'done']
        : expect.arrayContaining(['done', 'done'])
    );
  }, 90_000);
});

test('[D6] flows read shortly before are still listed, without counts, when the engine does not answer', async () => {
  const operator = await world.as('operator');
  await eventually(async () => {
    // Later requests read only the counts from the engine.
    await must(operator.get(to.flows()));
    engine.goDead();
    const [{ status, body }, ms] = await timed(() => operator.get<{ flows: FlowSummary[] }>(to.flows()));
    engine.mend();
    expect([status, body?.flows.map(({ openRuns }) => openRuns)]).toEqual([200, [null]]);
    expect(ms).toBeLessThan(3_500);
  }, 20_000);
}, 60_000);

test('[D4] the health check has its own deadline: a connection that does not answer counts as away', async () => {
  const operator = await world.as('operator');
  await eventually(async () =>
    expect((await operator.get(to.health())).body).toMatchObject({ database: 'up', engine: 'up' })
  );
  database.goDead();
  engine.goDead();
  await eventually(async () => {
    const [{ status, body }, ms] = await timed(() => operator.get(to.health()));
    expect([status, body]).toEqual([200, expect.objectContaining({ ok: true, database: 'away', engine: 'away' })]);
    expect(ms).toBeLessThan(3_500);
  });
  database.mend();
  engine.mend();
  await eventually(
    async () => expect((await operator.get(to.health())).body).toMatchObject({ database: 'up', engine: 'up' }),
    10_000
  );
}, 60_000);

test('[D5] a full disk: writes are refused as that, reads work, health names it; later all recovers', async () => {
  const operator = await world.as('operator');
  await world.startTill();
  const admin = new pg.Client(world.databaseUrl);
  await admin.connect();
  const name = new URL(world.databaseUrl).pathname.slice(1);
  // As on a full disk, no row can be added and no temporary file written.
  await admin.query(`
    CREATE FUNCTION app.full() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_audit BEFORE INSERT ON app.audit FOR EACH ROW EXECUTE FUNCTION app.full();
    CREATE TRIGGER full_session BEFORE INSERT ON app.session FOR EACH ROW EXECUTE FUNCTION app.full();
    ALTER DATABASE ${name} SET temp_file_limit = 0`);
  // Settings of a database apply to new connections.
  const reconnect = () => {
    database.cut();
    database.mend();
  };
  reconnect();
  const requestId = randomUUID();
  await eventually(async () => expect((await operator.get(to.runs())).status).toBe(200));
  for (const answer of [
    await start(operator, requestId),
    await new Visitor(world.origin).signIn('operator@example.test'),
  ])
    expect([answer.status, answer.error?.code, answer.error?.message]).toEqual([
      503,
      'databaseAway',
      expect.stringContaining('53100'),
    ]);
  await eventually(async () =>
    expect((await operator.get(to.health())).body).toMatchObject({
      database: 'cannotWrite',
      sqlState: expect.stringMatching(/^53/) as string,
    })
  );

  await admin.query(`DROP FUNCTION app.full() CASCADE; ALTER DATABASE ${name} RESET temp_file_limit`);
  await admin.end();
  reconnect();
  await eventually(
    async () => expect((await operator.get(to.health())).body).toMatchObject({ database: 'up' }),
    10_000
  );
  await must(start(operator, requestId));
}, 60_000);

test('[D3] repeating a start returns the same run, even after that run ended and the engine restarted', async () => {
  await world.startTill();
  const operator = await world.as('operator');
  const requestId = randomUUID();
  const first = (await must(start(operator, requestId))).body;
  const handle = world.web.temporal.workflow.getHandle(first.workflowId, first.runId);
  await handle.signal('finish', { well: true });
  await eventually(async () => expect((await handle.describe()).status.name).toBe('COMPLETED'));
  expect((await must(start(operator, requestId))).body).toEqual({ ...first, again: true });
  await world.restartEngine();
  await eventually(() => must(operator.get(to.runs())));
  expect((await must(start(operator, requestId))).body).toEqual({ ...first, again: true });
}, 60_000);
