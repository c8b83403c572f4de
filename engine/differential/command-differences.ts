/**
 * Where a command of the `temporal` CLI prints something else of this engine than of a Temporal server of version 1.29.1,
 * on purpose, and why ([DIF8], [DIF9]).
 */
import type { Printed } from './cli';
import { compare, type Difference } from './compare';
import { finderIn, type Known } from './differences';

/** Entries are 'command path', as those of differences.ts. */
export const COMMAND_DIFFERENCES: readonly Known[] = [
  // Commands that end otherwise.
  { at: 'task-queue list-partition *', reason: 'Queues have no partitions here.' },
  { at: 'worker deployment * code', reason: 'Deployments of workers come with workers that poll.' },
  { at: 'operator nexus endpoint * code', reason: 'Nexus is not here.' },
  // Output.
  { at: 'operator namespace list 1', reason: 'A Temporal server has a namespace of its own.' },
  { at: '*customSearchAttributeAliases', reason: 'Columns of a SQL database, which attributes do not need here.' },
  { at: '*default config.workflowExecutionRetentionTtl', reason: 'The first namespace keeps its runs for ever.' },
  { at: '*list 0.config.workflowExecutionRetentionTtl', reason: 'The same.' },
  { at: '*replicationConfig.state', reason: 'Namespaces have the same fields, however they were made.' },
  {
    at: '*namespaceInfo.*',
    reason: 'Tasks given to the starter come with workers that poll; schedules are not announced yet.',
  },
  { at: 'operator cluster list 0.*ddress', reason: 'Whoever asks this cluster knows its address.' },
  { at: '*clusterName', reason: 'The cluster has the name of the product.' },
  { at: '*ClusterName', reason: 'The same.' },
  { at: '*Store', reason: 'The store is PostgreSQL; that of the recording is SQLite.' },
  { at: '*capabilities.*', reason: 'A capability is true when the part is there.' },
  { at: 'operator namespace delete * deletedNamespace', reason: 'The name is free when all is deleted, not at once.' },
  { at: '*systemAttributes.B*', reason: 'What published flows write; names that nothing has used since version 1.20.' },
  { at: '*systemAttributes.Saga*', reason: 'What flows write of their sagas.' },
  {
    at: '*systemAttributes.Temporal*',
    reason: 'Those of versions of workers that poll; that of problems is of later servers.',
  },
  { at: '*firstRunId', reason: 'Added to the answer after version 1.29.' },
  {
    at: '*runExpirationTime',
    reason: 'A run without a timeout has no such time; a Temporal server answers with the year 1.',
  },
  {
    at: '*pendingWorkflowTask',
    reason: 'A closed run has no pending task; a Temporal server still shows the last one.',
  },
  {
    at: 'workflow show * events.*.workflowTask*EventAttributes.*',
    reason:
      'The attributes of the task that a reset fails, which no worker has seen, are written as those of other tasks.',
  },
  {
    at: 'workflow show --workflow-id w1 events.*',
    reason:
      'After a reset the next task is scheduled with the next thing that happens to the run, if nobody serves its queue.',
  },
  { at: 'workflow list * *.searchAttributes', reason: 'A run that was reset names the run that has its effects.' },
];

export function differencesOf(recorded: Printed, here: Printed): Difference[] {
  if (recorded.code !== here.code) {
    const words = ({ code, says }: Printed) => `exit code ${code}${says === undefined ? '' : `: ${says}`}`;
    return [{ path: 'code', recorded: words(recorded), here: words(here) }];
  }
  return compare({ ok: recorded.out }, { ok: here.out });
}

const find = finderIn(COMMAND_DIFFERENCES);

/** `name`: of the recording, whose number is not part of what the list names. */
export const isKnownOfCommand = (name: string, { path }: Difference): Known | undefined => {
  return find(`${name.replace(/^\d+ /, '')} ${path}`);
};
