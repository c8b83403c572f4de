/**
 * Random hostile requests on every method of the WorkflowService, over PostgreSQL (FC_RUNS says how many, FC_SEED
 * which).
 *
 * [HG1] Each is answered, or refused by a proper status: never INTERNAL, UNKNOWN or UNAVAILABLE, which tell a client
 *       nothing or to retry for ever. [HG2] What was refused changed nothing.
 */
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { localCaller } from '../permissions/caller';
import { jsonPayload, ScriptedActivities, ScriptedWorkflows } from '../sim/scripted-worker';
import { temporal } from '../proto';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { ServiceError } from './errors';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const RUNS = Number(process.env.FC_RUNS ?? 3_000);
const namespace = 'default';
const workflowExecution = { workflowId: 'open' };
const args = { payloads: [jsonPayload({ amount: 1 })] };
const start = {
  namespace,
  workflowId: 'open',
  workflowType: { name: 'till_v1' },
  taskQueue: { name: 'backstitch' },
  input: args,
  identity: 'Ada',
  requestId: 'request-1',
  workflowRunTimeout: { seconds: 5, nanos: 0 },
  memo: { fields: { note: jsonPayload('x') } },
  searchAttributes: { indexedFields: { BackstitchFlow: jsonPayload('till') } },
  workflowIdConflictPolicy: 1,
};
/** A valid request of each method; the random ones are these with something hostile in them. */
const VALID: Record<string, object> = {
  StartWorkflowExecution: start,
  SignalWithStartWorkflowExecution: { ...start, signalName: 'finish', signalInput: args },
  SignalWorkflowExecution: { namespace, workflowExecution, signalName: 'finish', input: args, requestId: 'r' },
  RequestCancelWorkflowExecution: {
    namespace,
    workflowExecution: { workflowId: 'other' },
    reason: 'no',
    requestId: 'r',
  },
  TerminateWorkflowExecution: { namespace, workflowExecution: { workflowId: 'other' }, reason: 'no', identity: 'Ada' },
  DescribeWorkflowExecution: { namespace, execution: workflowExecution },
  GetWorkflowExecutionHistory: {
    namespace,
    execution: workflowExecution,
    maximumPageSize: 5,
    nextPageToken: new Uint8Array(),
  },
  GetWorkflowExecutionHistoryReverse: { namespace, execution: workflowExecution, maximumPageSize: 5 },
  ScanWorkflowExecutions: { namespace, query: "TaskQueue = 'backstitch'", pageSize: 5 },
  ListWorkflowExecutions: { namespace, query: "WorkflowId = 'open'", pageSize: 5, nextPageToken: new Uint8Array() },
  CountWorkflowExecutions: { namespace, query: "ExecutionStatus = 'Running'" },
  PollWorkflowExecutionUpdate: { namespace, updateRef: { workflowExecution, updateId: 'u' } },
  DescribeNamespace: { namespace },
  DescribeTaskQueue: { namespace, taskQueue: { name: 'backstitch' }, taskQueueType: 1 },
  GetSystemInfo: {},
  // Nobody finds it: what is random never deletes what the others ask for.
  DeleteNamespace: { namespace: 'nowhere', namespaceId: 'nowhere', namespaceDeleteDelay: { seconds: 1, nanos: 0 } },
};

const bytes = (text: string) => new TextEncoder().encode(text);
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '.',
    '..',
    'a/../b',
    '%00',
    "' OR 1=1 --",
    '😀'.repeat(400)
  ),
  fc.constantFrom('x'.repeat(1_001), 'x'.repeat(100_000), '\n', '\u202e', '__proto__', 'constructor', '(((((', '\\'),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(-1, 0, 2 ** 31, Number.MAX_SAFE_INTEGER, null, true),
  fc.constantFrom({}, [], { payloads: [] }, { payloads: [{}] }, { name: '\u0000' }, { seconds: -5, nanos: 7 }),
  fc.uint8Array({ maxLength: 20 }),
  fc
    .constantFrom('{"amount":', '"\\u0000"', '"\\ud800"', '['.repeat(3_000), 'null', '1e999', '{"amount":"lots"}')
    .map((json) => ({ payloads: [{ metadata: { encoding: bytes('json/plain') }, data: bytes(json) }] })),
  fc.constantFrom(
    { indexedFields: { BackstitchFlow: jsonPayload('\u0000') } },
    { fields: { '\u0000': jsonPayload(1) } }
  )
);

/** Paths to every field, of messages too. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}
function withAt(value: unknown, [key, ...path]: string[], change: unknown): unknown {
  if (key === undefined) return change;
  const copy: Record<string, unknown> = Array.isArray(value) ? (value.slice() as never) : { ...(value as object) };
  copy[key] = withAt(copy[key], path, change);
  return copy;
}
const request = fc.constantFrom(...Object.keys(VALID)).chain((method) => {
  const valid = VALID[method] as object;
  const changes = fc.array(fc.tuple(fc.constantFrom(...pathsOf(valid), ['more']), hostile), {
    minLength: 1,
    maxLength: 2,
  });
  return changes.map((made) => ({
    method,
    request: made.reduce<unknown>((built, [path, change]) => withAt(built, path, change), valid) as object,
  }));
});

let database: TestDatabase;
let role: EngineRole;
const call = (method: string, asked: unknown) => role.service.call(method, asked, localCaller());
beforeAll(async () => {
  database = await createTestDatabase();
  role = await startTestEngine({
    store: new PostgresStore({ url: database.url }),
    clock: systemClock,
    workflowWorker: new ScriptedWorkflows({ till_v1: () => [] }),
    activityWorker: new ScriptedActivities(),
    declared: (type) =>
      type === 'till_v1'
        ? {
            input: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } },
            signals: { finish: { type: 'object' } },
            updates: {},
          }
        : undefined,
  });
  await call('StartWorkflowExecution', { ...start, workflowRunTimeout: undefined });
});
afterAll(async () => {
  await role.stop();
  await database.drop();
});

interface MessageType {
  verify(message: object): string | null;
  fromObject(message: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

/** The request after encoding and decoding; null if no client can send it, e.g. a number in place of a message. */
function overTheWire(method: string, asked: object): object | null {
  const types = temporal.api.workflowservice.v1 as unknown as Record<string, MessageType>;
  const type = types[`${method}Request`] as MessageType;
  try {
    if (type.verify(asked) !== null) return null;
    return type.decode(type.encode(type.fromObject(asked)).finish());
  } catch {
    return null;
  }
}
const PROPER = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
  status.OUT_OF_RANGE,
]);

it('[HG1] [HG2] random hostile requests', async () => {
  const eventsOf = async () => (await role.engine.find(namespace, 'open', ''))?.state.nextEventId;
  const refused = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(request, async ({ method, request: made }) => {
      const asked = overTheWire(method, made);
      if (asked === null) return;
      const before = await eventsOf();
      try {
        await call(method, asked);
      } catch (error) {
        expect(error).toBeInstanceOf(ServiceError);
        const { code, message } = error as ServiceError;
        expect({ method, asked, message, proper: PROPER.has(code) }).toMatchObject({ proper: true });
        refused.set(method, (refused.get(method) ?? 0) + 1);
        expect(await eventsOf()).toBe(before);
      }
    }),
    { numRuns: RUNS, endOnFailure: true }
  );
  // The random requests really are hostile, on nearly every method.
  expect(refused.size).toBeGreaterThan(10);
  expect([...refused.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(RUNS / 5);
}, 240_000);
