/** Who may do what at the gRPC door: by key, by role, by where the call comes from. */
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
import { authenticate, authorize, parseKeys } from './keys';

provesHistories('scripted');

const { OK, PERMISSION_DENIED, UNAUTHENTICATED } = status;
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const keys = parseKeys(
  JSON.stringify([
    { name: 'wallboard', role: 'read', sha256: sha256('read-key') },
    { name: 'billing', role: 'operate', sha256: sha256('operate-key') },
    { name: 'web', role: 'decide', sha256: sha256('decide-key') },
  ])
);

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
  door = await openGrpcDoor({ service: role.service, keys, address: '127.0.0.1:0' });
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
/** The run is there afterwards, whoever asks first. */
const start = ({ workflowService }: Connection) =>
  workflowService.startWorkflowExecution({
    ...{ namespace, workflowId: 'w', workflowType: { name: 'open' }, taskQueue: { name: 'backstitch' } },
    workflowIdConflictPolicy: 2,
  });
let updates = 0;
const update = ({ workflowService }: Connection, name: string) =>
  workflowService.updateWorkflowExecution({
    ...{ namespace, workflowExecution, waitPolicy: { lifecycleStage: 2 } },
    request: { meta: { updateId: `u${++updates}`, identity: 'whoever it says' }, input: { name } },
  });

describe('roles', () => {
  it.each([
    ['read-key', [OK, PERMISSION_DENIED, PERMISSION_DENIED, PERMISSION_DENIED]],
    ['operate-key', [OK, OK, OK, PERMISSION_DENIED]],
    ['decide-key', [OK, OK, OK, OK]],
    ['another-key', [UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED, UNAUTHENTICATED]],
    [undefined, [OK, OK, OK, PERMISSION_DENIED]],
  ])('[J1] with the key %s, reading, starting, updating and deciding end with %j', async (key, expected) => {
    await start(connect('operate-key'));
    const connection = connect(key);
    const ended = [list, start, (c: Connection) => update(c, 'limit'), (c: Connection) => update(c, '__decideUndo')];
    expect(await Promise.all(ended.map((call) => codeOf(call(connection))))).toEqual(expected);
  });

  it('[J2] a decision bears the name of the key, another update what its caller says', async () => {
    const connection = connect('decide-key');
    await start(connection);
    await update(connection, '__decide');
    await update(connection, 'limit');
    const accepted = eventsOf([...store.history.values()].flat()).flatMap(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ?? []
    );
    const by = accepted.slice(-2).map(({ input, meta }) => [input?.name, meta?.identity]);
    expect(by).toEqual([
      ['__decide', 'web'],
      ['limit', 'whoever it says'],
    ]);
  });

  it('[J3] every change and every refused one leaves a line with who, what and how it ended; no payload, no key', async () => {
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

  it('[J4] health takes no key, not even a known one', async () => {
    expect(await codeOf(connect('another-key').healthService.check({}))).toBe(OK);
  });
});

describe('where a call comes from', () => {
  const call = (key?: string) => {
    const metadata = new Metadata();
    if (key) metadata.set('authorization', key);
    return metadata;
  };
  it.each(['127.0.0.1:50123', '127.1.2.3:1', '[::1]:50123', '[::ffff:127.0.0.1]:1', 'unix:/tmp/engine.sock'])(
    '[J5] without a key %s may operate, not decide',
    (peer) => expect(authenticate(keys, call(), peer)).toEqual({ name: 'loopback', role: 'operate' })
  );

  it.each(['10.0.0.7:50123', '[2001:db8::1]:1', '192.168.127.0:1', '1270.0.0.1:1', '', 'unknown'])(
    '[J6] without a key %j may do nothing',
    (peer) => expect(() => authenticate(keys, call(), peer)).toThrow(expect.objectContaining({ code: UNAUTHENTICATED }))
  );

  it('[J7] a key counts from anywhere, and a wrong one is not made up for by the place', () => {
    expect(authenticate(keys, call('Bearer read-key'), '10.0.0.7:1')).toEqual({ name: 'wallboard', role: 'read' });
    for (const wrong of ['Bearer read-ke', 'Bearer ', 'Basic read-key', sha256('read-key')]) {
      expect(() => authenticate(keys, call(wrong), '127.0.0.1:1'), wrong).toThrow('This key is not known');
    }
  });

  it('[J8] further services ask for their role in the same way', () => {
    const from = (key: string) => ({ metadata: call(`Bearer ${key}`), peer: '10.0.0.7:1' });
    expect(authorize(keys, from('decide-key'), 'operate').name).toBe('web');
    expect(() => authorize(keys, from('read-key'), 'operate')).toThrow(
      expect.objectContaining({ code: PERMISSION_DENIED })
    );
  });
});

describe('BACKSTITCH_KEYS', () => {
  const key = { name: 'x', role: 'read', sha256: sha256('x') };
  it.each([
    ['is no JSON', 'nonsense', /not valid JSON/],
    ['is no list', JSON.stringify(key), /array/],
    ['has a role that is none', JSON.stringify([{ ...key, role: 'admin' }]), /role/],
    ['has a key in the clear', JSON.stringify([{ ...key, sha256: 'secret' }]), /sha256/],
    ['says more than it may', JSON.stringify([{ ...key, extra: 1 }]), /extra/],
  ])('[J9] that %s is refused by what is wrong', (_what, json, words) => {
    expect(() => parseKeys(json)).toThrow(words);
  });

  it('[J10] that is not set has no keys', () => expect(parseKeys(undefined)).toEqual([]));
});
