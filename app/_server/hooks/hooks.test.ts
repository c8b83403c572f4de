/**
 * Webhooks in, through their HTTP door, with a real engine: deliveries as Standard Webhooks, GitHub and senders with a
 * token send them.
 *
 * Rules
 * [HKS1-2] as in hooks.ts
 * [HKR1-5] as in receive.ts
 */
import { createHmac, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hook, HookAnswer, HookList, PutHook, PutHookDone } from '@/app/_contract/hooks';
import type { RunsPage } from '@/app/_contract/runs';
import { routes as to } from '@/app/_contract/routes';
import { eventually, must, startWorld, Visitor, type World } from '../testing/world';
import { at, UNPROVED_LIMIT } from './receive';

let world: World;
let admin: Visitor;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  // Publishes the flow.
  await world.startTill();
  [admin, designer] = await Promise.all([world.as('admin'), world.as('designer')]);
}, 120_000);
afterAll(() => world.close());

const INPUT = { amount: 5, take: '/take' };
const settings = (change: Partial<PutHook> = {}): Omit<PutHook, 'secret'> & { secret?: string } => ({
  id: randomUUID(),
  flow: 'till',
  title: 'Orders of the shop',
  proof: { kind: 'standard' },
  deliveryId: { kind: 'none' },
  action: { kind: 'start', runId: '' },
  input: '/data',
  ...change,
});
async function make(change: Partial<PutHook> = {}, visitor = admin): Promise<{ hook: Hook; secret: string }> {
  const { hook, secret } = (await must(visitor.post<PutHookDone>(to.hooks(), settings(change)))).body;
  return { hook, secret: secret ?? change.secret ?? '' };
}
const listed = async (id: string): Promise<Hook | undefined> =>
  (await must(admin.get<HookList>(to.hooks('till')))).body.hooks.find((each) => each.id === id);

/** A sender has neither a session nor the origin of our pages. */
const sender = () => new Visitor(world.origin, {});
const deliver = (id: string, body: string, headers: Record<string, string>) =>
  sender().call<HookAnswer>(to.deliver(id), {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
function signed(secret: string, body: string, id = `msg_${randomUUID()}`, time = new Date()) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, time, body),
  };
}
const order = (input: object = INPUT, more: object = {}) =>
  JSON.stringify({ type: 'order.made', data: input, ...more });
const runsOf = async (workflowId: string) =>
  (await must(admin.get<RunsPage>(to.runs(`id=${encodeURIComponent(workflowId)}`)))).body.runs;

describe('[HKR1] a delivery is proved first', () => {
  test('one of Standard Webhooks starts a run, in the name of the owner and of the webhook', async () => {
    const { hook, secret } = await make();
    const body = order();
    const { status, body: answer } = await deliver(hook.id, body, signed(secret, body));
    expect([status, answer.again]).toEqual([200, false]);
    const { database } = world.web;
    const entry = await database.auditEntry.findFirst({
      where: { operation: 'runs.start', target: answer.workflowId },
    });
    // [HKR2]
    expect(entry).toMatchObject({
      actorId: admin.person?.id,
      actorName: `${admin.person?.name} (webhook '${hook.title}')`,
      via: `webhook '${hook.title}'`,
      outcome: 'done',
    });
    expect((await listed(hook.id))?.deliveries).toMatchObject([
      { outcome: 'done', run: { workflowId: answer.workflowId, runId: answer.runId } },
    ]);
  });

  test('another body, secret, id or an old time is refused, and the list of deliveries says nothing of it', async () => {
    const { hook, secret } = await make();
    const { secret: other } = await make();
    const body = order();
    const old = new Date(Date.now() - 6 * 60_000);
    const answers = await Promise.all([
      deliver(hook.id, order({ ...INPUT, amount: 500 }), signed(secret, body)),
      deliver(hook.id, body, signed(other, body)),
      deliver(hook.id, body, { ...signed(secret, body), 'webhook-id': 'msg_other' }),
      deliver(hook.id, body, signed(secret, body, 'msg_old', old)),
      deliver(hook.id, body, {}),
      // Not read before it is proved.
      deliver(hook.id, 'no JSON at all', {}),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.code])).toEqual(
      Array.from({ length: 6 }, () => [401, 'hookUnproved'])
    );
    for (const { error } of answers) expect(error?.message).not.toContain(secret);
    expect((await listed(hook.id))?.deliveries).toEqual([]);
  });

  test("an HMAC behind a prefix, as GitHub's; a repetition is told by a header", async () => {
    const { hook, secret } = await make({
      proof: { kind: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' },
      deliveryId: { kind: 'header', header: 'X-GitHub-Delivery' },
      secret: 'a secret that GitHub was told',
    });
    const body = order();
    const of = (key: string, text: string) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
    const send = (signature: string, id = 'one') =>
      deliver(hook.id, body, { 'x-hub-signature-256': signature, 'x-github-delivery': id });
    const first = await must(send(of(secret, body)));
    expect((await must(send(of(secret, body)))).body).toEqual({ ...first.body, again: true });
    expect((await must(send(of(secret, body), 'two'))).body.workflowId).not.toBe(first.body.workflowId);
    const refused = await Promise.all([
      send(of('another secret of this length', body)),
      send(of(secret, body).slice('sha256='.length)),
      send(of(secret, `${body} `)),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
    // The header of the repetition is missing.
    expect((await deliver(hook.id, body, { 'x-hub-signature-256': of(secret, body) })).status).toBe(400);
  });

  test('a secret in a header, also behind Bearer', async () => {
    const { hook, secret } = await make({ proof: { kind: 'token', header: 'Authorization' } });
    const statuses = await Promise.all(
      [secret, `Bearer ${secret}`, `Bearer ${secret}x`, secret.slice(1), ''].map(
        async (authorization) => (await deliver(hook.id, order(), { authorization })).status
      )
    );
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
  });

  test('[HKR5] who goes on without proof is slowed down, and a proved delivery is still taken', async () => {
    const { hook, secret } = await make();
    const statuses: number[] = [];
    for (let count = 0; count <= UNPROVED_LIMIT.max; count++) statuses.push((await deliver(hook.id, '{}', {})).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(UNPROVED_LIMIT.max);
    expect(statuses.at(-1)).toBe(429);
    const body = order();
    expect((await deliver(hook.id, body, signed(secret, body))).status).toBe(200);
  });
});

describe('[HKR3] the same delivery is one run', () => {
  test('also if ten of them come at once, and when its run has ended', async () => {
    const { hook, secret } = await make();
    const body = order();
    const headers = signed(secret, body);
    const answers = await Promise.all(Array.from({ length: 10 }, () => must(deliver(hook.id, body, headers))));
    const [first] = answers;
    expect(new Set(answers.map(({ body: { runId } }) => runId)).size).toBe(1);
    const { workflowId, runId } = first!.body;
    await must(admin.post(to.terminate(workflowId, runId), { reason: 'Over.', requestId: randomUUID() }));
    expect((await must(deliver(hook.id, body, headers))).body).toEqual({ workflowId, runId, again: true });
    expect(await runsOf(workflowId)).toHaveLength(1);
  });

  test('told by a field of the body; the run has the id that another field says', async () => {
    const { hook, secret } = await make({
      proof: { kind: 'token', header: 'x-token' },
      deliveryId: { kind: 'body', pointer: '/event~1id' },
      action: { kind: 'start', runId: '/order' },
    });
    const send = (more: object) => deliver(hook.id, order(INPUT, more), { 'x-token': secret });
    const name = `hook-${randomUUID()}`;
    const first = (await must(send({ 'event/id': 7, order: name }))).body;
    expect(first.workflowId).toBe(name);
    expect((await must(send({ 'event/id': 7, order: name }))).body).toEqual({ ...first, again: true });
    const second = await send({ 'event/id': 8, order: name });
    expect([second.status, second.error?.code]).toEqual([409, 'workflowIdTaken']);
    expect((await send({ order: name })).error?.message).toContain("at '/event~1id' for the id of the delivery");
    expect((await send({ 'event/id': 9, order: 'not an id!' })).error?.code).toBe('inputInvalid');
    // [HKR4]
    expect((await listed(hook.id))?.deliveries.map(({ outcome }) => outcome)).toEqual([
      'inputInvalid',
      'badRequest',
      'workflowIdTaken',
      'again',
      'done',
    ]);
  });
});

test('a delivery signals the run that it names, of this flow only, once', async () => {
  const { hook, secret } = await make({
    proof: { kind: 'token', header: 'x-token' },
    deliveryId: { kind: 'body', pointer: '/id' },
    action: { kind: 'signal', signal: 'finish', runId: '/run' },
    input: '/what',
  });
  const { workflowId, runId } = await world.startTill();
  const send = (body: object) => deliver(hook.id, JSON.stringify(body), { 'x-token': secret });
  expect((await send({ id: 1, run: workflowId, what: { well: 'yes' } })).error?.code).toBe('inputInvalid');
  const finish = () => must(send({ id: 2, run: workflowId, what: { well: true } }));
  expect((await finish()).body).toEqual({ workflowId, runId, again: false });
  await eventually(async () => {
    const [run] = await runsOf(workflowId);
    expect(run?.status).toBe('completed');
  });
  // The sender did not get the answer.
  expect((await finish()).body).toEqual({ workflowId, runId, again: true });
  expect((await send({ id: 5, run: workflowId, what: { well: true } })).error?.code).toBe('runClosed');
  expect((await send({ id: 3, run: 'nobody', what: { well: true } })).error?.code).toBe('runNotFound');
  expect((await send({ id: 4, run: workflowId })).error?.message).toContain("nothing at '/what'");
});

describe('[HKR2] a delivery is the act of its owner', () => {
  test('an owner who may not start runs any more starts none, until somebody who may saves it', async () => {
    const { hook, secret } = await make({}, designer);
    expect(hook.whyNot).toBe(null);
    const body = order();
    await must(deliver(hook.id, body, signed(secret, body)));
    const id = designer.person!.id;
    await must(admin.post(to.setRoles(id), { grants: [{ role: 'viewer', flow: null }], groups: [] }));
    expect((await deliver(hook.id, body, signed(secret, body))).status).toBe(403);
    expect((await listed(hook.id))?.whyNot).toContain('does not allow you to start');
    const { owner: _, whyNot: __, createdMs: ___, deliveries: ____, ...same } = hook;
    const saved = (await must(admin.post<PutHookDone>(to.hooks(), same))).body;
    // The secret is that of before.
    expect([saved.secret, saved.hook.whyNot]).toEqual([null, null]);
    await must(deliver(hook.id, body, signed(secret, body)));
    await must(admin.post(to.setRoles(id), { grants: [{ role: 'designer', flow: null }], groups: [] }));
  });
});

describe('[HKS1] its secret', () => {
  test('is shown once, is not in the database, and is replaced when the proof needs another form', async () => {
    const { hook, secret } = await make();
    expect(secret).toMatch(/^whsec_/);
    const row = await world.web.database.hook.findUniqueOrThrow({ where: { id: hook.id } });
    expect(JSON.stringify(row)).not.toContain(secret.slice('whsec_'.length));
    expect(JSON.stringify(await listed(hook.id))).not.toContain('secret');
    const audit = await world.web.database.auditEntry.findMany({ where: { target: hook.id } });
    expect(JSON.stringify(audit)).not.toContain(secret.slice('whsec_'.length));
    const again = settings({ id: hook.id, proof: { kind: 'token', header: 'x-token' } });
    expect((await must(admin.post<PutHookDone>(to.hooks(), again))).body.secret).toMatch(/^[\w-]{43}$/);
  });

  test('a weak one, and one that Standard Webhooks cannot use, is refused at its field', async () => {
    const token = { kind: 'token', header: 'x-token' } as const;
    const answers = await Promise.all([
      admin.post(to.hooks(), settings({ secret: 'whsec_short' })),
      admin.post(to.hooks(), settings({ secret: 'short', proof: token })),
      admin.post(to.hooks(), settings({ proof: { ...token, header: 'x token' } })),
      admin.post(to.hooks(), settings({ input: 'data' })),
      admin.post(to.hooks(), settings({ action: { kind: 'signal', signal: 'none', runId: '/id' } })),
      admin.post(to.hooks(), settings({ title: ' ' })),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.problems?.[0]?.at])).toEqual([
      [422, '/secret'],
      [422, '/secret'],
      [422, '/proof/header'],
      [422, '/input'],
      [422, '/action/signal'],
      [422, '/title'],
    ]);
  });
});

test('a removed webhook, and an id that is none, take nothing', async () => {
  const { hook, secret } = await make();
  const body = order();
  await must(admin.post(to.removeHook(hook.id), {}));
  const answers = await Promise.all([
    deliver(hook.id, body, signed(secret, body)),
    deliver('__proto__', body, signed(secret, body)),
    admin.post(to.removeHook(hook.id), {}),
  ]);
  expect(answers.map(({ status, error }) => [status, error?.code])).toEqual(
    Array.from({ length: 3 }, () => [404, 'hookNotFound'])
  );
});

test('what a pointer names', () => {
  const value = { a: [{ 'x/y': 1, '~': 2 }], __proto__: { hidden: 3 } };
  expect(['', '/a/0/x~1y', '/a/0/~0', '/a/1', '/hidden', '/a/length/x'].map((pointer) => at(value, pointer))).toEqual([
    value,
    1,
    2,
    undefined,
    undefined,
    undefined,
  ]);
});
