/** Lists and counts. */
import { defaultPayloadConverter } from '@temporalio/common';
import Long from 'long';
import { temporal } from '../../proto';
import type { NamespaceRecord, SearchAttributeValue, VisibilityRecord } from '../../store/port';
import { invalid } from '../errors';
import { parseListQuery } from '../visibility/filter';
import { namespaceOf, type Frontend } from './context';
import type { workflowservice } from './requests';

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

export function timestamp(ms: number): { seconds: Long; nanos: number } {
  return { seconds: Long.fromNumber(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 };
}

export function executionInfo(record: VisibilityRecord): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  return {
    execution: { workflowId: record.workflowId, runId: record.runId },
    type: { name: record.workflowType },
    startTime: timestamp(record.startTime),
    executionTime: timestamp(record.startTime),
    closeTime: record.closeTime === null ? null : timestamp(record.closeTime),
    status: record.status,
    historyLength: Long.fromNumber(record.historyLength),
    memo: temporal.api.common.v1.Memo.decode(record.memo),
    taskQueue: record.taskQueue,
    firstRunId: record.firstRunId,
  };
}

const TYPE_NAMES = ['', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

function attributePayload(value: SearchAttributeValue, type: number): temporal.api.common.v1.IPayload {
  const payload = defaultPayloadConverter.toPayload(value) as temporal.api.common.v1.IPayload;
  return { ...payload, metadata: { ...payload.metadata, type: Buffer.from(TYPE_NAMES[type] ?? '') } };
}

function withAttributes(namespace: NamespaceRecord, record: VisibilityRecord) {
  const indexedFields = Object.fromEntries(
    Object.entries(record.searchAttributes).map(([name, value]) => [
      name,
      attributePayload(value, namespace.searchAttributes[name] ?? 2),
    ])
  );
  return { ...executionInfo(record), searchAttributes: { indexedFields } };
}

interface PageToken {
  startTime: number;
  runKey: number;
}

export async function list(
  frontend: Frontend,
  request: workflowservice.IListWorkflowExecutionsRequest
): Promise<workflowservice.IListWorkflowExecutionsResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const { filter, groupBy } = parseListQuery(request.query ?? '', namespace.searchAttributes);
  if (groupBy) throw invalid('query', 'GROUP BY is for counts only');
  if (request.pageSize && request.pageSize < 0) throw invalid('page_size', 'is negative');
  const limit = Math.min(request.pageSize || DEFAULT_PAGE, MAX_PAGE);
  const after = decodeToken(request.nextPageToken);
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
  request: workflowservice.ICountWorkflowExecutionsRequest
): Promise<workflowservice.ICountWorkflowExecutionsResponse> {
  const namespace = namespaceOf(frontend, request.namespace);
  const { filter, groupBy } = parseListQuery(request.query ?? '', namespace.searchAttributes);
  const groups = await frontend.engine.store.count(namespace.name, filter, groupBy);
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (!groupBy) return { count: Long.fromNumber(total) };
  const STATUS = temporal.api.enums.v1.WorkflowExecutionStatus;
  const nameOf = (value: SearchAttributeValue) =>
    groupBy === 'ExecutionStatus' ? statusName(STATUS[Number(value)] ?? '') : value;
  return {
    count: Long.fromNumber(total),
    groups: groups.map((group) => ({
      count: Long.fromNumber(group.count),
      groupValues: group.key.map((value) => attributePayload(nameOf(value), namespace.searchAttributes[groupBy] ?? 2)),
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
    // Not ours: refused below.
  }
  throw invalid('next_page_token', 'is not a token of this engine');
}
