/**
 * Requests that make, read and change schedules, as a Temporal server answers them (service/frontend/workflow_handler.go
 * of v1.29.1). What differs on purpose is in ../README.md.
 */
import { randomUUID } from 'node:crypto';
import Long from 'long';
import { durationMs, idOf, timestampMs, toTimestamp } from '../../proto-time';
import { temporal } from '../../proto';
import { SpecError } from '../../schedules/calendar';
import * as core from '../../schedules/schedule';
import { describedSpec } from '../../schedules/described';
import { canonicalSpec } from '../../schedules/spec';
import type { ScheduleRecord } from '../stored-schedule';
import type { NamespaceRecord, ScheduleAddress } from '../../store/port';
import { admitAttributes } from '../../visibility/attributes';
import { demandFits } from '../declared';
import { alreadyStarted, invalid, ServiceError } from '../errors';
import type { Schedule } from '../schedules';
import { namespaceOf, requireId, requireKey, type Frontend } from './context';
import { demandPriority } from './priority';
import type { workflowservice } from './requests';
import { demandQueue } from './start';
import { status } from '@grpc/grpc-js';

const { WorkflowIdReusePolicy: Reuse } = temporal.api.enums.v1;
type Definition = temporal.api.schedule.v1.ISchedule;
type Patch = temporal.api.schedule.v1.ISchedulePatch;
type Attributes = temporal.api.common.v1.ISearchAttributes;

/** Every run has the time of its start behind its workflow id. */
const TIME_SUFFIX = '-2009-11-10T23:00:00Z';
const LONGEST_NOTE = 1_000;
/** As for a payload. */
const MOST_BYTES = 2 * 1024 * 1024;
const FUTURE_TIMES = 10;
const MOST_MATCHING = 1_000;

export const scheduleAddress = (
  frontend: Frontend,
  { namespace, scheduleId }: { namespace?: string | null; scheduleId?: string | null }
): ScheduleAddress => ({
  namespace: namespaceOf(frontend, namespace).name,
  scheduleId: requireId('schedule_id', scheduleId),
});

export async function create(
  frontend: Frontend,
  request: workflowservice.ICreateScheduleRequest
): Promise<workflowservice.ICreateScheduleResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const address = { namespace: namespace.name, scheduleId: requireKey('schedule_id', request.scheduleId) };
  const createRequestId = requireId('request_id', request.requestId);
  const definition = admitted(frontend, namespace, request.schedule ?? {});
  const searchAttributes = admittedAttributes(namespace, request.searchAttributes, 'search_attributes');
  const patch = request.initialPatch && readPatch(request.initialPatch, 'initial_patch', frontend.engine.now());
  const make = (now: number): ScheduleRecord => {
    const state = core.createSchedule(randomUUID(), definition, now);
    demandTimes(frontend, address, state);
    if (patch) core.patch(state, patch, now);
    return { state, memo: request.memo ?? null, searchAttributes, createRequestId, requestIds: [] };
  };
  await frontend.schedules.create(address, make, ({ record }) => {
    if (record.createRequestId === createRequestId) return;
    const message = `schedule with this ID is already registered: ${address.scheduleId}`;
    throw alreadyStarted(message, record.state.key, record.createRequestId);
  });
  return { conflictToken: tokenOf(1) };
}

export async function describe(
  frontend: Frontend,
  request: workflowservice.IDescribeScheduleRequest
): Promise<workflowservice.IDescribeScheduleResponse> {
  const schedule = await frontend.schedules.get(scheduleAddress(frontend, request));
  const { state, memo, searchAttributes } = schedule.record;
  const { definition } = state;
  return {
    schedule: { ...definition, spec: describedSpec(definition.spec ?? {}) },
    info: infoOf(schedule),
    memo,
    searchAttributes,
    conflictToken: tokenOf(state.conflictToken),
  };
}

function infoOf({ record: { state }, times, problem }: Schedule): temporal.api.schedule.v1.IScheduleInfo {
  const { counts, running } = state;
  return {
    actionCount: Long.fromNumber(counts.actions),
    missedCatchupWindow: Long.fromNumber(counts.missedCatchupWindow),
    overlapSkipped: Long.fromNumber(counts.overlapSkipped),
    bufferDropped: Long.fromNumber(counts.bufferDropped),
    bufferSize: Long.fromNumber(state.buffer.length),
    runningWorkflows: running.map(({ workflowId, runId }) => ({ workflowId, runId })),
    recentActions: recentActions(state),
    futureActionTimes: problem === null ? core.futureTimes(state, times, FUTURE_TIMES).map(toTimestamp) : [],
    createTime: toTimestamp(state.createdMs),
    updateTime: state.updatedMs > 0 ? toTimestamp(state.updatedMs) : null,
    invalidScheduleError: problem ?? state.lastRefusal ?? '',
  };
}

export const recentActions = ({ recent }: core.ScheduleState): temporal.api.schedule.v1.IScheduleActionResult[] =>
  recent.map(({ scheduledMs, startedMs, workflowId, runId, status: ended }) => ({
    scheduleTime: toTimestamp(scheduledMs),
    actualTime: toTimestamp(startedMs),
    startWorkflowResult: { workflowId, runId },
    startWorkflowStatus: ended,
  }));

export async function update(
  frontend: Frontend,
  request: workflowservice.IUpdateScheduleRequest
): Promise<workflowservice.IUpdateScheduleResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const address = scheduleAddress(frontend, request);
  const definition = admitted(frontend, namespace, request.schedule ?? {});
  const searchAttributes = admittedAttributes(namespace, request.searchAttributes, 'search_attributes');
  const token = readToken(request.conflictToken);
  await frontend.schedules.change(address, request.requestId ?? '', (record, now) => {
    try {
      core.update(record.state, definition, token, now);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ServiceError(status.FAILED_PRECONDITION, `conflict_token: ${error.message}; describe it again`);
    }
    demandTimes(frontend, address, record.state);
    if (searchAttributes) record.searchAttributes = searchAttributes;
    if (request.memo) record.memo = request.memo;
  });
  return {};
}

export async function patch(
  frontend: Frontend,
  request: workflowservice.IPatchScheduleRequest
): Promise<workflowservice.IPatchScheduleResponse> {
  const address = scheduleAddress(frontend, request);
  const asked = readPatch(request.patch ?? {}, 'patch', frontend.engine.now());
  await frontend.schedules.change(address, request.requestId ?? '', ({ state }, now) => core.patch(state, asked, now));
  return {};
}

export async function remove(
  frontend: Frontend,
  request: workflowservice.IDeleteScheduleRequest
): Promise<workflowservice.IDeleteScheduleResponse> {
  await frontend.schedules.remove(scheduleAddress(frontend, request));
  return {};
}

/** The first time is not one of them, as on a Temporal server. */
export async function listMatchingTimes(
  frontend: Frontend,
  request: workflowservice.IListScheduleMatchingTimesRequest
): Promise<workflowservice.IListScheduleMatchingTimesResponse> {
  const { times } = await frontend.schedules.get(scheduleAddress(frontend, request));
  if (!request.startTime) throw invalid('start_time', 'is not set');
  if (!request.endTime) throw invalid('end_time', 'is not set');
  const endMs = timestampMs(request.endTime);
  const found: number[] = [];
  for (let after = timestampMs(request.startTime); found.length < MOST_MATCHING;) {
    const next = asRefusal(() => times.next(after));
    if (!next || next.atMs > endMs) break;
    found.push(next.atMs);
    after = next.atMs;
  }
  return { startTime: found.map(toTimestamp) };
}

// --- what is accepted ---

/** Throws INVALID_ARGUMENT. The spec is canonical in what it returns, and search attributes have their types. */
function admitted(frontend: Frontend, namespace: NamespaceRecord, asked: Definition): Definition {
  const spec = asRefusal(() => canonicalSpec(asked.spec ?? {}));
  demandNote(asked.state?.notes, 'schedule.state.notes');
  if (idOf(asked.state?.remainingActions) < 0) throw invalid('schedule.state.remaining_actions', 'is negative');
  if (durationMs(asked.policies?.catchupWindow) < 0) throw invalid('schedule.policies.catchup_window', 'is negative');
  const startWorkflow = asked.action?.startWorkflow && admittedAction(frontend, namespace, asked.action.startWorkflow);
  const definition: Definition = { ...asked, spec, action: { ...(startWorkflow ? { startWorkflow } : {}) } };
  const bytes = temporal.api.schedule.v1.Schedule.encode(definition).finish().length;
  if (bytes > MOST_BYTES) throw invalid('schedule', `has ${bytes} bytes, at most ${MOST_BYTES} are allowed`);
  return definition;
}

const ACTION = 'schedule.action.start_workflow';

function admittedAction(
  frontend: Frontend,
  namespace: NamespaceRecord,
  action: temporal.api.workflow.v1.INewWorkflowExecutionInfo
): temporal.api.workflow.v1.INewWorkflowExecutionInfo {
  requireKey(`${ACTION}.workflow_id`, `${action.workflowId ?? ''}${TIME_SUFFIX}`);
  const type = requireKey(`${ACTION}.workflow_type.name`, action.workflowType?.name);
  demandQueue(`${ACTION}.task_queue.name`, action.taskQueue?.name);
  for (const name of ['workflowExecutionTimeout', 'workflowRunTimeout', 'workflowTaskTimeout'] as const)
    if (durationMs(action[name]) < 0) throw invalid(`${ACTION}.${name}`, 'is negative');
  if (action.cronSchedule) throw invalid(`${ACTION}.cron_schedule`, 'is not allowed');
  const reuse = action.workflowIdReusePolicy ?? 0;
  if (reuse !== Reuse.WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED && reuse !== Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
    throw invalid(`${ACTION}.workflow_id_reuse_policy`, 'is not allowed');
  demandPriority(action.priority);
  // The first run would be refused.
  const declared = frontend.declared(frontend.newestOf(type)?.workflowType ?? type);
  if (declared) demandFits(`${ACTION}.input`, action.input, declared.input);
  const searchAttributes = admittedAttributes(namespace, action.searchAttributes, `${ACTION}.search_attributes`);
  return { ...action, searchAttributes };
}

function admittedAttributes(
  { searchAttributes: registered }: NamespaceRecord,
  asked: Attributes | null | undefined,
  field: string
): Attributes | null {
  if (!asked) return null;
  const found = admitAttributes(asked.indexedFields ?? {}, registered);
  if ('problem' in found) throw invalid(found.name ? `${field}.${found.name}` : field, found.problem);
  return { indexedFields: found.fields };
}

function readPatch(asked: Patch, field: string, now: number): Patch {
  demandNote(asked.pause, `${field}.pause`);
  demandNote(asked.unpause, `${field}.unpause`);
  for (const { startTime, endTime } of asked.backfillRequest ?? []) {
    if (!startTime || !endTime) throw invalid(`${field}.backfill_request`, 'has no start_time or no end_time');
  }
  const { triggerImmediately: trigger } = asked;
  if (!trigger) return asked;
  return { ...asked, triggerImmediately: { ...trigger, scheduledTime: trigger.scheduledTime ?? toTimestamp(now) } };
}

function demandNote(note: string | null | undefined, field: string): void {
  const length = new TextEncoder().encode(note ?? '').length;
  if (length > LONGEST_NOTE) throw invalid(field, `has ${length} bytes, at most ${LONGEST_NOTE} are allowed`);
}

/** Throws INVALID_ARGUMENT for a spec whose times cannot be found. */
function demandTimes(frontend: Frontend, address: ScheduleAddress, state: core.ScheduleState): void {
  asRefusal(() => core.futureTimes(state, frontend.schedules.timesOf(address, state), FUTURE_TIMES));
}

function asRefusal<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new ServiceError(status.INVALID_ARGUMENT, `Invalid schedule spec: ${error.message}`);
  }
}

/** Eight bytes, the most significant first. */
function tokenOf(token: number): Uint8Array {
  return Uint8Array.from(Long.fromNumber(token, true).toBytesBE());
}

/** 0 for every token: a shorter one is none. */
const readToken = (bytes: Uint8Array | null | undefined): number =>
  bytes && bytes.length >= 8 ? Number(Buffer.from(bytes.subarray(0, 8)).readBigUInt64BE()) : 0;
