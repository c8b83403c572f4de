/** Permissions at the gRPC port: by key, by role, and by the origin of a call. */
import { createHash } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, provesHistories } from '../../history/testing/proof';
import { ScriptedActivities } from '../../sim/scripted-worker';
import { MemoryStore } from '../../store/memory';
import type { EngineRole } from '../start-engine';
import { startTestEngine } from '../testing/test-engine';
import { UpdatingWorkflows } from '../testing/updating-workflows';
import { openGrpcDoor, type GrpcDoor } from './grpc';
import type { Caller } from '../../permissions/caller';
import { Authority, parseKeys } from './keys';

provesHistories('scripted');

const { OK, PERMISSION_DENIED, UNAUTHENTICATED } = status;
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const keys = parseKeys(
  JSON.stringify([
    { name: 'wallboard', role: 'viewer', sha256: sha256('read-key') },
    { name: 'billing', role: 'operator', sha256: sha256('operate-key') },
    { name: 'web', role: 'web', sha256: sha256('web-key') },
    { name: 'of order', role: 'operator', flow: 'order', sha256: sha256('order-key') },
  ])
);

/** Keys of people: Ada's key may decide until it expires. */
const ada: Caller = {
  name: "Ada (key 'desk')",
  grants: [
    { role: 'approver', flow: null },
    { role: 'operator', flow: null },
  ],
  person: { id: 'ada', name: "Ada (key 'desk')", groups: ['finance'] },
  keyId: 'k1',
};
const ends = new Set<() => void>();
let adaCounts = true;
const stored = {
  find: (digest: string) => Promise.resolve(adaCounts && digest === sha256('ada-key') ? ada : null),
  onEnd: (_keyId: string, listener: () => void) => {
    ends.add(listener);
    return () => ends.delete(listener);
  },
};
const authority = new Authority({ keys, stored, localEnv: '/data/local.env' });

let role: EngineRole;
let store: MemoryStore;
let door: GrpcDoor;
const audit: { audit?: boolean; who?: string; method?: string; outcome?: string }[] = [];
const connections: Connection[] = [];
beforeAll(async () => {
  store = new MemoryStore();
  const log = pino({}, { write: (line: string) => void audit.push(JSON.parse(line) as object) });
  const workflowWorker = new UpdatingWorkflows({ open: () => [] });
  role = await startTestEngine({ store, workflowWorker, activityWorker: new ScriptedActivities(), log });
  door = await openGrpcDoor({ service: role.service, authority, address: '127.0.0.1:0' });
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await door.close();
  await role.stop();
});
beforeEach(() => void audit.splice(0));

function connect(apiKey?: string): Connection {
  const connection = Connection.lazy({ address: door.address, tls: false, ...(apiKey ? { apiKey } : {}) });
  connections.push(connection);
  return connection;
}
/** The gRPC code that a call ends with. */
const codeOf = (call: Promise<unknown>): Promise<status> =>
  call.then(
    () => OK,
    (error: { code: status }) => error.code
  );

const namespace = 'default';
const workflowExecution = { workflowId: 'w' };
const list = ({ workflowService }: Connection) => workflowService.listWorkflowExecutions({ namespace });
/** Makes sure that the run exists. */
const start = ({ workflowService }: Connection) =>
  workflowService.startWorkflowExecution({
    namespace,
    workflowId: 'w',
    workflowType: { name: 'open' },
    taskQueue: { name: 'backstitch' },
    workflowIdConflictPolicy: 2,
  });
let updates = 0;
const payloadOf = (argument: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(typeof argument === 'string' ? argument : JSON.stringify(argument)),
});
const update = ({ workflowService }: Connection, name: string, argument: unknown = { taskId: 't' }) =>
  workflowService.updateWorkflowExecution({
    namespace,
    workflowExecution,
    waitPolicy: { lifecycleStage: 2 },
    request: {
      meta: { updateId: `u${++updates}`, identity: 'whoever it says' },
      input: { name, args: { payloads: [payloadOf(argument)] } },
    },
  });

describe('roles', () => {
  it.each([
    ['read-key', [OK, PERMISSION_DENIED, PERMISSION_DENIED, PERMISSION_DENIED]],
    // A program may operate, but it cannot decide, because it is not a person.
    ['operate-key', [OK, OK, OK, PERMISSION_DENIED]],
    ['ada-key', [OK, OK, OK, OK]],
    ['web-key', [OK, OK, OK, OK]],
    ['another-key', [UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED]],
    [undefined, [OK, OK, OK, PERMISSION_DENIED]],
  ])('[J1] with the key %s, reading, starting, updating and deciding end with %j', async (key, expected) => {
    await start(connect('operate-key'));
    const connection = connect(key);
    const ended = [list, start, (c: Connection) => update(c, 'limit'), (c: Connection) => update(c, '__decideUndo')];
    expect(await Promise.all(ended.map((call) => codeOf(call(connection))))).toEqual(expected);
  });

  const acceptedRequests = () =>
    eventsOf([...store.history.values()].flat()).flatMap(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ?? []
    );

  it('[J2] a decision is made by the owner of the key, and an update of a program names its key', async () => {
    const connection = connect('ada-key');
    await start(connection);
    const claims = { taskId: 't', amount: 12, actor: { id: 'ceo', name: 'The CEO', groups: ['board'] } };
    await update(connection, '__decide', claims);
    await update(connection, 'limit');
    const [decision, other] = acceptedRequests().slice(-2);
    expect(decision?.meta?.identity).toBe("Ada (key 'desk')");
    expect(JSON.parse(Buffer.from(decision?.input?.args?.payloads?.[0]?.data ?? []).toString())).toEqual({
      taskId: 't',
      amount: 12,
      actor: { id: 'ada', name: "Ada (key 'desk')", groups: ['finance'] },
    });
    expect(other?.meta?.identity).toBe("Ada (key 'desk')");
  });

  it('[J11] a decision keeps every digit as it was sent', async () => {
    const connection = connect('ada-key');
    await start(connection);
    await update(connection, '__decideOutcome', '{"output":{"id":9007199254740993,"amount":1.10},"actor":{}}');
    const payload = acceptedRequests().at(-1)?.input?.args?.payloads?.[0];
    expect(Buffer.from(payload?.data ?? []).toString()).toContain('"output":{"id":9007199254740993,"amount":1.10}');
  });

  it('[J12] the web may name the person, because it has checked the session', async () => {
    const connection = connect('web-key');
    await start(connection);
    await update(connection, 'limit');
    expect(acceptedRequests().at(-1)?.meta?.identity).toBe('whoever it says');
  });

  it('[J13] without a key a run has no starter: the claimed identity and starter are replaced', async () => {
    const startedBy = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"The CEO"') };
    await connect().workflowService.startWorkflowExecution({
      namespace,
      workflowId: 'claims',
      workflowType: { name: 'open' },
      taskQueue: { name: 'backstitch' },
      identity: 'ceo@example.com',
      memo: { fields: { BackstitchStartedBy: startedBy, BackstitchStarterId: startedBy, mine: startedBy } },
    });
    const started = eventsOf([...store.history.values()].flat())
      .map((event) => event.workflowExecutionStartedEventAttributes)
      .find((attributes) => attributes?.workflowId === 'claims');
    expect(started?.identity).toBe('local, without a key');
    const memo = Object.entries(started?.memo?.fields ?? {}).map(([name, { data }]) => [
      name,
      Buffer.from(data ?? []).toString(),
    ]);
    expect(Object.fromEntries(memo)).toEqual({
      BackstitchStartedBy: '"local, without a key"',
      BackstitchStarterId: '""',
      mine: '"The CEO"',
    });
  });

  it('[J14] a key for one flow reaches only runs of that flow, even by the id of another run', async () => {
    await start(connect('operate-key'));
    const scoped = connect('order-key');
    const startAs = (workflowId: string, type: string) =>
      scoped.workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: type },
        taskQueue: { name: 'backstitch' },
        workflowIdConflictPolicy: 3,
      });
    expect(await codeOf(startAs('o-1', 'order_v1'))).toBe(OK);
    expect(await codeOf(startAs('o-2', 'open'))).toBe(PERMISSION_DENIED);
    expect(await codeOf(startAs('w', 'order_v1'))).toBe(PERMISSION_DENIED);
    expect(await codeOf(update(scoped, 'limit'))).toBe(PERMISSION_DENIED);
    const describe = (workflowId: string) =>
      codeOf(scoped.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }));
    expect([await describe('o-1'), await describe('w')]).toEqual([OK, PERMISSION_DENIED]);
    const { executions } = await list(scoped);
    expect([...new Set(executions.map(({ type }) => type?.name))]).toEqual(['order_v1']);
    expect(Number((await scoped.workflowService.countWorkflowExecutions({ namespace })).count)).toBe(1);
    expect(await codeOf(scoped.workflowService.getSystemInfo({}))).toBe(OK);
    const register = scoped.workflowService.registerNamespace({ namespace: 'other' });
    expect(await codeOf(register)).toBe(PERMISSION_DENIED);
  });

  it('[J15] revoking a key ends its open calls', async () => {
    await start(connect('operate-key'));
    const { workflowService } = connect('ada-key');
    const execution = workflowExecution;
    const { nextPageToken } = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      waitNewEvent: true,
    });
    const waiting = codeOf(
      workflowService.getWorkflowExecutionHistory({ namespace, execution, nextPageToken, waitNewEvent: true })
    );
    await expect.poll(() => ends.size).toBe(1);
    adaCounts = false;
    for (const end of ends) end();
    expect(await waiting).toBe(UNAUTHENTICATED);
    expect(await codeOf(list(connect('ada-key')))).toBe(UNAUTHENTICATED);
    adaCounts = true;
  });

  it('[J3] every change, also a refused one, is logged with actor, action and result, without data', async () => {
    await start(connect('operate-key'));
    await codeOf(start(connect('read-key')));
    await list(connect('read-key'));
    const lines = audit.filter((line) => line.audit).map(({ who, method, outcome }) => [who, method, outcome]);
    expect(lines).toEqual([
      ['billing', 'StartWorkflowExecution', 'ok'],
      ['wallboard', 'StartWorkflowExecution', 'PERMISSION_DENIED'],
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/-key/);
  });

  it('[J4] health needs no key and ignores one', async () => {
    expect(await codeOf(connect('another-key').healthService.check({}))).toBe(OK);
  });
});

describe('the origin of a call', () => {
  const call = (key?: string) => {
    const metadata = new Metadata();
    if (key) metadata.set('authorization', key);
    return metadata;
  };
  const local = { name: 'local, without a key', grants: [{ role: 'local', flow: null }] };
  it.each(['127.0.0.1:50123', '127.1.2.3:1', '[::1]:50123', '[::ffff:127.0.0.1]:1', 'unix:/tmp/engine.sock'])(
    '[J5] without a key %s may operate, but not decide',
    async (peer) => expect(await authority.authenticate(call(), peer)).toMatchObject(local)
  );

  it.each(['10.0.0.7:50123', '[2001:db8::1]:1', '192.168.127.0:1', '1270.0.0.1:1', '', 'unknown'])(
    '[J6] without a key %j may do nothing',
    (peer) => expect(authority.authenticate(call(), peer)).rejects.toMatchObject({ code: UNAUTHENTICATED })
  );

  it('[J7] a key is valid from anywhere, and a wrong key is refused from anywhere', async () => {
    expect(await authority.authenticate(call('Bearer read-key'), '10.0.0.7:1')).toMatchObject({ name: 'wallboard' });
    for (const wrong of ['Bearer read-ke', 'Bearer ', 'Basic read-key', sha256('read-key')]) {
      await expect(authority.authenticate(call(wrong), '127.0.0.1:1'), wrong).rejects.toThrow(
        'This key does not exist'
      );
    }
  });

  it('[J8] if keys are required, or from other machines, a call without a key is refused with a hint', async () => {
    const strict = new Authority({ keys, requireKeys: true, localEnv: '/data/local.env' });
    for (const refused of [
      strict.authenticate(call(), '127.0.0.1:1'),
      authority.authenticate(call(), '127.0.0.1:1', 'public'),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: UNAUTHENTICATED });
      await expect(refused).rejects.toThrow('source /data/local.env');
    }
    expect(await strict.authenticate(call('read-key'), '127.0.0.1:1', 'public')).toMatchObject({ name: 'wallboard' });
  });

  it('[J16] without TLS the engine listens only on this machine', async () => {
    await expect(openGrpcDoor({ service: role.service, authority, address: '0.0.0.0:0' })).rejects.toThrow(
      'BACKSTITCH_TLS_CERTIFICATE'
    );
  });
});

describe('BACKSTITCH_KEYS', () => {
  const key = { name: 'x', role: 'viewer', sha256: sha256('x') };
  it.each([
    ['is no JSON', 'nonsense', /not valid JSON/],
    ['is no list', JSON.stringify(key), /array/],
    ['has a role that is none', JSON.stringify([{ ...key, role: 'root' }]), /role/],
    ['has a key in the clear', JSON.stringify([{ ...key, sha256: 'secret' }]), /sha256/],
    ['says more than it may', JSON.stringify([{ ...key, extra: 1 }]), /extra/],
  ])('[J9] that %s is refused with the fault', (_what, json, words) => {
    expect(() => parseKeys(json)).toThrow(words);
  });

  it('[J17] with roles of earlier releases keeps the permissions of its keys', () => {
    const roles = ['read', 'operate', 'decide'].map((role) => ({ ...key, role }));
    expect(parseKeys(JSON.stringify(roles)).map(({ role }) => role)).toEqual(['viewer', 'owner', 'web']);
  });

  it('[J10] that is not set has no keys', () => expect(parseKeys(undefined)).toEqual([]));
});
