/** The fields of requests that read runs, namespaces and task queues, and of RegisterNamespace. */
import { honoured, ignored, notYet, refused, stored, type Fields } from './fate';
import { EXECUTION, WORKER_VERSIONING } from './messages';

export const DESCRIBE: Fields = { namespace: honoured, execution: EXECUTION };

const PAGE: Fields = { maximumPageSize: honoured, nextPageToken: honoured };

export const HISTORY_REVERSE: Fields = { namespace: honoured, execution: EXECUTION, ...PAGE };

export const HISTORY: Fields = {
  ...HISTORY_REVERSE,
  waitNewEvent: honoured,
  historyEventFilterType: honoured,
  skipArchival: ignored('there is no archive to be skipped', 'service/frontend/workflow_handler.go'),
};

export const LIST: Fields = { namespace: honoured, pageSize: honoured, nextPageToken: honoured, query: honoured };
export const COUNT: Fields = { namespace: honoured, query: honoured };

export const LIST_OPEN: Fields = {
  namespace: honoured,
  ...PAGE,
  startTimeFilter: { earliestTime: honoured, latestTime: honoured },
  executionFilter: { workflowId: honoured, runId: honoured },
  typeFilter: { name: honoured },
};
export const LIST_CLOSED: Fields = { ...LIST_OPEN, statusFilter: { status: honoured } };

export const DESCRIBE_NAMESPACE: Fields = {
  namespace: honoured,
  id: honoured,
  weakConsistency: ignored(
    'newer than this version; every answer is consistent',
    'service/frontend/namespace_handler.go'
  ),
};

export const LIST_NAMESPACES: Fields = {
  pageSize: honoured,
  nextPageToken: honoured,
  namespaceFilter: { includeDeleted: honoured },
};

const NO_ARCHIVE = ignored('not read where the cluster has no archive', 'service/frontend/namespace_handler.go');

export const REGISTER_NAMESPACE: Fields = {
  namespace: honoured,
  description: stored('namespace.namespaceInfo.description'),
  ownerEmail: stored('namespace.namespaceInfo.ownerEmail'),
  workflowExecutionRetentionPeriod: stored('namespace.config.workflowExecutionRetentionTtl'),
  clusters: { clusterName: honoured },
  activeClusterName: honoured,
  data: stored('namespace.namespaceInfo.data'),
  securityToken: ignored('it is not read', 'service/frontend/namespace_handler.go'),
  isGlobalNamespace: refused('this server is one cluster, which has no global namespaces'),
  historyArchivalState: NO_ARCHIVE,
  historyArchivalUri: NO_ARCHIVE,
  visibilityArchivalState: NO_ARCHIVE,
  visibilityArchivalUri: NO_ARCHIVE,
};

const UNREAD = ignored('it is not read', 'service/frontend/namespace_handler.go');
const IS_ONE_CLUSTER = refused('this server is one cluster, which has no global namespaces');
const NO_BINARIES = notYet('bad binaries are those of workers that poll, which this engine does not serve');

export const UPDATE_NAMESPACE: Fields = {
  namespace: honoured,
  updateInfo: {
    description: stored('namespace.namespaceInfo.description'),
    ownerEmail: stored('namespace.namespaceInfo.ownerEmail'),
    data: stored('namespace.namespaceInfo.data'),
    state: honoured,
  },
  config: {
    workflowExecutionRetentionTtl: stored('namespace.config.workflowExecutionRetentionTtl'),
    badBinaries: NO_BINARIES,
    historyArchivalState: NO_ARCHIVE,
    historyArchivalUri: NO_ARCHIVE,
    visibilityArchivalState: NO_ARCHIVE,
    visibilityArchivalUri: NO_ARCHIVE,
    customSearchAttributeAliases: notYet('search attributes have no columns that would need other names'),
  },
  replicationConfig: {
    activeClusterName: honoured,
    clusters: { clusterName: honoured },
    state: IS_ONE_CLUSTER,
  },
  securityToken: UNREAD,
  deleteBadBinary: NO_BINARIES,
  promoteNamespace: IS_ONE_CLUSTER,
};

export const DEPRECATE_NAMESPACE: Fields = { namespace: honoured, securityToken: UNREAD };

export const DESCRIBE_TASK_QUEUE: Fields = {
  namespace: honoured,
  taskQueue: {
    name: honoured,
    kind: honoured,
    normalName: ignored('it only finds the partition of a sticky queue', 'common/tqid/task_queue_validator.go'),
  },
  taskQueueType: honoured,
  reportStats: honoured,
  // No queue has a configuration: UpdateTaskQueueConfig is not implemented.
  reportConfig: honoured,
  includeTaskQueueStatus: honoured,
  apiMode: honoured,
  versions: { buildIds: WORKER_VERSIONING, unversioned: honoured, allActive: honoured },
  taskQueueTypes: honoured,
  reportPollers: honoured,
  reportTaskReachability: honoured,
};
