/**
 * [RQF5] What a request stores is read back as it was sent, at the place that the table names: 'event' is the event
 * that the request writes, 'signal' the one of a signal that comes with a start, 'describe' the description of the
 * run, 'activity' its pending activity there, 'batch' that of the batch, 'namespace' that of the namespace, 'schedule' that of the schedule.
 */
import type { Field } from 'protobufjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../clock';
import { command } from '../../history/testing/run';
import { provesHistories } from '../../history/testing/proof';
import { processCaller } from '../../permissions/caller';
import type { temporal } from '../../proto';
import { ScriptedActivities } from '../../sim/scripted-worker';
import { MemoryStore } from '../../store/memory';
import type { EngineRole } from '../start-engine';
import { startTestEngine } from '../testing/test-engine';
import { UpdatingWorkflows } from '../testing/updating-workflows';
import { messageTypeOf } from './reflect';
import { entries, type Entry } from './testing/entries';
import { sampleOf, withField } from './testing/samples';

provesHistories('scripted');

type Described = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;

const namespace = 'default';
const workflowExecution = { workflowId: 'open' };
const start = { namespace, workflowId: 'open', workflowType: { name: 'open' }, taskQueue: { name: 'backstitch' } };
const anew = { ...start, workflowIdConflictPolicy: 3 };
const run = { namespace, workflowExecution };
const startWorkflow = { workflowId: 'due', workflowType: { name: 'open' }, taskQueue: { name: 'backstitch' } };
const schedule = { action: { startWorkflow } };

/** A valid request of each method that stores something, and the attributes of the event that it writes, if any. */
const BASE: Record<string, [request: object, attributes?: string]> = {
  RegisterNamespace: [{ namespace: 'sample' }],
  UpdateNamespace: [{ namespace: 'sample' }],
  StartWorkflowExecution: [anew, 'workflowExecutionStartedEventAttributes'],
  SignalWithStartWorkflowExecution: [{ ...anew, signalName: 'go' }, 'workflowExecutionStartedEventAttributes'],
  SignalWorkflowExecution: [{ ...run, signalName: 'go' }, 'workflowExecutionSignaledEventAttributes'],
  RequestCancelWorkflowExecution: [run, 'workflowExecutionCancelRequestedEventAttributes'],
  TerminateWorkflowExecution: [run, 'workflowExecutionTerminatedEventAttributes'],
  ResetWorkflowExecution: [
    { ...run, requestId: 'reset', workflowTaskFinishEventId: 4 },
    'workflowTaskFailedEventAttributes',
  ],
  PauseWorkflowExecution: [{ namespace, workflowId: 'open' }, 'workflowExecutionPausedEventAttributes'],
  UnpauseWorkflowExecution: [{ namespace, workflowId: 'open' }, 'workflowExecutionUnpausedEventAttributes'],
  StartBatchOperation: [{ namespace, jobId: 'sample', executions: [workflowExecution], cancellationOperation: {} }],
  PauseActivity: [{ namespace, execution: workflowExecution, id: 'a' }],
  CreateSchedule: [{ namespace, scheduleId: 'sample', requestId: 'create', schedule }],
  UpdateSchedule: [{ namespace, scheduleId: 'sample', schedule }],
  UpdateWorkflowExecution: [
    { ...run, request: { meta: { updateId: 'u' }, input: { name: 'set' } } },
    'workflowExecutionUpdateAcceptedEventAttributes',
  ],
};

let role: EngineRole;
beforeAll(async () => {
  role = await startTestEngine({
    store: new MemoryStore(),
    clock: systemClock,
    workflowWorker: new UpdatingWorkflows({
      open: (_events, task) => (task.previousStartedEventId ? [] : [command.schedule('a')]),
    }),
    activityWorker: new ScriptedActivities(),
  });
});
afterAll(() => role.stop());

/** Acts for people, so that the identity of a request is that of the caller. */
const caller = processCaller('web', [
  { role: 'web', flow: null },
  { role: 'admin', flow: null },
]);
const call = <T>(method: string, request: object) => role.service.call(method, request, caller) as Promise<T>;

/** Objects are merged, so that several fields of one message can be set. */
function merge(one: unknown, other: unknown): unknown {
  const isPlain = (value: unknown) => Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (!isPlain(one) || !isPlain(other)) return other;
  const merged: Record<string, unknown> = { ...(one as object) };
  for (const [name, value] of Object.entries(other as object)) merged[name] = merge(merged[name], value);
  return merged;
}

/** As it is on the wire, so that two forms of one value are equal. */
function wireForm(field: Field, value: unknown): unknown {
  if (field.map) return { ...(value as object) };
  const type = messageTypeOf(field);
  if (!type) return value;
  const one = (message: unknown) => Buffer.from(type.encode(message as object).finish()).toString('base64');
  return field.repeated ? (value as unknown[]).map(one) : one(value);
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);

async function placesAfter(method: string): Promise<Record<string, unknown>> {
  const [, attributes = ''] = BASE[method]!;
  if (method === 'StartBatchOperation')
    return { batch: await call('DescribeBatchOperation', { namespace, jobId: 'sample' }) };
  if (method.endsWith('Namespace')) return { namespace: await call('DescribeNamespace', { namespace: 'sample' }) };
  if (method.endsWith('Schedule'))
    return { schedule: await call('DescribeSchedule', { namespace, scheduleId: 'sample' }) };
  const execution = { workflowId: 'open' };
  const { history } = await call<History>('GetWorkflowExecutionHistory', { namespace, execution });
  const last = (name: string) => history?.events?.findLast((event) => at(event, [name]));
  const describe = await call<Described>('DescribeWorkflowExecution', { namespace, execution });
  const [activity] = describe.pendingActivities ?? [];
  return { event: last(attributes), signal: last('workflowExecutionSignaledEventAttributes'), describe, activity };
}

const stored = entries.filter(({ fate }) => fate.fate === 'stored');
it.each(Object.keys(BASE))('[RQF5] %s', async (method) => {
  const own = stored.filter((entry) => entry.method === method);
  expect(own.length).toBeGreaterThan(0);
  const sampleFor = ({ path }: Entry) => sampleOf(path.at(-1)!);
  const request = own.reduce<unknown>(
    (built, entry) => merge(built, withField(entry.path, sampleFor(entry))),
    BASE[method]![0]
  );
  if (!/Start|Namespace$|Schedule$/.test(method)) await call('StartWorkflowExecution', anew);
  if (method === 'UnpauseWorkflowExecution') await call('PauseWorkflowExecution', BASE[method]![0]);
  await call(method, request as object);
  const places = await placesAfter(method);
  for (const entry of own) {
    const { path, fate } = entry;
    if (fate.fate !== 'stored') continue;
    const field = path.at(-1)!;
    const read = at(places, fate.at.split('.'));
    expect(read, `${entry.name} is not at ${fate.at}`).toBeTruthy();
    expect(wireForm(field, read), entry.name).toEqual(wireForm(field, sampleFor(entry)));
  }
});

it('[RQF5] every method that stores something is among them', () => {
  // The operations of the latter are those of requests above.
  const all = [...Object.keys(BASE), 'ExecuteMultiOperation'];
  expect(new Set(stored.map(({ method }) => method))).toEqual(new Set(all));
});
