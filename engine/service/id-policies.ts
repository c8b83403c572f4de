/** What a start does when there is a run with its workflow id, as a Temporal server decides it. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { TerminateRequest } from '../history';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import { alreadyStarted } from './errors';
import type { Run } from './run';

const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporal.api.enums.v1;

/** As a Temporal server (service/history/api/workflow_id_dedup.go). */
export const replacedBy = (runId: string): TerminateRequest => ({
  reason: 'TerminateIfRunning WorkflowIdReusePolicy',
  details: { payloads: [defaultPayloadConverter.toPayload(`terminated by new runID: ${runId}`)] },
  identity: 'history-service',
});

export interface Policies {
  reuse: number;
  conflict: number;
}

/**
 * What a start does if there is already a run with its id: nothing, because it made that run itself; use that run,
 * create the next one, or end it and create the next one. Throws if the policies do not allow it.
 */
export function judge(
  current: Run,
  requestId: string,
  { reuse, conflict }: Policies
): 'repeated' | 'use' | 'create' | 'replace' {
  const { state } = current;
  if (requestId && state.startRequestId === requestId) return 'repeated';
  if (current.isOpen) {
    if (conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING) return 'replace';
    if (conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) return 'use';
    const message = `Workflow execution is already running. WorkflowId: ${state.workflowId}, RunId: ${state.runId}.`;
    throw alreadyStarted(message, state.runId, state.startRequestId);
  }
  const completed = state.status === STATUS.completed;
  const refuses =
    reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE ||
    (reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY && completed);
  if (!refuses) return 'create';
  const message = `Workflow execution already finished${completed ? ' successfully' : ''}. WorkflowId: ${state.workflowId}, RunId: ${state.runId}. Workflow Id reuse policy refuses another.`;
  throw alreadyStarted(message, state.runId, state.startRequestId);
}
