/**
 * [D] What the web says while the database or the engine is away, and that it recovers by itself: a line that is cut, and one on
 * which nothing moves any more.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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
  test('[D1] is said to be away, in time, and nobody is signed out by it', async () => {
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
            ...{ requestId: randomUUID(), name: 'finish', input: { well: true } },
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
    // This process serves all the same.
    expect(health.body).toMatchObject({ ok: true, database: 'away', engine: 'up' });
    expect(ms).toBeLessThan(15_000);
    // No answer touched the cookie, and no socket was told that its session ended.
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
  test('[D2] is said to be away; who is signed in stays so; the same request afterwards starts one run', async () => {
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
    // What it needs to know was known a moment ago: it may have gone out, or not.
    expect(['engineAway', 'outcomeUnknown']).toContain(started.error?.code);
    expect([me.status, inbox.status]).toEqual([200, 200]);
    expect(health.body).toMatchObject({ database: 'up', engine: 'away' });
    expect(ms).toBeLessThan(18_000);
    // Who would be told of changes knows that nobody tells.
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

test('[D3] a start sent again is the one run, also when that has ended and the engine has restarted', async () => {
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
