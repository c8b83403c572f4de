/**
 * Events out, with a real engine, a real receiver, a real Redis and two web processes.
 *
 * Rules
 * [EVT1-8] as in event.ts, signature.ts, targets.ts and flow-log.ts
 * [EVS1-4] as in subscriptions.ts
 * [EVD1-5] as in deliverer.ts
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionList } from '@/app/_contract/attention';
import type {
  EventDelivery,
  EventsList,
  EventSubscription,
  PutSubscription,
  PutSubscriptionDone,
  Replay,
  SubscriptionDetail,
} from '@/app/_contract/events';
import { routes as to } from '@/app/_contract/routes';
import { composeWeb, type ComposedWeb } from '../compose';
import type { RunAddress } from '../runs/address';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import type { CloudEvent, RunData } from './event';
import { noteFlowChanges } from './flow-log';
import { Targets } from './targets';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
  event: CloudEvent;
}

/** A service of somebody else, which answers as the test says. */
class Receiver {
  readonly heard: Heard[] = [];
  readonly #server: Server;
  answer: (response: ServerResponse, heard: Heard) => void = (response) => response.writeHead(204).end();

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const heard = { headers: request.headers, body, event: JSON.parse(body) as CloudEvent };
        this.heard.push(heard);
        this.answer(response, heard);
      });
    });
  }
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events?token=secret`;
  }
  /** Types of the events of this run, in the order of their arrival. */
  of({ workflowId }: Pick<RunAddress, 'workflowId'>): CloudEvent[] {
    return this.heard.map(({ event }) => event).filter(({ subject }) => subject === workflowId);
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
let world: World;
let admin: Visitor;
let folder: string;
let redis: ChildProcess | null = null;
const socket = () => path.join(folder, 'redis');
function startRedis(): void {
  if (hasRedis) redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket(), '--save', '', '--dir', folder]);
}
const receivers: Receiver[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-events-'));
  startRedis();
  world = await startWorld({ environment: hasRedis ? { REDIS_URL: socket() } : {} });
  admin = await world.as('admin');
  await world.startTill();
}, 120_000);
afterAll(async () => {
  await world.close();
  redis?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await world.web.database.eventSubscription.deleteMany();
  for (const receiver of receivers.splice(0)) receiver.close();
});

async function listening(): Promise<Receiver> {
  const receiver = await new Receiver().open();
  receivers.push(receiver);
  return receiver;
}
const settings = (address: string, change: Partial<PutSubscription> = {}): PutSubscription => ({
  id: randomUUID(),
  title: 'Warehouse',
  target: { kind: 'webhook', address },
  flows: [],
  kinds: ['run.started', 'run.changed', 'run.closed'],
  isOn: true,
  ...change,
});
async function subscribe(address: string, change: Partial<PutSubscription> = {}) {
  const done = (await must(admin.post<PutSubscriptionDone>(to.events(), settings(address, change)))).body;
  return { ...done.subscription, secret: done.secret ?? '' };
}
const detail = async (id: string) => (await must(admin.get<SubscriptionDetail>(to.subscription(id)))).body;
const listed = async (id: string): Promise<EventSubscription> => {
  const { subscriptions } = (await must(admin.get<EventsList>(to.events()))).body;
  return subscriptions.find((each) => each.id === id)!;
};
const finish = (run: RunAddress) =>
  must(
    admin.post(to.signal(run.workflowId, run.runId), { name: 'finish', input: { well: true }, requestId: randomUUID() })
  );
const kindsOf = (events: CloudEvent[]) => events.map(({ type }) => type.replace('backstitch.', ''));
const closed = (receiver: Receiver, run: RunAddress) =>
  eventually(() => expect(kindsOf(receiver.of(run)).at(-1)).toBe('run.closed'));
/** Waits until a failed event may be tried again. */
const tryNow = (id: string) =>
  world.web.database.eventSubscription.update({ where: { id }, data: { nextAttemptAt: null } });

describe('[EVT1] [EVT2] [EVT3] an event', () => {
  test('of a run is a signed CloudEvent with names, states and a link, and no value of the run', async () => {
    const receiver = await listening();
    const { secret } = await subscribe(receiver.address);
    const run = await world.startTill({ amount: 4_711, pin: '0815' });
    await finish(run);
    await closed(receiver, run);
    const events = receiver.of(run);
    expect(kindsOf(events)[0]).toBe('run.started');
    expect(events[0]).toMatchObject({
      specversion: '1.0',
      source: `${world.origin}/`,
      type: 'backstitch.run.started',
      datacontenttype: 'application/json',
      data: { ...run, flow: 'till', version: 1, workflowType: 'till_v1', status: 'running', effectsRemaining: 0 },
    });
    expect(events.at(-1)?.data).toMatchObject({ status: 'completed', needsOperator: false, waitsAt: [] });
    expect((events[0]!.data as RunData).url).toBe(`${world.origin}/runs/${run.workflowId}/${run.runId}`);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const sequence = events.map((event) => event.sequence);
    expect([...sequence].sort()).toEqual(sequence);
    for (const { headers, body, event } of receiver.heard) {
      expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
      expect(headers['webhook-id']).toBe(event.id);
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
      expect(body).not.toMatch(/4711|0815/);
    }
  });

  test('[EVT8] of a flow comes once for each change of a version, whoever makes it', async () => {
    const receiver = await listening();
    await subscribe(receiver.address, { kinds: ['flow.published', 'flow.retired', 'flow.restored'] });
    const document = { ...TILL_FLOW, name: 'desk', title: 'Desk' };
    await must(admin.post(to.publish(), { document }));
    await eventually(() => expect(receiver.heard).toHaveLength(1));
    await must(admin.post(to.retireVersion('desk', 1), { reason: 'Old.', evenLast: true }));
    await eventually(() => expect(receiver.heard).toHaveLength(2));
    await must(admin.post(to.unretireVersion('desk', 1), { reason: 'Not so old.' }));
    await eventually(() => expect(receiver.heard).toHaveLength(3));
    // At the same time, as two processes do.
    expect(await Promise.all([noteFlowChanges(world.web), noteFlowChanges(world.web)])).toEqual([0, 0]);
    expect(receiver.heard.map(({ event }) => [event.type, event.subject])).toEqual([
      ['backstitch.flow.published', 'desk'],
      ['backstitch.flow.retired', 'desk'],
      ['backstitch.flow.restored', 'desk'],
    ]);
    expect(receiver.heard[0]?.event.data).toMatchObject({
      flow: 'desk',
      version: 1,
      title: 'Desk',
      by: admin.person?.name,
      url: `${world.origin}/flows/desk?version=1`,
    });
  });
});

test('a subscription has only the kinds and the flows that it asks for, and what happens after it was made', async () => {
  const [receiver, other] = [await listening(), await listening()];
  const before = await world.startTill();
  await subscribe(receiver.address, { flows: ['till'], kinds: ['run.closed'] });
  await subscribe(other.address, { title: 'Other', flows: ['nobody'] });
  const run = await world.startTill();
  await Promise.all([finish(before), finish(run)]);
  await closed(receiver, run);
  await closed(receiver, before);
  expect(receiver.heard).toHaveLength(2);
  expect(other.heard).toEqual([]);
});

describe('[EVD2] a receiver that is down', () => {
  test('gets everything in order when it is back, and is shown as failing until then', async () => {
    const receiver = await listening();
    receiver.answer = (response) => response.writeHead(503).end('the password is hunter2');
    const { id } = await subscribe(receiver.address);
    const run = await world.startTill();
    await finish(run);
    await eventually(async () => {
      const { failing } = await listed(id);
      expect(failing).toMatchObject({ error: 'Answered 503.' });
      expect(failing?.attempts).toBeGreaterThan(1);
    });
    const { deliveries, waiting } = await detail(id);
    expect(waiting?.count).toBeGreaterThan(1);
    expect(waiting?.oldestMs).toBeGreaterThan(0);
    expect(deliveries[0]).toMatchObject({ isDelivered: false, kind: 'run.started', run });
    expect(deliveries.map(({ attempt }) => attempt)).toEqual(deliveries.map((_, at) => deliveries.length - at));
    // [EVT7]
    expect(JSON.stringify(await detail(id))).not.toMatch(/hunter2/);
    const tried = receiver.heard.length;
    expect(new Set(receiver.heard.map(({ event }) => event.id)).size).toBe(1);
    receiver.answer = (response) => response.writeHead(200).end();
    await tryNow(id);
    await closed(receiver, run);
    expect(kindsOf(receiver.of(run)).slice(tried)[0]).toBe('run.started');
    await eventually(async () => {
      expect(await listed(id)).toMatchObject({ failing: null });
      expect((await detail(id)).waiting).toEqual({ count: 0, oldestMs: null });
    });
  });

  test('holds up nobody else', async () => {
    const [down, up] = [await listening(), await listening()];
    down.answer = () => {};
    await subscribe(down.address, { title: 'Hangs' });
    await subscribe(up.address);
    const run = await world.startTill();
    await finish(run);
    await closed(up, run);
    expect(down.heard).toHaveLength(1);
  });

  test('[EVD3] for days is stopped, in the audit trail too, until somebody saves it; its events are kept', async () => {
    const receiver = await listening();
    receiver.answer = (response) => response.writeHead(500).end();
    const { id } = await subscribe(receiver.address);
    const run = await world.startTill();
    await eventually(async () => expect((await listed(id)).failing).not.toBe(null));
    const failingSince = new Date(Date.now() - 5 * 86_400_000);
    await world.web.database.eventSubscription.update({ where: { id }, data: { failingSince, nextAttemptAt: null } });
    await eventually(async () => expect((await listed(id)).stoppedMs).toBeGreaterThan(0));
    const entry = await world.web.database.auditEntry.findFirst({ where: { operation: 'events.stop', target: id } });
    expect(entry).toMatchObject({ actorName: 'Backstitch', outcome: 'done' });
    // [ATT4] Whoever may not see it is told nothing of it.
    const told = async (who: Visitor) => (await must(who.get<AttentionList>(to.attention(7)))).body.stoppedEvents;
    expect(await told(admin)).toMatchObject([
      { id, title: 'Warehouse', error: expect.stringContaining('500') as string },
    ]);
    expect(await told(await world.as('operator'))).toEqual([]);
    await finish(run);
    receiver.answer = (response) => response.writeHead(200).end();
    const heard = receiver.heard.length;
    await must(admin.post(to.events(), settings(receiver.address, { id })));
    await closed(receiver, run);
    expect(kindsOf(receiver.of(run)).slice(heard)[0]).toBe('run.started');
    expect(await told(admin)).toEqual([]);
  });

  test('[EVD3] and says that it is gone is stopped at once', async () => {
    const receiver = await listening();
    receiver.answer = (response) => response.writeHead(410).end();
    const { id } = await subscribe(receiver.address);
    await world.startTill();
    await eventually(async () => expect((await listed(id)).stoppedMs).toBeGreaterThan(0));
    expect(receiver.heard).toHaveLength(1);
  });
});

test('[EVD2] hints that never pause do not hold events up', async () => {
  const receiver = await listening();
  await subscribe(receiver.address);
  const hints = setInterval(() => world.web.events.wake(), 5);
  try {
    const run = await world.startTill();
    await finish(run);
    await closed(receiver, run);
  } finally {
    clearInterval(hints);
  }
});

test('[EVS1] a secret that cannot be read any more is shown as a failure', async () => {
  const receiver = await listening();
  const { id } = await subscribe(receiver.address);
  await world.web.database.eventSubscription.update({ where: { id }, data: { sealed: 'of another installation' } });
  await world.startTill();
  await eventually(async () => expect((await listed(id)).failing?.error).toContain('cannot be read any more'));
  expect(receiver.heard).toEqual([]);
});

describe('two web processes', () => {
  let sibling: ComposedWeb;
  let server: Server;
  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sibling = composeWeb(world.web.config, server);
  });
  afterAll(async () => {
    await sibling.close();
    server.close();
  });

  test('deliver each event once', async () => {
    const receiver = await listening();
    await subscribe(receiver.address);
    const runs = await Promise.all(Array.from({ length: 5 }, () => world.startTill()));
    await Promise.all(runs.map(finish));
    await Promise.all(runs.map((run) => closed(receiver, run)));
    const ids = receiver.heard.map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('[EVD1] a process that ends after its delivery, before it noted it, makes the other one send it again', async () => {
    const receiver = await listening();
    // The receiver has the event, and the process does not hear of it.
    let answers = false;
    receiver.answer = (response) => void (answers && response.writeHead(200).end());
    const { id } = await subscribe(receiver.address);
    const run = await world.startTill();
    await eventually(() => expect(receiver.heard).toHaveLength(1));
    const { holder } = await world.web.database.eventWork.findUniqueOrThrow({ where: { id: 1 } });
    // As a process that was killed: its lease runs out, and its connections end.
    receiver.heard[0]!.event satisfies CloudEvent;
    answers = true;
    await world.web.database.eventWork.update({ where: { id: 1 }, data: { holder: 'another', until: new Date(0) } });
    await eventually(async () => {
      const work = await world.web.database.eventWork.findUniqueOrThrow({ where: { id: 1 } });
      expect(work.holder).not.toBe('another');
    });
    await finish(run);
    await closed(receiver, run);
    const [first, second] = receiver.heard;
    expect(second?.event).toEqual(first?.event);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect((await listed(id)).failing).toBe(null);
    expect(holder).not.toBe('');
  }, 60_000);
});

describe('[EVS4] a replay', () => {
  test('from a time or from an event sends again what was sent, with the same ids', async () => {
    const receiver = await listening();
    const { id } = await subscribe(receiver.address);
    const fromMs = Date.now();
    const run = await world.startTill();
    await finish(run);
    await closed(receiver, run);
    const first = receiver.of(run);
    const replay = (from: Replay['from']) => must(admin.post(to.replayEvents(id), { from }));
    const again = (count: number) => eventually(() => expect(receiver.of(run).length).toBeGreaterThanOrEqual(count));
    await replay({ kind: 'time', atMs: fromMs });
    await again(2 * first.length);
    expect(receiver.of(run).slice(first.length, 2 * first.length)).toEqual(first);
    const { deliveries } = await detail(id);
    const last = deliveries.find(({ kind, run: of }) => kind === 'run.closed' && of?.runId === run.runId);
    const heard = receiver.of(run).length;
    await replay({ kind: 'delivery', id: last!.id });
    await again(heard + 1);
    expect(receiver.of(run).slice(heard)[0]).toEqual(first.at(-1));
    const gone = await admin.post(to.replayEvents(id), { from: { kind: 'delivery', id: randomUUID() } });
    expect([gone.status, gone.error?.problems?.[0]?.at]).toEqual([422, '/from/id']);
  });

  test('from now leaves out what waits', async () => {
    const receiver = await listening();
    receiver.answer = (response) => response.writeHead(500).end();
    const { id } = await subscribe(receiver.address);
    const run = await world.startTill();
    await eventually(async () => expect((await listed(id)).failing).not.toBe(null));
    receiver.answer = (response) => response.writeHead(200).end();
    const heard = receiver.heard.length;
    await must(admin.post(to.replayEvents(id), { from: { kind: 'now' } }));
    await finish(run);
    await closed(receiver, run);
    expect(kindsOf(receiver.of(run)).slice(heard)).not.toContain('run.started');
  });
});

test('[EVD4] events that were removed before they were delivered are not passed over in silence', async () => {
  const receiver = await listening();
  const { id } = await subscribe(receiver.address, { isOn: false });
  const run = await world.startTill();
  // As the engine does after a week.
  await world.web.database.$executeRaw`INSERT INTO engine.run_change_removed (id, epoch, number)
    SELECT 1, epoch, number FROM engine.run_change ORDER BY epoch DESC, number DESC LIMIT 1`;
  await world.web.database.$executeRaw`DELETE FROM engine.run_change`;
  await must(admin.post(to.events(), settings(receiver.address, { id })));
  await eventually(async () => expect((await listed(id)).missedMs).toBeGreaterThan(0));
  await finish(run);
  await closed(receiver, run);
});

test('[EVD5] while the engine is away nothing is lost, and the receiver is not blamed', async () => {
  const receiver = await listening();
  const { id } = await subscribe(receiver.address);
  const run = await world.startTill();
  await eventually(() => expect(receiver.of(run).length).toBeGreaterThan(0));
  await world.stopEngine();
  expect((await listed(id)).failing).toBe(null);
  expect((await detail(id)).waiting).toBe(null);
  await world.startEngine();
  await eventually(() => finish(run));
  await closed(receiver, run);
  const ids = receiver.of(run).map((event) => event.id);
  expect(new Set(ids).size).toBe(ids.length);
}, 60_000);

describe('[EVS1] [EVS2] the secret', () => {
  test('is shown once, is nowhere else, and a replaced one signs beside the new one', async () => {
    const receiver = await listening();
    const { id, secret } = await subscribe(receiver.address);
    expect(secret).toMatch(/^whsec_/);
    const row = await world.web.database.eventSubscription.findUniqueOrThrow({ where: { id } });
    const audit = await world.web.database.auditEntry.findMany({ where: { target: id } });
    expect(
      JSON.stringify(
        [row, audit, await detail(id)],
        (_, value: unknown) => String(value) && (typeof value === 'bigint' ? String(value) : value)
      )
    ).not.toContain(secret.slice(6));
    // The address may have a token.
    expect(JSON.stringify(audit)).not.toContain('token=secret');
    const { secret: next, subscription } = (await must(admin.post<PutSubscriptionDone>(to.replaceEventSecret(id), {})))
      .body;
    expect(subscription.secretBeforeUntilMs).toBeGreaterThan(Date.now());
    expect(next).not.toBe(secret);
    await must(admin.post<EventDelivery>(to.testSubscription(id), {}));
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.heard;
    for (const each of [secret, next!]) new Webhook(each).verify(body, headers as Record<string, string>);
    await world.web.database.eventSubscription.update({ where: { id }, data: { secretBeforeUntil: new Date(1) } });
    await must(admin.post<EventDelivery>(to.testSubscription(id), {}));
    const last = receiver.heard.at(-1)!;
    expect(() => new Webhook(secret).verify(last.body, last.headers as Record<string, string>)).toThrow();
  });

  test('a test is sent at once, also while the subscription is off, and is told from the others', async () => {
    const receiver = await listening();
    const { id } = await subscribe(receiver.address, { isOn: false });
    const { body } = await must(admin.post<EventDelivery>(to.testSubscription(id), {}));
    expect(body).toMatchObject({ kind: 'test', isDelivered: true, message: 'Answered 204.' });
    expect(receiver.heard[0]?.event.type).toBe('backstitch.test');
    receiver.close();
    const failed = (await must(admin.post<EventDelivery>(to.testSubscription(id), {}))).body;
    expect(failed).toMatchObject({ isDelivered: false, message: 'It could not be reached (ECONNREFUSED).' });
    expect((await listed(id)).failing).toBe(null);
  });
});

describe('[EVT5] [EVT6] where events may go', () => {
  const message = { id: 'evt_1', type: 'backstitch.test', body: '{}' };
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
  const send = (address: string, environment = {}, attemptMs?: number) => {
    const targets = new Targets({ environment }, null, Date.now, attemptMs);
    const addressee = { target: { kind: 'webhook', address } as const, secrets, server: null };
    return targets.send(addressee, message, new AbortController().signal).finally(() => targets.close());
  };

  test.each([
    ['http://169.254.169.254/latest', {}, 'never called'],
    ['http://[fe80::1]/', {}, 'never called'],
    ['http://127.0.0.1:9/', { BACKSTITCH_PRIVATE_CONNECTIONS: 'off' }, 'no private addresses'],
    ['http://nowhere.invalid/', {}, 'could not be reached'],
    ['http://127.0.0.1:1/', {}, 'ECONNREFUSED'],
  ])('not to %s', async (address, environment, words) => {
    const sent = await send(address, environment);
    expect(sent.isDelivered).toBe(false);
    expect(sent.message).toContain(words);
  });

  test('a redirect is not followed, a slow receiver is left, and an answer that never ends too', async () => {
    const receiver = await listening();
    receiver.answer = (response) => response.writeHead(307, { location: receiver.address }).end();
    expect((await send(receiver.address)).message).toContain('Answered 307. Redirects are not followed');
    receiver.answer = () => {};
    expect((await send(receiver.address, {}, 300)).message).toBe('No answer within 0.3 s.');
    receiver.answer = (response) => void response.writeHead(200).write('x');
    expect((await send(receiver.address, {}, 300)).isDelivered).toBe(false);
    expect(receiver.heard).toHaveLength(3);
  });

  test('an address that is none is refused at its field', async () => {
    const wrong = ['ftp://example.com', 'https://user:password@example.com', 'example.com', 'https://example.com/#x'];
    // [RCB1] It would never be called.
    wrong.push('http://169.254.169.254/latest', 'http://[fe80::1]/');
    const answers = await Promise.all(wrong.map((address) => admin.post(to.events(), settings(address))));
    expect(answers.map(({ status, error }) => [status, error?.problems?.[0]?.at])).toEqual(
      wrong.map(() => [422, '/target/address'])
    );
    const own = { kind: 'stream', stream: 'orders', at: 'own' } as const;
    const none = await admin.post(to.events(), settings('', { target: own, server: 'http://example.com' }));
    expect([none.status, none.error?.problems?.[0]?.at]).toEqual([422, '/server']);
    expect((await admin.post(to.events(), settings('https://example.com', { kinds: [] }))).status).toBe(422);
  });
});

describe.skipIf(!hasRedis)('a Redis stream', () => {
  const fieldsOf = ([, fields]: [string, string[]]) =>
    Object.fromEntries(Array.from({ length: fields.length / 2 }, (_, at) => [fields[2 * at], fields[2 * at + 1]]));

  test('gets the same events, signed, once, and in order, also when Redis was away', async () => {
    const target = { kind: 'stream', stream: `orders-${randomUUID()}`, at: 'installation' } as const;
    const { id, secret } = await subscribe('', { target });
    const run = await world.startTill();
    await finish(run);
    const client = new Redis(socket()).on('error', () => {});
    const read = async () => (await client.xrange(target.stream, '-', '+')).map(fieldsOf);
    await eventually(async () => expect((await read()).at(-1)?.type).toBe('backstitch.run.closed'));
    const events = await read();
    expect(events[0]?.type).toBe('backstitch.run.started');
    for (const fields of events) {
      const event = new Webhook(secret).verify(fields.event!, fields as Record<string, string>) as CloudEvent;
      expect([event.id, event.type]).toEqual([fields['webhook-id'], fields.type]);
    }
    expect((await detail(id)).deliveries[0]?.message).toMatch(/^Added as \d+-\d+\.$/);

    redis?.kill('SIGKILL');
    const later = await world.startTill();
    await eventually(async () => expect((await listed(id)).failing).not.toBe(null));
    startRedis();
    await finish(later);
    await tryNow(id);
    await eventually(async () => {
      const types = (await read()).map(({ type }) => type);
      expect([types[0], types.at(-1)]).toEqual(['backstitch.run.started', 'backstitch.run.closed']);
    });
    expect((await listed(id)).failing).toBe(null);
    client.disconnect();
  });

  test('at a Redis of its own keeps its address as a secret, and one that is away is a failure', async () => {
    const target = { kind: 'stream', stream: 'orders', at: 'own' } as const;
    const server = 'redis://ada:hunter2@127.0.0.1:1/0';
    const { id } = await subscribe('', { target, server, isOn: false });
    const failed = (await must(admin.post<EventDelivery>(to.testSubscription(id), {}))).body;
    expect(failed.isDelivered).toBe(false);
    const kept = await must(admin.post<PutSubscriptionDone>(to.events(), settings('', { id, target, isOn: false })));
    const audit = await world.web.database.auditEntry.findMany({ where: { target: id } });
    expect(JSON.stringify([kept.body, failed, audit, await detail(id)])).not.toContain('hunter2');
    // The address is still there.
    expect((await must(admin.post<EventDelivery>(to.testSubscription(id), {}))).body.message).toBe(failed.message);
  });
});

test('a removed subscription gets nothing any more, and its id is none', async () => {
  const receiver = await listening();
  const { id } = await subscribe(receiver.address);
  await must(admin.post(to.removeSubscription(id), {}));
  const run = await world.startTill();
  await finish(run);
  expect((await admin.get(to.subscription(id))).error?.code).toBe('subscriptionNotFound');
  expect((await admin.get(to.subscription('__proto__'))).error?.code).toBe('subscriptionNotFound');
  expect(receiver.heard).toEqual([]);
});
