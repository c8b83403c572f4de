/** Lists and counts. */
import { defaultPayloadConverter } from '@temporalio/common';
import Long from 'long';
import { temporal } from '../../proto';
import { timestampMs, toDuration, toTimestamp } from '../../proto-time';
import { PAUSE_INFO, PAUSED_RUN, PAUSED_STATUS, STATUS } from '../../run-name';
import type { NamespaceRecord } from '../../store/port';
import type { Filter, SearchAttributeValue, VisibilityRecord } from '../../visibility/record';
import { invalid } from '../errors';
import { executionDuration, indexedTypeName, InvalidQuery } from '../../visibility/fields';
import { isOfType } from '../../visibility/attributes';
import { parseListQuery, type ListFilter } from '../../visibility/parse';
import { visibleTo } from '../access';
import { namespaceOf, type Caller, type Frontend } from './context';
import type { workflowservice } from './requests';

/** Also without a size, as on a Temporal server (service/frontend/workflow_handler.go). */
const MAX_PAGE = 1_000;
const DATETIME = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME;

const isPaused = ({ searchAttributes: { [PAUSE_INFO]: marks } }: VisibilityRecord): boolean =>
  Array.isArray(marks) && marks.includes(PAUSED_RUN);

export function executionInfo(record: VisibilityRecord): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  return {
    execution: { workflowId: record.workflowId, runId: record.runId },
    type: { name: record.workflowType },
    startTime: toTimestamp(record.startTime),
    executionTime: toTimestamp(record.executionTime),
    closeTime: record.closeTime === null ? null : toTimestamp(record.closeTime),
    status: isPaused(record) ? PAUSED_STATUS : record.status,
    ...(record.closeTime === null ? {} : whenClosed(record)),
    parentExecution: record.parent,
    rootExecution: record.root ?? { workflowId: record.workflowId, runId: record.firstRunId },
    memo: temporal.api.common.v1.Memo.decode(record.memo),
    taskQueue: record.taskQueue,
    firstRunId: record.firstRunId,
  };
}

/** What lists have of closed runs only, as on a Temporal server. */
function whenClosed(record: VisibilityRecord): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  return {
    historyLength: Long.fromNumber(record.historyLength),
    historySizeBytes: Long.fromNumber(record.historySizeBytes ?? 0),
    stateTransitionCount: Long.fromNumber(record.stateTransitions ?? 0),
    executionDuration: toDuration((executionDuration(record) ?? 0) / 1e6),
  };
}

/** `type`: an IndexedValueType number; without a number it is a keyword. */
export function attributePayload(
  value: SearchAttributeValue,
  type: number | undefined
): temporal.api.common.v1.IPayload {
  const written =
    type === DATETIME && typeof value === 'string' ? value.replace(/(?:\.0+|(\.\d*?[1-9])0+)Z$/, '$1Z') : value;
  const payload = defaultPayloadConverter.toPayload(written) as temporal.api.common.v1.IPayload;
  return { ...payload, metadata: { ...payload.metadata, type: Buffer.from(indexedTypeName(type)) } };
}

/** Without those that were removed, and those of before a removal whose values do not fit the type of today. */
export const readable = (
  attributes: VisibilityRecord['searchAttributes'],
  { searchAttributes: registered }: NamespaceRecord
): [string, SearchAttributeValue][] =>
  Object.entries(attributes).filter(
    ([name, value]) => Object.hasOwn(registered, name) && isOfType(value, registered[name]!)
  );

function withAttributes(namespace: NamespaceRecord, record: VisibilityRecord) {
  const indexedFields = Object.fromEntries(
    readable(record.searchAttributes, namespace).map(([name, value]) => [
      name,
      attributePayload(value, namespace.searchAttributes[name]),
    ])
  );
  return { ...executionInfo(record), searchAttributes: { indexedFields } };
}

function readQuery(query: string | null | undefined, namespace: NamespaceRecord): ListFilter {
  try {
    return parseListQuery(query ?? '', namespace.searchAttributes);
  } catch (error) {
    throw error instanceof InvalidQuery ? invalid('query', error.message) : error;
  }
}

/** The filter of a query without groups; null: everything. */
export function queryFilter(query: string | null | undefined, namespace: NamespaceRecord): Filter | null {
  const { filter, groupBy } = readQuery(query, namespace);
  if (groupBy) throw invalid('query', 'GROUP BY is for counts only');
  return filter;
}

interface PageToken {
  startTime: number;
  runKey: number;
}

/** Scan is the same: the order of a list costs nothing here. */
export async function list(
  frontend: Frontend,
  request: workflowservice.IListWorkflowExecutionsRequest,
  caller: Caller
): Promise<workflowservice.IListWorkflowExecutionsResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const filter = queryFilter(request.query, namespace);
  return page(frontend, namespace, restricted(filter, caller), request.pageSize, request.nextPageToken);
}

/** Older methods, which have filters of their own instead of a query. */
export function listOpen(
  frontend: Frontend,
  request: workflowservice.IListOpenWorkflowExecutionsRequest,
  caller: Caller
): Promise<workflowservice.IListOpenWorkflowExecutionsResponse> {
  const isOpen: Filter = { op: '=', field: 'ExecutionStatus', value: STATUS.running };
  return listBy(frontend, request, isOpen, 'StartTime', caller);
}

/**
 * The filter compares the time of the close, although the field is named differently. The Temporal server does the
 * same.
 */
export function listClosed(
  frontend: Frontend,
  request: workflowservice.IListClosedWorkflowExecutionsRequest,
  caller: Caller
): Promise<workflowservice.IListClosedWorkflowExecutionsResponse> {
  const { statusFilter } = request;
  const status = statusFilter?.status;
  const open = status === STATUS.running ? 'Running' : status === PAUSED_STATUS ? 'Paused' : null;
  if (open) throw invalid('status_filter.status', `is ${open}, which no closed run is`);
  if (statusFilter && !status) throw invalid('status_filter.status', 'is not set');
  const isClosed: Filter = { op: status ? '=' : '!=', field: 'ExecutionStatus', value: status || STATUS.running };
  return listBy(frontend, request, isClosed, 'CloseTime', caller);
}

type ListByFilter = Pick<
  workflowservice.IListOpenWorkflowExecutionsRequest,
  'namespace' | 'maximumPageSize' | 'nextPageToken' | 'startTimeFilter' | 'executionFilter' | 'typeFilter'
>;

function listBy(frontend: Frontend, request: ListByFilter, status: Filter, timeField: string, caller: Caller) {
  const namespace = namespaceOf(frontend, request.namespace);
  const { executionFilter, typeFilter, startTimeFilter } = request;
  const of = [status];
  const restrict = (op: '=' | '>=' | '<=', field: string, value: string | null | undefined) => {
    if (value) of.push({ op, field, value });
  };
  restrict('=', 'WorkflowId', executionFilter?.workflowId);
  restrict('=', 'RunId', executionFilter?.runId);
  restrict('=', 'WorkflowType', typeFilter?.name);
  const [earliest, latest] = [iso(startTimeFilter?.earliestTime), iso(startTimeFilter?.latestTime)];
  if (earliest && latest && earliest > latest) throw invalid('start_time_filter', 'earliest_time is after latest_time');
  restrict('>=', timeField, earliest);
  restrict('<=', timeField, latest);
  return page(
    frontend,
    namespace,
    restricted({ op: 'and', of }, caller),
    request.maximumPageSize,
    request.nextPageToken
  );
}

/** A caller whose roles are limited to some flows sees only the runs of those flows. */
function restricted(filter: Filter | null, caller: Caller): Filter | null {
  const visible = visibleTo(caller);
  if (!visible) return filter;
  return filter ? { op: 'and', of: [filter, visible] } : visible;
}

function iso(time: { seconds?: Long | null; nanos?: number | null } | null | undefined): string | null {
  if (!time) return null;
  const ms = timestampMs(time);
  return ms === 0 ? null : new Date(ms).toISOString();
}

async function page(
  frontend: Frontend,
  namespace: NamespaceRecord,
  filter: Filter | null,
  asked: number | null | undefined,
  token: Uint8Array | null | undefined
) {
  const limit = asked && asked > 0 ? Math.min(asked, MAX_PAGE) : MAX_PAGE;
  const after = decodeToken(token);
  const records = await frontend.engine.store.list({ namespace: namespace.name, filter, limit, after });
  const last = records.length === limit ? records.at(-1) : undefined;
  return {
    executions: records.map((record) => withAttributes(namespace, record)),
    nextPageToken: last
      ? new TextEncoder().encode(JSON.stringify({ startTime: last.startTime, runKey: last.runKey }))
      : new Uint8Array(),
  };
}

export async function count(
  frontend: Frontend,
  request: workflowservice.ICountWorkflowExecutionsRequest,
  caller: Caller
): Promise<workflowservice.ICountWorkflowExecutionsResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const { filter, groupBy } = readQuery(request.query, namespace);
  const groups = await frontend.engine.store.count(namespace.name, restricted(filter, caller), groupBy);
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (!groupBy) return { count: Long.fromNumber(total) };
  const STATUS = temporal.api.enums.v1.WorkflowExecutionStatus;
  const nameOf = (value: SearchAttributeValue) =>
    groupBy === 'ExecutionStatus' ? statusName(STATUS[Number(value)] ?? '') : value;
  return {
    count: Long.fromNumber(total),
    groups: groups.map((group) => ({
      count: Long.fromNumber(group.count),
      groupValues: group.key.map((value) => attributePayload(nameOf(value), namespace.searchAttributes[groupBy])),
    })),
  };
}

/** 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT' → 'TimedOut'. */
function statusName(name: string): string {
  return name
    .replace('WORKFLOW_EXECUTION_STATUS_', '')
    .toLowerCase()
    .replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}

function decodeToken(bytes: Uint8Array | null | undefined): PageToken | null {
  if (!bytes?.length) return null;
  try {
    const token = JSON.parse(new TextDecoder().decode(bytes)) as Partial<PageToken>;
    if (Number.isSafeInteger(token.startTime) && Number.isSafeInteger(token.runKey)) return token as PageToken;
  } catch {
    // The token was not created here; it is rejected below.
  }
  throw invalid('next_page_token', 'is not a token of this engine');
}
