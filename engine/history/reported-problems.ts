/**
 * The mark in lists for a run whose workflow tasks keep failing, because only a person can help then. As on a
 * Temporal server it is the search attribute `TemporalReportedProblems`, which is not in any event and is removed by
 * the next task that completes.
 */
import { temporal } from '../proto';
import type { RunState } from './api';
import { STATUS } from '../run-name';

const Causes = temporal.api.enums.v1.WorkflowTaskFailedCause;

export const REPORTED_PROBLEMS = 'TemporalReportedProblems';
/** The number of failures in a row from which on it is reported. */
export const REPORTED_FROM = 3;

/** The attribute's value, null for none. */
export function reportedProblems(state: RunState): string[] | null {
  const { status, failedWorkflowTasks, lastWorkflowTaskFailure: last } = state;
  if (status !== STATUS.running || failedWorkflowTasks < REPORTED_FROM || !last) return null;
  const timedOut = Boolean(last.failure?.timeoutFailureInfo);
  const name = (Causes[last.cause] ?? 'UNSPECIFIED').replace('WORKFLOW_TASK_FAILED_CAUSE_', '').toLowerCase();
  const cause = name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  return [
    `category=${timedOut ? 'WorkflowTaskTimedOut' : 'WorkflowTaskFailed'}`,
    `cause=WorkflowTaskFailedCause${cause}`,
  ];
}
