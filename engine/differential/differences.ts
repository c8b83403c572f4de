/**
 * Where this engine answers otherwise than a Temporal server of version 1.29.1, on purpose, and why. Nothing else may
 * differ ([DIF4]), and each of these is seen in a scenario ([DIF5]). The first part of the list is about rules of this
 * engine, and is in ../service/README.md too; the second about parts that come later; the third about details.
 */
import type { Difference } from './compare';

export interface Known {
  /** 'scenario Method path'; each may have `*` for any characters. A path is that of compare.ts. */
  at: string;
  reason: string;
}

const RULES: readonly Known[] = [
  {
    at: 'history-pages GetWorkflowExecutionHistory* *',
    reason: 'A page has at most as many events as were asked for; a Temporal server adds the rest of the last write.',
  },
  {
    at: 'namespace-refused RegisterNamespace outcome',
    reason: 'A namespace without a retention period gets the usual one; a Temporal server refuses the request.',
  },
  {
    at: 'addressed-to-a-long-id * *',
    reason: 'An id that no run can have is refused by name; a Temporal server looks for it.',
  },
  {
    at: 'update-refused PollWorkflowExecutionUpdate *',
    reason: 'The same for an update without an id.',
  },
  {
    at: 'list-pages * error',
    reason: 'A page token that was made up is INVALID_ARGUMENT; a Temporal server answers UNKNOWN.',
  },
];

const LATER: readonly Known[] = [
  { at: 'system-info GetSystemInfo capabilities.*', reason: 'A capability is true when the part is there.' },
  { at: '* DescribeNamespace namespaceInfo.*', reason: 'The same: schedules, and tasks given to the starter.' },
  { at: 'start-with-an-eager-task * *', reason: 'Tasks are given to the starter with workers that poll.' },
  { at: '* DescribeTaskQueue *', reason: 'Versions of queues come with workers that poll; rates are measured.' },
  { at: '* keys.Temporal*', reason: 'Search attributes of schedules and of versions of workers that poll.' },
  { at: '* ListSearchAttributes systemAttributes.Temporal*', reason: 'The same.' },
];

const DETAILS: readonly Known[] = [
  { at: '* firstExecutionRunId', reason: 'Added to the answer after version 1.29.' },
  { at: '* executions.*.firstRunId', reason: 'Added to the answer after version 1.29.' },
  {
    at: '* DescribeWorkflowExecution workflowExtendedInfo.runExpirationTime',
    reason: 'A run without a timeout has no such time; a Temporal server answers with the first day of the year 1.',
  },
  {
    at: '* DescribeWorkflowExecution pendingWorkflowTask',
    reason: 'A closed run has no pending task; a Temporal server still shows the last one.',
  },
  {
    at: '* GetWorkflowExecutionHistory* history.events.*.workflowExecutionSignaledEventAttributes.requestId',
    reason: 'A signal has its request id in its event, as on later servers, so that repeats are found after a restart.',
  },
  {
    at: 'on-conflict-* StartWorkflowExecution link.workflowEvent.*',
    reason: 'The link names the event of the attached request, as on later servers.',
  },
  { at: '* ListSearchAttributes systemAttributes.Batcher*', reason: 'Names that nothing has used since version 1.20.' },
  { at: '* ListSearchAttributes systemAttributes.BinaryChecksums', reason: 'The same: replaced by BuildIds.' },
  { at: '* GetSearchAttributes keys.B*', reason: 'The same, and columns of a SQL database.' },
  { at: '* GetSearchAttributes keys.*0*', reason: 'Columns of a SQL database, which attributes do not need here.' },
  { at: '* ListSearchAttributes systemAttributes.Saga*', reason: 'What flows write of their sagas.' },
  { at: '* ListSearchAttributes systemAttributes.Backstitch*', reason: 'What published flows write.' },
  { at: '* GetSearchAttributes keys.Saga*', reason: 'What flows write of their sagas.' },
  { at: 'cluster-info GetClusterInfo *Store', reason: 'The store is PostgreSQL; that of the recording is SQLite.' },
  { at: 'cluster-info GetClusterInfo clusterName', reason: 'The cluster has the name of the product.' },
  { at: '* DescribeNamespace replicationConfig.*', reason: 'The same name.' },
];

export const DIFFERENCES: readonly Known[] = [...RULES, ...LATER, ...DETAILS];

/** Finds the entry of a list for a place. */
export function finderIn(list: readonly Known[]): (place: string) => Known | undefined {
  const patterns = list.map((known) => ({
    known,
    pattern: new RegExp(`^${known.at.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`),
  }));
  return (place) => patterns.find(({ pattern }) => pattern.test(place))?.known;
}

const find = finderIn(DIFFERENCES);

/** The entry of the list that a difference belongs to. */
export const isKnown = (scenario: string, method: string, { path }: Difference): Known | undefined =>
  find(`${scenario} ${method} ${path}`);
