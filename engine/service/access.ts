/**
 * The permissions of callers of the WorkflowService, and the recorded identity of the caller. Roles decide the
 * permissions (engine/permissions); the door decides the identity: a request's own `identity` is used only if the
 * caller may act for people.
 */
import { status } from '@grpc/grpc-js';
import { defaultPayloadConverter } from '@temporalio/common';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { Caller } from '../permissions/caller';
import { flowsOf, may, mayForType, OPERATIONS, typePrefix, whyNot, type Operation } from '../permissions/permissions';
import {
  ANSWER_UPDATE,
  APPROVAL_UPDATE,
  ASK_UPDATE,
  OUTCOME_DECISION_UPDATE,
  TAKE_BACK_UPDATE,
  UNDO_DECISION_UPDATE,
  WHO_DECIDES_UPDATE,
} from '../saga/contract';
import type { temporal } from '../proto';
import type { Filter } from '../visibility/record';
import { invalid, ServiceError } from './errors';
import { BATCHED, batchedOperation } from './batched';
import type { BatchRequest } from './batches';
import { namespaceOf, type Frontend } from './frontend/context';

/**
 * The subject of a method: one run, a run that it may start, a schedule, a list of runs or schedules, public data about the cluster, or the
 * whole installation. A caller with roles for some flows only is limited to those.
 */
export type About = 'run' | 'start' | 'schedule' | 'list' | 'cluster' | 'installation';

/** Decisions are updates; the name says what is decided, and each is an operation of its own. */
const DECISIONS: Readonly<Record<string, Operation>> = {
  [APPROVAL_UPDATE]: 'inbox.decide',
  [ASK_UPDATE]: 'inbox.askQuestion',
  // Whoever calls is trusted for the name of who answers.
  [ANSWER_UPDATE]: 'inbox.decide',
  [TAKE_BACK_UPDATE]: 'inbox.takeBack',
  [WHO_DECIDES_UPDATE]: 'inbox.assign',
  [UNDO_DECISION_UPDATE]: 'runs.decideUndo',
  [OUTCOME_DECISION_UPDATE]: 'runs.decideOutcome',
};
const isDecision = (name: string): boolean => name.startsWith('__decide');

/** The fields of requests that name runs and callers. */
interface AnyRequest {
  namespace?: string | null;
  workflowId?: string | null;
  runId?: string | null;
  workflowType?: { name?: string | null } | null;
  taskQueue?: { name?: string | null } | null;
  execution?: { workflowId?: string | null; runId?: string | null } | null;
  workflowExecution?: { workflowId?: string | null; runId?: string | null } | null;
  updateRef?: { workflowExecution?: { workflowId?: string | null; runId?: string | null } | null } | null;
  request?: temporal.api.update.v1.IRequest | null;
  identity?: string | null;
  memo?: temporal.api.common.v1.IMemo | null;
  schedule?: temporal.api.schedule.v1.ISchedule | null;
}

/** The operations of updates and batches depend on what they ask for; that of every other method is in the table. */
function operationOf(method: string, listed: Operation, request: unknown): Operation {
  if (method === 'StartBatchOperation') return batchedOperation(request as BatchRequest) ?? listed;
  if (method !== 'UpdateWorkflowExecution') return listed;
  const name = (request as AnyRequest | null)?.request?.input?.name ?? '';
  return isDecision(name) ? (DECISIONS[name] ?? 'inbox.decide') : listed;
}

/** What a request asks for: itself, or each of its operations. */
export function partsOf(
  method: string,
  listed: Operation,
  about: About,
  request: unknown
): { operation: Operation; about: About; request: unknown }[] {
  if (method !== MULTIPLE) return [{ operation: operationOf(method, listed, request), about, request }];
  const { namespace, operations } = request as MultipleRequest;
  const start = operations?.[0]?.startWorkflow;
  const update = operations?.[1]?.updateWorkflow;
  // The run may not exist yet: the update is for a run of the type that is started.
  const named = { namespace, workflowId: start?.workflowId, workflowType: start?.workflowType };
  const updates = operationOf('UpdateWorkflowExecution', 'runs.update', update);
  return [listed, updates].map((operation) => ({ operation, about: 'start', request: named }));
}

const MULTIPLE = 'ExecuteMultiOperation';
type MultipleRequest = temporal.api.workflowservice.v1.IExecuteMultiOperationRequest;

/** Throws PERMISSION_DENIED with what the caller has and what is missing. */
export async function demandAccess(
  frontend: Frontend,
  operation: Operation,
  about: About,
  request: unknown,
  caller: Caller
): Promise<void> {
  const flows = flowsOf(caller, operation);
  if (flows === null) return;
  if (flows.length === 0 || about === 'installation') throw denied(caller, operation);
  if (about === 'run' || about === 'start')
    await demandOwnFlow(frontend, operation, about, request as AnyRequest, caller);
  if (about === 'schedule') await demandOwnSchedule(frontend, operation, request as ScheduleRequest, caller);
}

type Definition = temporal.api.schedule.v1.ISchedule;
interface ScheduleRequest {
  namespace?: string | null;
  scheduleId?: string | null;
  /** What it is to be. */
  schedule?: Definition | null;
}

/** The workflow type that a schedule would start now. */
export function scheduledType(frontend: Pick<Frontend, 'newestOf'>, { action }: Definition): string {
  const type = action?.startWorkflow?.workflowType?.name ?? '';
  return frontend.newestOf(type)?.workflowType ?? type;
}

/**
 * For roles for some flows: the flow of the schedule as it is and as it will be. Whoever makes or changes one needs the
 * right to start its flow and every flow below it, because it starts them for the caller.
 */
async function demandOwnSchedule(
  frontend: Frontend,
  operation: Operation,
  { namespace, scheduleId, schedule }: ScheduleRequest,
  caller: Caller
): Promise<void> {
  const { name } = namespaceOf(frontend, namespace);
  const existing = await frontend.schedules.find({ namespace: name, scheduleId: scheduleId ?? '' });
  const types = [existing?.record.state.definition, schedule].flatMap((each) =>
    each ? scheduledType(frontend, each) : []
  );
  // For one that does not exist the method returns NOT_FOUND.
  if (types.some((type) => !mayForType(caller, operation, type))) throw denied(caller, operation);
  for (const type of types) {
    const refused =
      OPERATIONS[operation] === 'read'
        ? undefined
        : belowOf(frontend, type).find((flow) => !may(caller, 'runs.start', flow));
    if (refused !== undefined) throw denied(caller, operation, refused);
  }
}

const belowOf = (frontend: Frontend, type: string): readonly string[] => frontend.declared(type)?.below ?? [];

/** For roles for some flows: the named run, and an existing run with the id of a start, must belong to these flows. */
async function demandOwnFlow(
  frontend: Frontend,
  operation: Operation,
  about: 'run' | 'start',
  request: AnyRequest,
  caller: Caller
): Promise<void> {
  const named = request.execution ?? request.workflowExecution ?? request.updateRef?.workflowExecution ?? request;
  const { workflowId, runId } = about === 'start' ? { workflowId: request.workflowId, runId: '' } : (named ?? {});
  const types = about === 'start' ? [request.workflowType?.name ?? ''] : [];
  if (workflowId) {
    const { name } = namespaceOf(frontend, request.namespace);
    const run = await frontend.engine.find(name, workflowId, runId ?? '');
    // For a run that does not exist the method returns NOT_FOUND.
    if (run) types.push(run.state.started.workflowType?.name ?? '');
  }
  if (types.some((type) => !mayForType(caller, operation, type))) throw denied(caller, operation);
  if (about !== 'start' || operation !== 'runs.start') return;
  // A run starts its children for the caller.
  const [type = ''] = types;
  const refused = belowOf(frontend, type).find((flow) => !may(caller, operation, flow));
  if (refused !== undefined) throw denied(caller, operation, refused);
}

/** Lists, and batches, contain only the runs of the caller's flows; null: all runs. */
export function visibleTo(caller: Caller, operation: Operation = 'runs.list'): Filter | null {
  const flows = flowsOf(caller, operation);
  if (flows === null) return null;
  return { op: 'or', of: flows.map((flow) => ({ op: 'startsWith', field: 'WorkflowType', value: typePrefix(flow) })) };
}

export function denied(caller: Caller, operation: Operation, flow: string | null = null): ServiceError {
  const why = (whyNot(caller, operation, flow) ?? whyNot({ grants: [] }, operation) ?? '').replace(
    /^You have/,
    'It has'
  );
  return new ServiceError(
    status.PERMISSION_DENIED,
    `${operation} is refused for ${caller.name}. ${why.replace(/^Your role/, 'Its role').replace('allow you to', 'allow it to')} ` +
      'Use a key with a role that allows it (Settings, Keys).'
  );
}

/**
 * The request as it is recorded: its `identity` is the caller's name, and the start of a flow has the person who
 * started it. A request by a process that acts for people is not changed. Throws PERMISSION_DENIED for a decision by
 * a caller that is not a person.
 */
export function signed(method: string, request: unknown, caller: Caller, embeddedQueue: string): unknown {
  if (typeof request !== 'object' || request === null) return request;
  if (method === MULTIPLE) return signedParts(request as MultipleRequest, caller, embeddedQueue);
  const asked = request as AnyRequest;
  const decides = method === 'UpdateWorkflowExecution' && isDecision(asked.request?.input?.name ?? '');
  if (may(caller, 'people.speakFor')) {
    return decides ? copy(asked, { request: updateBy(asked.request ?? {}, caller.name, null) }) : request;
  }
  if (method === 'StartBatchOperation') return signedBatch(request, caller.name);
  const change: AnyRequest = { identity: caller.name };
  if (asked.schedule?.action?.startWorkflow) change.schedule = signedSchedule(asked.schedule, caller, embeddedQueue);
  if (asked.request) change.request = updateBy(asked.request, caller.name, decides ? personOf(caller) : null);
  if (asked.workflowType && asked.taskQueue?.name === embeddedQueue) {
    change.memo = startedBy(asked.memo, caller);
  }
  return copy(asked, change);
}

const startedBy = (memo: AnyRequest['memo'], { name, person }: Caller): temporal.api.common.v1.IMemo => ({
  fields: {
    ...memo?.fields,
    BackstitchStartedBy: defaultPayloadConverter.toPayload(name),
    BackstitchStarterId: defaultPayloadConverter.toPayload(person?.id ?? ''),
  },
});

/** The runs of a schedule are started by whoever made it, or changed it last. */
function signedSchedule(schedule: Definition, caller: Caller, embeddedQueue: string): Definition {
  const start = schedule.action?.startWorkflow;
  if (start?.taskQueue?.name !== embeddedQueue) return schedule;
  const startWorkflow = { ...start, memo: startedBy(start.memo, caller) };
  return { ...schedule, action: { startWorkflow } };
}

/** The identity is that of the operation of the batch. */
function signedBatch(request: BatchRequest, identity: string): unknown {
  const kind = BATCHED.find(({ field }) => request[field]);
  if (!kind) return request;
  return copy(request as AnyRequest, { [kind.field]: { ...request[kind.field], identity } } as AnyRequest);
}

function signedParts(request: MultipleRequest, caller: Caller, embeddedQueue: string): unknown {
  const operations = request.operations?.map(({ startWorkflow, updateWorkflow }) => ({
    startWorkflow: signed('StartWorkflowExecution', startWorkflow, caller, embeddedQueue),
    updateWorkflow: signed('UpdateWorkflowExecution', updateWorkflow, caller, embeddedQueue),
  }));
  return { namespace: request.namespace, operations };
}

function personOf({ name, person }: Caller): NonNullable<Caller['person']> {
  if (person) return person;
  throw new ServiceError(
    status.PERMISSION_DENIED,
    `${name} is not a person, so it cannot decide. Use the key of a person (Settings, Keys), or decide on the dashboard.`
  );
}

function updateBy(
  { meta, input, links }: temporal.api.update.v1.IRequest,
  identity: string,
  person: Caller['person']
): temporal.api.update.v1.IRequest {
  const signedMeta = { updateId: meta?.updateId, identity };
  const [first, ...rest] = input?.args?.payloads ?? [];
  if (!person || !first) return { meta: signedMeta, input, links };
  const payloads = [decidedBy(first, person), ...rest];
  return { meta: signedMeta, links, input: { header: input?.header, name: input?.name, args: { payloads } } };
}

/** The decision with its `actor` replaced by the key's owner. Every digit of the rest stays as it was sent. */
function decidedBy(
  payload: temporal.api.common.v1.IPayload,
  { id, name, groups }: NonNullable<Caller['person']>
): temporal.api.common.v1.IPayload {
  let decision: unknown;
  try {
    decision = parse(Buffer.from(payload.data ?? []).toString('utf8'));
  } catch {
    throw invalid('request.input.args', 'is not valid JSON; a decision is an object');
  }
  if (typeof decision !== 'object' || decision === null || Array.isArray(decision) || isLosslessNumber(decision)) {
    throw invalid('request.input.args', 'is not a decision; an object is expected');
  }
  const text = stringify({ ...decision, actor: { id, name, groups } }) ?? '';
  return { metadata: payload.metadata, data: Buffer.from(text) };
}

/** Decoded messages have their defaults on the prototype, which a plain spread would lose. */
function copy(request: AnyRequest, change: AnyRequest): unknown {
  return Object.assign(Object.create(Object.getPrototypeOf(request) as object | null) as object, request, change);
}
