/**
 * The table of permissions at the gRPC port: every method of both services, for every role.
 *
 * [ROL1] Exactly the callers whose roles allow the operation of a method are let in; a refused call changes nothing.
 * [ROL2] Every method that the engine has is in the table of this test.
 */
import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { localCaller, processCaller, type Caller } from '../../permissions/caller';
import { mayAnywhere, may, PROCESS_ROLES, ROLE_NAMES, type Grant, type Operation } from '../../permissions/permissions';
import { temporal } from '../../proto';
import { ScriptedActivities } from '../../sim/scripted-worker';
import { MemoryStore } from '../../store/memory';
import type { EngineRole } from '../start-engine';
import { startTestEngine } from '../testing/test-engine';
import { UpdatingWorkflows } from '../testing/updating-workflows';
import { openGrpcDoor, type GrpcDoor } from './grpc';
import { Authority } from './keys';
import { definitionOf } from './reflection';

provesHistories('scripted');

const namespace = 'default';
const FLOW = 'order';
const WORKFLOW_TYPE = 'order_v1';
const execution = { workflowId: 'w' };
const run = { namespace, workflowExecution: execution };
const started = {
  namespace,
  workflowId: 'w',
  workflowType: { name: WORKFLOW_TYPE },
  taskQueue: { name: 'backstitch' },
  workflowIdConflictPolicy: 2,
};
const queue = { namespace, taskQueue: { name: 'backstitch' } };
const schedule = { namespace, scheduleId: 's' };
const scheduled = {
  ...schedule,
  requestId: 'of everybody',
  schedule: {
    state: { paused: true },
    action: {
      startWorkflow: { workflowId: 's', workflowType: { name: WORKFLOW_TYPE }, taskQueue: { name: 'backstitch' } },
    },
  },
};
const activity = { namespace, execution, id: 'nobody’s' };
const updated = (name: string) => ({
  ...run,
  request: { meta: { updateId: `${name} of somebody` }, input: { name, args: { payloads: [] } } },
});

/** Of one flow: a run of it. Of any: what has a part for every flow. Of all: what belongs to no flow. */
type Reach = 'one' | 'any' | 'all';
const TABLE: Record<string, [operation: Operation, reach: Reach, request: object][]> = {
  GetSystemInfo: [['cluster.describe', 'any', {}]],
  GetClusterInfo: [['cluster.describe', 'any', {}]],
  DescribeNamespace: [['cluster.describe', 'any', { namespace }]],
  ListNamespaces: [['cluster.describe', 'any', {}]],
  GetSearchAttributes: [['cluster.describe', 'any', {}]],
  UpdateNamespace: [['namespaces.update', 'all', { namespace }]],
  // One that does not exist, because nothing starts in a deprecated one.
  DeprecateNamespace: [['namespaces.deprecate', 'all', { namespace: 'nowhere' }]],
  RegisterNamespace: [['namespaces.register', 'all', { namespace: 'default' }]],
  StartWorkflowExecution: [['runs.start', 'one', started]],
  SignalWithStartWorkflowExecution: [['runs.start', 'one', { ...started, signalName: 'note' }]],
  SignalWorkflowExecution: [['runs.signal', 'one', { ...run, signalName: 'note' }]],
  RequestCancelWorkflowExecution: [['runs.cancel', 'one', run]],
  QueryWorkflow: [['runs.query', 'one', { namespace, execution, query: { queryType: 'nothing' } }]],
  UpdateWorkflowExecution: [
    ['runs.update', 'one', updated('limit')],
    ['inbox.decide', 'one', updated('__decide')],
    ['runs.decideUndo', 'one', updated('__decideUndo')],
    ['runs.decideOutcome', 'one', updated('__decideOutcome')],
  ],
  ExecuteMultiOperation: [
    ['runs.start', 'one', { namespace, operations: [{ startWorkflow: started }, { updateWorkflow: updated('both') }] }],
  ],
  PollWorkflowExecutionUpdate: [
    ['runs.get', 'one', { namespace, updateRef: { workflowExecution: execution, updateId: 'nobody’s' } }],
  ],
  DescribeWorkflowExecution: [['runs.get', 'one', { namespace, execution }]],
  GetWorkflowExecutionHistory: [['runs.get', 'one', { namespace, execution }]],
  GetWorkflowExecutionHistoryReverse: [['runs.get', 'one', { namespace, execution }]],
  ListWorkflowExecutions: [['runs.list', 'any', { namespace }]],
  ScanWorkflowExecutions: [['runs.list', 'any', { namespace }]],
  ListOpenWorkflowExecutions: [['runs.list', 'any', { namespace }]],
  ListClosedWorkflowExecutions: [['runs.list', 'any', { namespace }]],
  CountWorkflowExecutions: [['runs.list', 'any', { namespace }]],
  CreateSchedule: [['schedules.create', 'one', scheduled]],
  DescribeSchedule: [['schedules.get', 'one', schedule]],
  ListScheduleMatchingTimes: [['schedules.get', 'one', schedule]],
  UpdateSchedule: [['schedules.update', 'one', scheduled]],
  PatchSchedule: [['schedules.patch', 'one', { ...schedule, patch: { pause: 'Enough' } }]],
  DeleteSchedule: [['schedules.delete', 'one', schedule]],
  ListSchedules: [['schedules.list', 'any', { namespace }]],
  CountSchedules: [['schedules.list', 'any', { namespace }]],
  StartBatchOperation: [
    [
      'runs.signal',
      'any',
      { namespace, jobId: 'j', reason: 'r', visibilityQuery: "WorkflowId = 'no'", signalOperation: { signal: 'note' } },
    ],
    [
      'runs.delete',
      'any',
      { namespace, jobId: 'k', reason: 'r', visibilityQuery: "WorkflowId = 'no'", deletionOperation: {} },
    ],
  ],
  StopBatchOperation: [['batches.stop', 'any', { namespace, jobId: 'nobody’s', reason: 'r' }]],
  DescribeBatchOperation: [['batches.get', 'any', { namespace, jobId: 'j' }]],
  ListBatchOperations: [['batches.list', 'any', { namespace }]],
  PauseActivity: [['runs.pauseActivity', 'one', activity]],
  UnpauseActivity: [['runs.unpauseActivity', 'one', activity]],
  ResetActivity: [['runs.resetActivity', 'one', activity]],
  UpdateActivityOptions: [['runs.updateActivity', 'one', activity]],
  PauseWorkflowExecution: [['runs.pause', 'one', { namespace, workflowId: 'w' }]],
  UnpauseWorkflowExecution: [['runs.unpause', 'one', { namespace, workflowId: 'w' }]],
  PollWorkflowTaskQueue: [['queues.poll', 'all', queue]],
  PollActivityTaskQueue: [['queues.poll', 'all', queue]],
  DescribeTaskQueue: [['cluster.describe', 'all', queue]],
  ListClusters: [['cluster.describe', 'any', {}]],
  ListSearchAttributes: [['cluster.describe', 'any', { namespace }]],
  AddSearchAttributes: [['searchAttributes.add', 'all', { namespace, searchAttributes: { Color: 2 } }]],
  RemoveSearchAttributes: [['searchAttributes.remove', 'all', { namespace, searchAttributes: ['Color'] }]],
  // Flows run in it: nobody can delete it.
  DeleteNamespace: [['namespaces.delete', 'all', { namespace }]],
  // The last ones, because they end the run.
  ResetWorkflowExecution: [['runs.reset', 'one', { ...run, requestId: 'reset', workflowTaskFinishEventId: 3 }]],
  TerminateWorkflowExecution: [['runs.terminate', 'one', run]],
  DeleteWorkflowExecution: [['runs.delete', 'one', run]],
};
const NO_ANSWER = [
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.INTERNAL,
  status.UNKNOWN,
  status.UNIMPLEMENTED,
];
const DECISIONS: readonly Operation[] = ['inbox.decide', 'runs.decideUndo', 'runs.decideOutcome'];

const person = (name: string, grants: Grant[]): Caller => ({
  name,
  grants,
  person: { id: name, name, groups: [] },
  keyId: name,
});
const CALLERS: Record<string, Caller> = {
  'no role': person('no role', []),
  ...Object.fromEntries(
    ROLE_NAMES.flatMap((role) =>
      [null, FLOW, 'other'].map((flow) => {
        const name = `${role} of ${flow ?? 'everything'}`;
        return [name, person(name, [{ role, flow }])];
      })
    )
  ),
  ...Object.fromEntries(
    (Object.keys(PROCESS_ROLES) as (keyof typeof PROCESS_ROLES)[])
      .filter((role) => role !== 'local')
      .map((role) => [role, processCaller(role, [{ role, flow: null }])])
  ),
  'without a key': localCaller(),
};

let role: EngineRole;
let store: MemoryStore;
let door: GrpcDoor;
const connections: Connection[] = [];
beforeAll(async () => {
  store = new MemoryStore();
  role = await startTestEngine({
    store,
    workflowWorker: new UpdatingWorkflows({ [WORKFLOW_TYPE]: () => [] }),
    activityWorker: new ScriptedActivities(),
  });
  const byDigest = new Map(
    Object.entries(CALLERS).map(([name, caller]) => [createHash('sha256').update(name).digest('hex'), caller])
  );
  const stored = { find: (digest: string) => Promise.resolve(byDigest.get(digest) ?? null), onEnd: () => () => {} };
  door = await openGrpcDoor({
    service: role.service,
    authority: new Authority({ keys: [], stored }),
    address: '127.0.0.1:0',
  });
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await door.close();
  await role.stop();
});

type AnyMethods = Record<string, (request: object) => Promise<unknown>>;
/** Calls a method, e.g. 'startWorkflowExecution', of the service that has it. */
type Call = (method: string, request: object) => Promise<unknown>;
function methodsOf(name: string): Call {
  const connection = Connection.lazy({
    address: door.address,
    tls: false,
    ...(name === 'without a key' ? {} : { apiKey: name }),
  });
  connections.push(connection);
  const services = [connection.workflowService, connection.operatorService] as unknown as AnyMethods[];
  const of = (method: string) => services.find((service) => typeof service[method] === 'function')!;
  return (method, request) => of(method)[method]!.call(of(method), request);
}
const codeOf = (call: Call, method: string, request: object): Promise<status> =>
  call(`${method.charAt(0).toLowerCase()}${method.slice(1)}`, request).then(
    () => status.OK,
    (error: { code: status }) => error.code
  );
const storedBatches = () => [...store.history.values()].flat().length;

function isAllowed(caller: Caller, operation: Operation, reach: Reach): boolean {
  const isPerson = caller.person !== null || may(caller, 'people.speakFor');
  if (DECISIONS.includes(operation) && !isPerson) return false;
  return reach === 'any' ? mayAnywhere(caller, operation) : may(caller, operation, reach === 'one' ? FLOW : null);
}

it('[ROL1] every method lets in exactly the callers whose roles allow it', async () => {
  await methodsOf('web')('startWorkflowExecution', started);
  // The one above is deleted at the end.
  await methodsOf('web')('startWorkflowExecution', { ...started, workflowId: 'kept' });
  const methods = Object.fromEntries(Object.keys(CALLERS).map((name) => [name, methodsOf(name)]));
  for (const [method, lines] of Object.entries(TABLE))
    for (const [operation, reach, request] of lines) {
      const call = async (isAsked: boolean) => {
        const asked = Object.entries(CALLERS).filter(([, caller]) => isAllowed(caller, operation, reach) === isAsked);
        const codes = asked.map(async ([name]) => [name, await codeOf(methods[name]!, method, request)] as const);
        return { method, operation, codes: Object.fromEntries(await Promise.all(codes)) };
      };
      const before = storedBatches();
      const refused = await call(false);
      const others = Object.keys(refused.codes);
      const all = Object.fromEntries(others.map((name) => [name, status.PERMISSION_DENIED]));
      expect(refused).toEqual({ method, operation, codes: all });
      expect(storedBatches()).toBe(before);
      const answered = await call(true);
      const wrong = Object.entries(answered.codes).filter(([, code]) => NO_ANSWER.includes(code));
      expect({ ...answered, wrong }).toEqual({ ...answered, wrong: [] });
    }
}, 60_000);

it('[ROL2] every method of the engine is in the table', async () => {
  const web = methodsOf('web');
  const { workflowservice, operatorservice } = temporal.api;
  const services = [workflowservice.v1.WorkflowService, operatorservice.v1.OperatorService];
  const all = services.flatMap((service) => Object.keys(definitionOf(service, 'any')));
  const codes = await Promise.all(all.map(async (method) => [method, await codeOf(web, method, queue)] as const));
  const there = codes.filter(([, code]) => code !== status.UNIMPLEMENTED).map(([method]) => method);
  expect(there.sort()).toEqual(Object.keys(TABLE).sort());
});
