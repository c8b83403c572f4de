/**
 * Where this engine answers a request of the `temporal` CLI otherwise than a Temporal server of version 1.29.1, on purpose,
 * and why, beside what differences.ts has ([DIF11], [DIF12]).
 */
import type { Difference } from './compare';
import { finderIn, type Known } from './differences';

/** Entries are 'Method path', as those of differences.ts. */
export const REQUEST_DIFFERENCES: readonly Known[] = [
  // Requests that are answered later, or never: ../service/README.md says why.
  { at: '*RemoteCluster *', reason: 'This server is one cluster.' },
  { at: '*NexusEndpoint* *', reason: 'Nexus is not here.' },
  { at: '*WorkerDeployment* *', reason: 'Deployments of workers come with workers that poll.' },
  { at: '*BuildIdCompatibility *', reason: 'Replaced by deployments; a Temporal server refuses it by a setting.' },
  { at: '*WorkerVersioningRules *', reason: 'The same.' },
  { at: 'GetWorkerTaskReachability *', reason: 'The same.' },
  { at: 'ListTaskQueuePartitions *', reason: 'Queues have no partitions here.' },
  { at: 'RespondActivityTask*ById *', reason: 'Comes with workers that poll.' },
  { at: 'UpdateWorkflowExecutionOptions *', reason: 'Versions of workers come with workers that poll.' },
  { at: 'ResetWorkflowExecution *', reason: 'The same, as a part of a reset.' },
  // Answers.
  { at: '*customSearchAttributeAliases', reason: 'Columns of a SQL database, which attributes do not need here.' },
  { at: 'ListNamespaces namespaces.1', reason: 'A Temporal server has a namespace of its own.' },
  { at: '*config.workflowExecutionRetentionTtl', reason: 'The first namespace keeps its runs for ever.' },
  {
    at: '*replicationConfig.*',
    reason: 'The cluster has the name of the product; all namespaces have the same fields.',
  },
  { at: '*namespaceInfo.*', reason: 'A capability is true when the part is there.' },
  { at: 'GetSystemInfo capabilities.*', reason: 'The same.' },
  { at: 'DeleteNamespace deletedNamespace', reason: 'The name is free when all is deleted, not at once.' },
  { at: '*lusterName', reason: 'The cluster has the name of the product.' },
  { at: 'ListClusters clusters.0.*ddress', reason: 'Whoever asks this cluster knows its address.' },
  { at: 'GetClusterInfo *Store', reason: 'The store is PostgreSQL; that of the recording is SQLite.' },
  {
    at: 'GetWorkflowExecutionHistory history.events.*',
    reason:
      'The task that a reset fails, which no worker has seen, is written as other tasks; the next one is scheduled with the next thing that happens.',
  },
  {
    at: 'ListWorkflowExecutions *.searchAttributes',
    reason: 'A run that was reset names the run that has its effects.',
  },
  {
    at: 'GetWorkflowExecutionHistory outcome',
    reason: 'A poll without news ends after 20 seconds; on a Temporal server shortly before the deadline of who asks.',
  },
  { at: 'ListBatchOperations *.operationType', reason: 'The list says what each operation does, as on later servers.' },
];

const find = finderIn(REQUEST_DIFFERENCES);

export const isKnownOfRequest = (method: string, { path }: Difference): Known | undefined => find(`${method} ${path}`);
