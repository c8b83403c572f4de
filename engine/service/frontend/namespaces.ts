/** Information about the engine, and its namespaces. */
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import Long from 'long';
import { temporal, type google } from '../../proto';
import { durationMs } from '../../proto-time';
import type { NamespaceRecord } from '../../store/port';
import { SYSTEM_ATTRIBUTES } from '../../visibility/fields';
import { invalid, namespaceNotFound, ServiceError } from '../errors';
import { namespaceOf, requireKey, type Frontend } from './context';
import type { workflowservice } from './requests';

const { ArchivalState, IndexedValueType: Type, NamespaceState, ReplicationState } = temporal.api.enums.v1;
const VERSION = '1.29.1';
const CLUSTER = 'backstitch';
const DAY_SECONDS = 86_400;
const DEFAULT_RETENTION_DAYS = 30;

/** Registered on every namespace. */
export const SEARCH_ATTRIBUTES: Record<string, number> = {
  SagaPhase: Type.INDEXED_VALUE_TYPE_KEYWORD,
  SagaStanding: Type.INDEXED_VALUE_TYPE_INT,
  SagaLateAnswers: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  SagaPassedOn: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  SagaAttention: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  SagaAttentionSince: Type.INDEXED_VALUE_TYPE_DATETIME,
  SagaError: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  SagaErrorText: Type.INDEXED_VALUE_TYPE_TEXT,
  SagaFailedAt: Type.INDEXED_VALUE_TYPE_KEYWORD,
  SagaRetriesAt: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  SagaWaitsAt: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  BackstitchFlow: Type.INDEXED_VALUE_TYPE_KEYWORD,
  BackstitchVersion: Type.INDEXED_VALUE_TYPE_INT,
  TemporalChangeVersion: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  TemporalScheduledById: Type.INDEXED_VALUE_TYPE_KEYWORD,
  TemporalScheduledStartTime: Type.INDEXED_VALUE_TYPE_DATETIME,
  TemporalSchedulePaused: Type.INDEXED_VALUE_TYPE_BOOL,
  TemporalReportedProblems: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  TemporalPauseInfo: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  BuildIds: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

export function newNamespace(name: string, more: Partial<NamespaceRecord> = {}): NamespaceRecord {
  return {
    name,
    id: randomUUID(),
    description: '',
    ownerEmail: '',
    data: {},
    retentionDays: DEFAULT_RETENTION_DAYS,
    retentionEnforced: false,
    isDeprecated: false,
    removeAt: null,
    searchAttributes: SEARCH_ATTRIBUTES,
    ...more,
  };
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

/** As a Temporal server (common/headers/version_checker.go). */
const SUPPORTED_CLIENTS = {
  'temporal-go': '<2.0.0',
  'temporal-java': '<2.0.0',
  'temporal-php': '<2.0.0',
  'temporal-typescript': '<2.0.0',
  'temporal-cli': '<2.0.0',
  'temporal-server': '<2.0.0',
  'temporal-ui': '<3.0.0',
  'Nexus-go-sdk': '<2.0.0',
};

/** As a cluster without replicas has it. */
const FAILOVER_VERSIONS = { failoverVersionIncrement: Long.fromNumber(10), initialFailoverVersion: Long.fromNumber(1) };

export function getClusterInfo(frontend: Frontend): workflowservice.IGetClusterInfoResponse {
  return {
    supportedClients: SUPPORTED_CLIENTS,
    serverVersion: VERSION,
    // Of this installation: its first namespace remains as long as its database.
    clusterId: frontend.namespaces.values().next().value?.id,
    clusterName: CLUSTER,
    ...FAILOVER_VERSIONS,
    historyShardCount: 1,
    persistenceStore: 'postgres',
    visibilityStore: 'postgres',
  };
}

/** This one: there are no others, so a page token can only be made up. Its address is the caller's business. */
export function listClusters(
  frontend: Frontend,
  { nextPageToken }: temporal.api.operatorservice.v1.IListClustersRequest
): temporal.api.operatorservice.v1.IListClustersResponse {
  if (nextPageToken?.length) throw invalid('next_page_token', 'there is no such page');
  const { clusterName, clusterId, historyShardCount } = getClusterInfo(frontend);
  const { initialFailoverVersion } = FAILOVER_VERSIONS;
  const own = { clusterName, clusterId, historyShardCount, initialFailoverVersion, isConnectionEnabled: true };
  return { clusters: [own] };
}

export function describeNamespace(
  frontend: Frontend,
  request: workflowservice.IDescribeNamespaceRequest
): workflowservice.IDescribeNamespaceResponse {
  const { id, namespace } = request;
  if (!id) return describeRecord(namespaceOf(frontend, namespace));
  if (namespace) throw invalid('id', 'a namespace is described by its name or by its id, not by both');
  const byId = [...frontend.namespaces.values()].find((record) => record.id === id);
  if (!byId) throw namespaceNotFound(id);
  return describeRecord(byId);
}

const NAMESPACES_PAGE = 100;

/** In the order of their names. The token is the last name of the page before. */
export function listNamespaces(
  frontend: Frontend,
  { pageSize, nextPageToken, namespaceFilter }: workflowservice.IListNamespacesRequest
): workflowservice.IListNamespacesResponse {
  const after = nextPageToken?.length ? new TextDecoder().decode(nextPageToken) : '';
  const records = [...frontend.namespaces.values()]
    .filter(({ name, removeAt }) => name > after && (removeAt === null || namespaceFilter?.includeDeleted))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const page = records.slice(0, pageSize && pageSize > 0 ? pageSize : NAMESPACES_PAGE);
  const next = page.length < records.length ? page.at(-1)!.name : '';
  return { namespaces: page.map(describeRecord), nextPageToken: new TextEncoder().encode(next) };
}

export async function registerNamespace(
  frontend: Frontend,
  request: workflowservice.IRegisterNamespaceRequest
): Promise<workflowservice.IRegisterNamespaceResponse> {
  const name = requireKey('namespace', request.namespace);
  const known = frontend.namespaces.get(name);
  if (known) {
    const message =
      known.removeAt === null ? 'already exists.' : 'is being deleted. Its name is free when that is done.';
    throw new ServiceError(status.ALREADY_EXISTS, `Namespace ${name} ${message}`, {
      type: 'NamespaceAlreadyExistsFailure',
      value: temporal.api.errordetails.v1.NamespaceAlreadyExistsFailure.encode({}).finish(),
    });
  }
  demandThisCluster(request);
  const period = request.workflowExecutionRetentionPeriod;
  const retentionDays = period ? daysOf('workflow_execution_retention_period', period) : DEFAULT_RETENTION_DAYS;
  const record = newNamespace(name, {
    description: request.description ?? '',
    ownerEmail: request.ownerEmail ?? '',
    data: { ...request.data },
    retentionDays,
    retentionEnforced: Boolean(period),
  });
  await write(frontend, record);
  return {};
}

async function write(frontend: Frontend, record: NamespaceRecord): Promise<void> {
  await frontend.engine.store.writeNamespace(record);
  frontend.namespaces.set(record.name, record);
  frontend.namespaceChanged();
}

/** One change of a namespace at a time; others see it once it is durable. The same record is not written again. */
export async function changeNamespace(
  frontend: Frontend,
  named: string | null | undefined,
  change: (before: NamespaceRecord) => NamespaceRecord | Promise<NamespaceRecord>
): Promise<NamespaceRecord> {
  const { name } = namespaceOf(frontend, named);
  return frontend.engine.exclusively(`namespace ${name}`, async () => {
    const before = namespaceOf(frontend, name);
    const changed = await change(before);
    if (changed !== before) await write(frontend, changed);
    return changed;
  });
}

/** Throws for a namespace in which nothing is started any more (common/rpc/interceptor/namespace_validator.go). */
export function demandRegistered(frontend: Frontend, named: string | null | undefined): void {
  const { name, isDeprecated } = namespaceOf(frontend, named);
  if (!isDeprecated) return;
  const detail = temporal.api.errordetails.v1.NamespaceInvalidStateFailure.encode({
    namespace: name,
    state: NamespaceState.NAMESPACE_STATE_DEPRECATED,
    allowedStates: [NamespaceState.NAMESPACE_STATE_REGISTERED],
  });
  throw new ServiceError(status.FAILED_PRECONDITION, 'Namespace has invalid state: Deprecated. Must be Registered.', {
    type: 'NamespaceInvalidStateFailure',
    value: detail.finish(),
  });
}

/** As a Temporal server of one cluster. */
function demandThisCluster({
  activeClusterName,
  clusters,
}: Pick<workflowservice.IRegisterNamespaceRequest, 'activeClusterName' | 'clusters'>): void {
  const named = [activeClusterName, ...(clusters ?? []).map(({ clusterName }) => clusterName)];
  const other = named.find((cluster) => cluster && cluster !== CLUSTER);
  if (other) throw invalid('clusters', `'${other}' is not this cluster, whose name is '${CLUSTER}'`);
}

const LONGEST_DAYS = 36_500;

/** Whole days: runs are removed by the day. */
function daysOf(field: string, period: google.protobuf.IDuration): number {
  const days = Math.round(durationMs(period) / (DAY_SECONDS * 1_000));
  if (durationMs(period) < DAY_SECONDS * 1_000) throw invalid(field, 'is less than a day');
  if (days > LONGEST_DAYS) throw invalid(field, `is longer than ${LONGEST_DAYS} days`);
  return days;
}

/**
 * As service/frontend/namespace_handler.go, where texts that are not set stay as they are and data are merged. A period
 * that is set is enforced from now on; one of 0, which a Temporal server refuses, keeps runs for ever.
 */
export async function updateNamespace(
  frontend: Frontend,
  request: workflowservice.IUpdateNamespaceRequest
): Promise<workflowservice.IUpdateNamespaceResponse> {
  const { updateInfo, config, replicationConfig } = request;
  const isToBeDeprecated = stateAsked(updateInfo?.state);
  const period = config?.workflowExecutionRetentionTtl;
  const isForEver = period && durationMs(period) === 0;
  const days = period && !isForEver ? daysOf('config.workflow_execution_retention_ttl', period) : null;
  if (replicationConfig) demandThisCluster(replicationConfig);
  const record = await changeNamespace(frontend, request.namespace, (before) => {
    if (before.isDeprecated && updateInfo?.state === NamespaceState.NAMESPACE_STATE_REGISTERED)
      throw invalid('update_info.state', 'Invalid namespace state update.');
    return {
      ...before,
      description: updateInfo?.description || before.description,
      ownerEmail: updateInfo?.ownerEmail || before.ownerEmail,
      data: { ...before.data, ...updateInfo?.data },
      isDeprecated: before.isDeprecated || isToBeDeprecated,
      ...(isForEver ? { retentionEnforced: false } : {}),
      ...(days === null ? {} : { retentionEnforced: true, retentionDays: days }),
    };
  });
  return { ...describeRecord(record), failoverVersion: Long.ZERO, isGlobalNamespace: false };
}

/** True if the namespace is to be deprecated. */
function stateAsked(state: number | null | undefined): boolean {
  switch (state ?? 0) {
    case NamespaceState.NAMESPACE_STATE_UNSPECIFIED:
    case NamespaceState.NAMESPACE_STATE_REGISTERED:
      return false;
    case NamespaceState.NAMESPACE_STATE_DEPRECATED:
      return true;
    default:
      throw invalid('update_info.state', 'a namespace is deleted with DeleteNamespace of the OperatorService');
  }
}

export async function deprecateNamespace(
  frontend: Frontend,
  request: workflowservice.IDeprecateNamespaceRequest
): Promise<workflowservice.IDeprecateNamespaceResponse> {
  await changeNamespace(frontend, request.namespace, (record) => ({ ...record, isDeprecated: true }));
  return {};
}

/**
 * A Temporal server renames the namespace at once, so that its name is free, and deletes what was in it later
 * (service/worker/deletenamespace). Here nobody finds it any more; what was in it is deleted by namespace-deletions.ts,
 * and then its name is free.
 */
export async function deleteNamespace(
  frontend: Frontend,
  request: temporal.api.operatorservice.v1.IDeleteNamespaceRequest
): Promise<temporal.api.operatorservice.v1.IDeleteNamespaceResponse> {
  const { namespace, namespaceId, namespaceDeleteDelay } = request;
  if (namespace && namespaceId)
    throw invalid('namespace_id', 'a namespace is deleted by its name or by its id, not by both');
  const byId = [...frontend.namespaces.values()].find(({ id, removeAt }) => id === namespaceId && removeAt === null);
  if (namespaceId && !byId) throw namespaceNotFound(namespaceId);
  const { name } = byId ?? namespaceOf(frontend, namespace);
  if (frontend.own.has(name))
    throw new ServiceError(
      status.FAILED_PRECONDITION,
      `Namespace ${name} is protected: flows of this installation run in it, so it cannot be deleted.`
    );
  const delayMs = namespaceDeleteDelay ? durationMs(namespaceDeleteDelay) : 0;
  if (delayMs < 0) throw invalid('namespace_delete_delay', 'is negative');
  await changeNamespace(frontend, name, (before) => ({ ...before, removeAt: frontend.engine.now() + delayMs }));
  return { deletedNamespace: name };
}

export function getSearchAttributes(): workflowservice.IGetSearchAttributesResponse {
  return { keys: { ...SYSTEM_ATTRIBUTES, ...SEARCH_ATTRIBUTES } };
}

function stateOf({ removeAt, isDeprecated }: NamespaceRecord): temporal.api.enums.v1.NamespaceState {
  if (removeAt !== null) return NamespaceState.NAMESPACE_STATE_DELETED;
  return isDeprecated ? NamespaceState.NAMESPACE_STATE_DEPRECATED : NamespaceState.NAMESPACE_STATE_REGISTERED;
}

function describeRecord(record: NamespaceRecord): workflowservice.IDescribeNamespaceResponse {
  return {
    namespaceInfo: {
      name: record.name,
      id: record.id,
      description: record.description,
      ownerEmail: record.ownerEmail,
      data: record.data,
      state: stateOf(record),
      capabilities: { syncUpdate: true, asyncUpdate: true },
    },
    config: {
      // 0: for ever, also for a period of before that was never enforced.
      workflowExecutionRetentionTtl: {
        seconds: Long.fromNumber(record.retentionEnforced ? record.retentionDays * DAY_SECONDS : 0),
      },
      historyArchivalState: ArchivalState.ARCHIVAL_STATE_DISABLED,
      visibilityArchivalState: ArchivalState.ARCHIVAL_STATE_DISABLED,
    },
    replicationConfig: {
      activeClusterName: CLUSTER,
      clusters: [{ clusterName: CLUSTER }],
      state: ReplicationState.REPLICATION_STATE_NORMAL,
    },
  };
}
