/** Information about the engine, and its namespaces. */
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { temporal } from '../../proto';
import type { NamespaceRecord } from '../../store/port';
import { invalid, ServiceError } from '../errors';
import { namespaceOf, requireId, type Frontend } from './context';
import type { workflowservice } from './requests';

const { IndexedValueType: Type, NamespaceState } = temporal.api.enums.v1;
const VERSION = '1.29.0';
const DAY_SECONDS = 86_400;
const DEFAULT_RETENTION_DAYS = 30;

/** Registered on every namespace. */
export const SEARCH_ATTRIBUTES: Record<string, number> = {
  SagaPhase: Type.INDEXED_VALUE_TYPE_KEYWORD,
  SagaStanding: Type.INDEXED_VALUE_TYPE_INT,
  SagaLateAnswers: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  BackstitchFlow: Type.INDEXED_VALUE_TYPE_KEYWORD,
  BackstitchVersion: Type.INDEXED_VALUE_TYPE_INT,
  TemporalChangeVersion: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  TemporalReportedProblems: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  BuildIds: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

export function newNamespace(name: string, description = '', retentionDays = DEFAULT_RETENTION_DAYS): NamespaceRecord {
  return { name, id: randomUUID(), description, retentionDays, searchAttributes: SEARCH_ATTRIBUTES };
}

/** Only the capabilities that exist; SDKs work without the others. */
export function getSystemInfo(): workflowservice.IGetSystemInfoResponse {
  return {
    serverVersion: VERSION,
    capabilities: {
      signalAndQueryHeader: true,
      internalErrorDifferentiation: true,
      activityFailureIncludeHeartbeat: true,
      encodedFailureAttributes: true,
      upsertMemo: true,
      sdkMetadata: true,
      countGroupByExecutionStatus: true,
    },
  };
}

export function getClusterInfo(): workflowservice.IGetClusterInfoResponse {
  return { serverVersion: VERSION, clusterName: 'backstitch', historyShardCount: 1, persistenceStore: 'postgres' };
}

export function describeNamespace(
  frontend: Frontend,
  request: workflowservice.IDescribeNamespaceRequest
): workflowservice.IDescribeNamespaceResponse {
  const byId = request.id ? [...frontend.namespaces.values()].find((namespace) => namespace.id === request.id) : null;
  return describeRecord(byId ?? namespaceOf(frontend, request.namespace));
}

export function listNamespaces(frontend: Frontend): workflowservice.IListNamespacesResponse {
  return { namespaces: [...frontend.namespaces.values()].map(describeRecord) };
}

export async function registerNamespace(
  frontend: Frontend,
  request: workflowservice.IRegisterNamespaceRequest
): Promise<workflowservice.IRegisterNamespaceResponse> {
  const name = requireId('namespace', request.namespace);
  if (frontend.namespaces.has(name)) {
    throw new ServiceError(status.ALREADY_EXISTS, `Namespace ${name} already exists.`, {
      type: 'NamespaceAlreadyExistsFailure',
      value: temporal.api.errordetails.v1.NamespaceAlreadyExistsFailure.encode({}).finish(),
    });
  }
  const seconds = Number(request.workflowExecutionRetentionPeriod?.seconds ?? DEFAULT_RETENTION_DAYS * DAY_SECONDS);
  if (seconds < DAY_SECONDS) throw invalid('workflow_execution_retention_period', 'is less than a day');
  const record = newNamespace(name, request.description ?? '', Math.round(seconds / DAY_SECONDS));
  await frontend.engine.store.writeNamespace(record);
  frontend.namespaces.set(name, record);
  return {};
}

export function getSearchAttributes(): workflowservice.IGetSearchAttributesResponse {
  return { keys: SEARCH_ATTRIBUTES };
}

function describeRecord(record: NamespaceRecord): workflowservice.IDescribeNamespaceResponse {
  return {
    namespaceInfo: {
      name: record.name,
      id: record.id,
      description: record.description,
      state: NamespaceState.NAMESPACE_STATE_REGISTERED,
      capabilities: {},
    },
    config: { workflowExecutionRetentionTtl: { seconds: Long.fromNumber(record.retentionDays * DAY_SECONDS) } },
    replicationConfig: { activeClusterName: 'backstitch', clusters: [{ clusterName: 'backstitch' }] },
  };
}
