/**
 * The table of permissions at the other gRPC service: every method of `backstitch.v1`, for every role.
 *
 * [WLK1] Exactly the callers whose roles allow the operation of a method are let in, and a refused call asks no part
 * that could change anything.
 * [WLK2] Every method of the contract is in the table of this test.
 */
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localCaller, processCaller, type Caller } from '../permissions/caller';
import { may, mayAnywhere, PROCESS_ROLES, ROLE_NAMES, type Operation } from '../permissions/permissions';
import type { GateReport } from '../versions/gate/report';
import { Refusal } from './refusal';
import { backstitchService, type BackstitchServiceOptions } from './service';
import { backstitchDefinition } from './service-definition';

const FLOW = 'order';
const flow = FLOW;
const documentJson = JSON.stringify({ name: FLOW });

const START = JSON.stringify({ events: [{ eventId: '1', workflowExecutionStartedEventAttributes: {} }] });

/** Of one flow. Of any: what has a part for every flow. Of all: what belongs to no flow. */
type Reach = 'one' | 'any' | 'all';
const TABLE: Record<string, [operation: Operation, reach: Reach, request: object][]> = {
  PutVersion: [['flows.publish', 'one', { documentJson }]],
  ListVersions: [['flows.list', 'any', {}]],
  GetVersion: [['flows.get', 'one', { flow }]],
  RetireVersion: [
    ['flows.retire', 'one', { flow, retired: true }],
    ['flows.unretire', 'one', { flow }],
  ],
  StartGate: [['flows.checkRevision', 'one', { flow, version: 1, documentJson }]],
  GetGate: [['flows.get', 'one', { id: 'g' }]],
  EndGate: [['flows.endCheck', 'one', { id: 'g' }]],
  GoLive: [['flows.publishRevision', 'one', { id: 'g' }]],
  ListSwitches: [['flows.get', 'one', { flow }]],
  ReplayHistory: [['histories.replay', 'one', { flow, version: 1, revision: 'v1.0', historyJson: START }]],
  PutSecret: [['secrets.put', 'all', { name: 'a', value: 'b' }]],
  ListSecrets: [['secrets.list', 'any', {}]],
  ListConnections: [['connections.list', 'any', {}]],
  PutConnection: [['connections.put', 'all', { definitionJson: '{}' }]],
  ArchiveConnection: [['connections.archive', 'all', { name: 'shop', archived: true }]],
  PutOperations: [['operations.put', 'all', { connection: 'shop' }]],
  ArchiveOperation: [['operations.archive', 'all', { connection: 'shop', name: 'pay' }]],
  TestConnection: [['connections.test', 'all', { name: 'shop' }]],
  SendOnce: [['operations.sendOnce', 'all', { operationJson: '{}', inputJson: '{}' }]],
  GetCatalogue: [['catalogue.get', 'any', {}]],
  Watch: [['runs.watch', 'all', { namespace: 'default' }]],
  Trial: [['flows.try', 'one', { documentJson, what: 'try', planJson: '{}' }]],
  Compile: [['flows.get', 'one', { documentJson, version: 1, what: 'code' }]],
  SettleEffect: [['runs.settle', 'one', { workflowId: 'w', runId: 'r', activityId: 'a', found: 'undone' }]],
  KeepRun: [['runs.keep', 'one', { workflowId: 'w', runId: 'r', isKept: true }]],
  QueryAt: [['runs.query', 'one', { workflowId: 'w', runId: 'r', eventId: 4, queryType: 'note' }]],
  NextRemoval: [['runs.list', 'one', { namespace: 'default', flow }]],
  CountEnded: [['runs.list', 'any', { namespace: 'default', of: 'runs' }]],
  ListAttention: [['attention.list', 'any', { namespace: 'default' }]],
  DescribeWorkers: [['workers.list', 'any', { namespace: 'default' }]],
  StartRunsBatch: [['batches.start', 'any', { namespace: 'default', kind: 'pause' }]],
  ListBatchResults: [['batches.get', 'all', { namespace: 'default', jobId: 'b' }]],
  ListChanges: [['runs.watch', 'all', { namespace: 'default', limit: 10 }]],
  FindChanges: [['runs.watch', 'all', {}]],
  // The web asks for a person whose permission it has checked.
  ListKeys: [['people.speakFor', 'all', {}]],
  CreateKey: [['people.speakFor', 'all', {}]],
  RevokeKey: [['people.speakFor', 'all', { id: 'k' }]],
  CheckKey: [['keys.check', 'all', {}]],
  PutKeyOwner: [['people.speakFor', 'all', {}]],
};

const CALLERS: Record<string, Caller> = {
  'no role': processCaller('no role', []),
  ...Object.fromEntries(
    ROLE_NAMES.flatMap((role) =>
      [null, FLOW, 'other'].map((of) => {
        const name = `${role} of ${of ?? 'everything'}`;
        return [name, processCaller(name, [{ role, flow: of }])];
      })
    )
  ),
  ...Object.fromEntries(
    (Object.keys(PROCESS_ROLES) as (keyof typeof PROCESS_ROLES)[]).map((role) => [
      role,
      processCaller(role, [{ role, flow: null }]),
    ])
  ),
  'without a key': localCaller(),
};

/** The parts behind the door: every call of one is noted, and fails with a bug, which no refusal is. */
const reached: string[] = [];
const part = <T extends object>(name: string): T =>
  new Proxy({} as T, {
    get: (_, method) => () => {
      reached.push(`${name}.${String(method)}`);
      return Promise.reject(new Error('reached'));
    },
  });

let server: Server;
let client: Client;
beforeAll(async () => {
  server = new Server();
  const behind = part<BackstitchServiceOptions['gates']>('gates');
  const options: BackstitchServiceOptions = {
    pool: part('pool'),
    publisher: part('publisher'),
    registry: part('registry'),
    secrets: part('secrets'),
    keys: part('keys'),
    connections: part('connections'),
    trials: part('trials'),
    codes: part('codes'),
    gates: {
      start: behind.start,
      goLive: behind.goLive,
      replay: behind.replay,
      report: () => Promise.resolve({ flow: FLOW } as GateReport),
      end: () => void reached.push('gates.end'),
    },
    callsOf: () => Promise.reject(new Error('reached')),
    operationsFor: () => Promise.resolve({}),
    authenticate: ({ metadata }) => Promise.resolve(CALLERS[String(metadata.get('caller')[0])] as Caller),
    onEnd: () => () => {},
    watch(_request, listener) {
      reached.push('watch');
      listener({} as never);
      return () => {};
    },
    nextRemoval: () => Promise.resolve(null),
    countEnded: () => Promise.resolve([]),
    attention: () => Promise.resolve([]),
    workers: () => Promise.resolve({ engine: {} as never, versions: [], backlogs: [], standbys: [] }),
    batches: part('batches'),
    changes: ({ after }) => Promise.resolve({ changes: [], through: after, isEnd: true, removed: null }),
    changesSince: () => Promise.resolve({ epoch: 1, number: 0 }),
    // As the engine does, which reads the type of the run.
    settle: (_run, _effect, mayFor) =>
      mayFor('order_v1')
        ? Promise.resolve()
        : Promise.reject(new Refusal(status.PERMISSION_DENIED, 'not of this flow')),
    queryAt: (_run, _query, mayFor) =>
      mayFor('order_v1')
        ? Promise.resolve('null')
        : Promise.reject(new Refusal(status.PERMISSION_DENIED, 'not of this flow')),
    keep: (_run, _isKept, mayFor) =>
      mayFor('order_v1')
        ? Promise.resolve()
        : Promise.reject(new Refusal(status.PERMISSION_DENIED, 'not of this flow')),
  };
  const { definition, implementation } = backstitchService(options);
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound)
    )
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});
/** The status that a call ends with; of a stream that goes on, OK with its first message. */
function codeOf(method: string, request: object, caller: string): Promise<status> {
  const { path, requestSerialize, responseDeserialize, responseStream } = backstitchDefinition()[method]!;
  const metadata = new Metadata();
  metadata.set('caller', caller);
  return new Promise((resolve) => {
    if (!responseStream) {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error) =>
        resolve(error?.code ?? status.OK)
      );
      return;
    }
    const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
    call.on('data', () => {
      resolve(status.OK);
      call.cancel();
    });
    call.on('error', (error: Error & { code: status }) => resolve(error.code));
  });
}

const isAllowed = (caller: Caller, operation: Operation, reach: Reach): boolean =>
  reach === 'any' ? mayAnywhere(caller, operation) : may(caller, operation, reach === 'one' ? FLOW : null);

it.each(Object.entries(TABLE))('[WLK1] %s lets in exactly the callers whose roles allow it', async (method, lines) => {
  for (const [operation, reach, request] of lines) {
    const codesOf = async (allowed: boolean) => {
      const asked = Object.entries(CALLERS).filter(([, caller]) => isAllowed(caller, operation, reach) === allowed);
      reached.length = 0;
      const codes = asked.map(async ([name]) => [name, await codeOf(method, request, name)] as const);
      return { codes: await Promise.all(codes), reached: [...reached] };
    };
    const refused = await codesOf(false);
    expect(refused.codes.filter(([, code]) => code !== status.PERMISSION_DENIED)).toEqual([]);
    expect(refused.reached).toEqual([]);
    const letIn = await codesOf(true);
    expect(letIn.codes.length).toBeGreaterThan(0);
    expect(letIn.codes.filter(([, code]) => code === status.PERMISSION_DENIED)).toEqual([]);
  }
});

it('[WLK2] every method of the contract is in the table', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(backstitchDefinition()).sort());
});
