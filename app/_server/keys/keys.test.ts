/** [K] API keys at both entries: REST with a bearer token, and the engine's gRPC. */
import { Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { KeyList, KeyRow, MadeKey, MadeLink, Person } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import type { RunsPage, StartedRun } from '@/app/_contract/runs';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';

const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;
let world: World;
let admin: Visitor;
const connections: Connection[] = [];
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());
afterEach(async () => void (await Promise.all(connections.splice(0).map((each) => each.close()))));

type Grants = { role: string; flow: string | null }[];
const make = async (grants: Grants, by: Visitor = admin, days: number | null = 1) =>
  (await must(by.post<MadeKey>(to.keys(), { name: 'till of shop 7', grants, days }))).body;
const bearer = (secret: string) => new Visitor(world.origin, { authorization: `Bearer ${secret}` });
const grpc = (apiKey: string) => {
  const connection = Connection.lazy({ address: world.engine.address, tls: false, apiKey });
  connections.push(connection);
  return connection.workflowService;
};
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 0,
    (error: { code: number }) => error.code
  );
const namespace = 'default';
const everything = (role: string): Grants => [{ role, flow: null }];
const INPUT = { amount: 5, take: '/take' };
const start = () => [to.startRun('till'), { requestId: crypto.randomUUID(), input: INPUT }] as const;

test('[KK1] a key is shown once; its stored form cannot be used, and lists show only its ending', async () => {
  const { secret, key } = await make(everything('viewer'));
  expect(secret).toMatch(/^bsk_[\w-]{43}$/);
  expect(secret.endsWith(key.ending)).toBe(true);
  const list = (await must(admin.get<KeyList>(to.keys()))).body;
  const stored = await world.web.database.$queryRaw`SELECT * FROM worker.api_key`;
  const trail = await world.web.database.auditEntry.findMany();
  expect(JSON.stringify([list, trail]) + JSON.stringify(stored)).not.toContain(secret);
  for (const hidden of [(stored as { sha256: string }[])[0]?.sha256 ?? '', secret.slice(0, -1), ''])
    expect((await bearer(hidden).get(to.runs())).status, hidden).toBe(401);
  expect(await codeOf(grpc(`${secret}x`).listWorkflowExecutions({ namespace }))).toBe(UNAUTHENTICATED);
});

test('[KK2] a key has the same permissions at the web and at the engine, and acts as its owner at both', async () => {
  await world.startTill();
  const reader = await make(everything('viewer'));
  expect((await bearer(reader.secret).get(to.runs())).status).toBe(200);
  expect((await bearer(reader.secret).post(...start())).error?.code).toBe('notAllowed');
  expect(await codeOf(grpc(reader.secret).listWorkflowExecutions({ namespace }))).toBe(0);
  const begin = (secret: string, workflowId: string) =>
    grpc(secret).startWorkflowExecution({
      namespace,
      workflowId,
      workflowType: { name: 'till_v1' },
      taskQueue: { name: 'backstitch' },
      identity: 'ceo@example.com',
      input: { payloads: [defaultPayloadConverter.toPayload(INPUT)] },
    });
  expect(await codeOf(begin(reader.secret, 'k2'))).toBe(PERMISSION_DENIED);

  const operator = await make(everything('operator'));
  const { workflowId, runId } = (await must(bearer(operator.secret).post<StartedRun>(...start()))).body;
  const row = await world.web.database.auditEntry.findFirst({ where: { operation: 'runs.start', target: workflowId } });
  expect(row).toMatchObject({ actorName: "Ada admin (key 'till of shop 7')", via: "key 'till of shop 7'" });
  expect(row?.actorId).toBe(admin.person?.id);
  expect(runId).toBeTruthy();
  await begin(operator.secret, 'k2');
  const { history } = await world.web.temporal.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId: 'k2' },
  });
  expect(history?.events?.[0]?.workflowExecutionStartedEventAttributes?.identity).toBe(
    "Ada admin (key 'till of shop 7')"
  );
  expect((await must(bearer(operator.secret).get<{ person: Person }>(to.me()))).body.person.name).toContain(
    'Ada admin'
  );
  await eventually(async () => {
    const { keys } = (await must(admin.get<KeyList>(to.keys()))).body;
    expect(keys.find(({ id }) => id === operator.key.id)?.lastUsedMs).toBeGreaterThan(0);
  });
});

test('[KK3] a key for one flow sees nothing of other flows in lists and runs, and starts none of them', async () => {
  const run = await world.startTill();
  const other = bearer((await make([{ role: 'operator', flow: 'another-flow' }])).secret);
  const own = bearer((await make([{ role: 'operator', flow: 'till' }])).secret);
  expect((await must(other.get<RunsPage>(to.runs()))).body).toMatchObject({ runs: [], total: 0 });
  expect((await must(own.get<RunsPage>(to.runs()))).body.runs.length).toBeGreaterThan(0);
  expect((await must(other.get<{ flows: unknown[] }>(to.flows()))).body.flows).toEqual([]);
  for (const refused of [
    other.get(to.run(run.workflowId, run.runId)),
    other.get(to.flow('till')),
    other.post(...start()),
    other.post(to.terminate(run.workflowId, run.runId), { reason: 'enough' }),
    other.post(to.query(run.workflowId, run.runId), { name: 'note' }),
  ])
    expect(await refused).toMatchObject({ status: 403, error: { code: 'notAllowed' } });
  await must(own.get(to.run(run.workflowId, run.runId)));
});

test('[KK4] a revoked key is refused at once by web and engine, and its waiting calls end', async () => {
  const run = await world.startTill();
  const { secret, key } = await make(everything('operator'));
  const execution = { workflowId: run.workflowId };
  const service = grpc(secret);
  const first = await service.getWorkflowExecutionHistory({ namespace, execution, waitNewEvent: true });
  const waiting = codeOf(
    service.getWorkflowExecutionHistory({
      namespace,
      execution,
      waitNewEvent: true,
      nextPageToken: first.nextPageToken,
    })
  );
  const revoked = (await must(admin.post<KeyRow>(to.revokeKey(key.id), {}))).body;
  expect(revoked).toMatchObject({ revokedBy: 'Ada admin' });
  expect(await waiting).toBe(UNAUTHENTICATED);
  expect(await codeOf(service.listWorkflowExecutions({ namespace }))).toBe(UNAUTHENTICATED);
  expect((await bearer(secret).get(to.runs())).status).toBe(401);
});

test('[KK5] an expired key is refused', async () => {
  const { secret, key } = await make(everything('operator'));
  await world.web.database.$executeRaw`UPDATE worker.api_key SET expires_at = now() WHERE id = ${key.id}`;
  await eventually(async () => expect((await bearer(secret).get(to.runs())).status).toBe(401));
  expect(await codeOf(grpc(secret).listWorkflowExecutions({ namespace }))).toBe(UNAUTHENTICATED);
});

test('[KK6] a key never allows more than its owner may do, and ends with the account', async () => {
  const email = 'kim@example.test';
  const link = (await must(admin.post<MadeLink>(to.invite(), { email, name: 'Kim', grants: everything('admin') })))
    .body;
  await must(world.stranger.post(to.useLink(), { token: link.url.split('#')[1], password: PASSWORD }));
  const kim = new Visitor(world.origin);
  await must(kim.signIn(email));
  const { secret, key } = await make(everything('operator'), kim);
  expect((await bearer(secret).post(...start())).status).toBe(200);

  const id = kim.person?.id ?? '';
  await must(admin.post(to.setRoles(id), { grants: everything('viewer'), groups: [] }));
  expect((await bearer(secret).post(...start())).status).toBe(403);
  expect((await bearer(secret).get(to.runs())).status).toBe(200);
  const terminate = () =>
    grpc(secret).terminateWorkflowExecution({ namespace, workflowExecution: { workflowId: 'x' } });
  expect(await codeOf(terminate())).toBe(PERMISSION_DENIED);

  await must(admin.post(to.deactivate(id), { revokeKeys: false }));
  expect((await bearer(secret).get(to.runs())).status).toBe(401);
  expect(await codeOf(grpc(secret).listWorkflowExecutions({ namespace }))).toBe(UNAUTHENTICATED);
  const { keys } = (await must(admin.get<KeyList>(to.keys()))).body;
  expect(keys.find((each) => each.id === key.id)).toMatchObject({ ownerInactive: true, revokedMs: null });
  await must(admin.post(to.reactivate(id), {}));
  expect((await bearer(secret).get(to.runs())).status).toBe(200);
  await must(admin.post(to.deactivate(id), { revokeKeys: true }));
  await must(admin.post(to.reactivate(id), {}));
  expect((await bearer(secret).get(to.runs())).status).toBe(401);
});

test('[KK7] a key cannot create keys, and is never accepted as a session', async () => {
  const { secret } = await make(everything('admin'));
  expect((await bearer(secret).post(to.keys(), { name: 'x', grants: everything('admin'), days: null })).status).toBe(
    403
  );
  const socket = bearer(secret).socket({ authorization: `Bearer ${secret}` });
  const refused = new Promise<{ data?: { code?: string } }>((resolve) =>
    socket.once('connect_error', (error) => resolve(error as never))
  );
  socket.connect();
  expect((await refused).data?.code).toBe('notSignedIn');
  socket.disconnect();
});
