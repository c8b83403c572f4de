/** What the library needs to make a run, read from its WorkflowExecutionStarted. */
import { type temporal } from '../../proto';
import type { RunCreation } from '../sandbox/protocol';
import type { WorkflowTaskRun } from '../port';
import { randomnessSeed } from './seed';

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

const milliseconds = (duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(String(duration?.seconds ?? 0)) * 1_000 + Math.floor((duration?.nanos ?? 0) / 1_000_000);

export function runCreation(
  run: WorkflowTaskRun,
  bundleId: string,
  started: Started,
  startTimeMs: number
): RunCreation {
  const optionalMs = (duration: Parameters<typeof milliseconds>[0]) =>
    duration ? milliseconds(duration) || undefined : undefined;
  const originalRunId = started.originalExecutionRunId || run.runId;
  return {
    bundleId,
    randomnessSeed: randomnessSeed(originalRunId),
    info: {
      workflowId: run.workflowId,
      runId: run.runId,
      workflowType: run.workflowType,
      searchAttributes: {},
      typedSearchAttributes: undefined,
      historyLength: 0,
      historySize: 0,
      continueAsNewSuggested: false,
      targetWorkerDeploymentVersionChanged: false,
      taskQueue: run.taskQueue,
      namespace: run.namespace,
      firstExecutionRunId: started.firstExecutionRunId || run.firstRunId,
      originalExecutionRunId: originalRunId,
      continuedFromExecutionRunId: started.continuedExecutionRunId || undefined,
      startTime: new Date(startTimeMs),
      runStartTime: new Date(startTimeMs),
      executionTimeoutMs: optionalMs(started.workflowExecutionTimeout),
      executionExpirationTime: started.workflowExecutionExpirationTime
        ? new Date(milliseconds(started.workflowExecutionExpirationTime))
        : undefined,
      runTimeoutMs: optionalMs(started.workflowRunTimeout),
      taskTimeoutMs: milliseconds(started.workflowTaskTimeout),
      retryPolicy: started.retryPolicy
        ? {
            initialInterval: milliseconds(started.retryPolicy.initialInterval),
            backoffCoefficient: started.retryPolicy.backoffCoefficient ?? undefined,
            maximumInterval: optionalMs(started.retryPolicy.maximumInterval),
            maximumAttempts: started.retryPolicy.maximumAttempts || undefined,
            nonRetryableErrorTypes: started.retryPolicy.nonRetryableErrorTypes ?? undefined,
          }
        : undefined,
      attempt: started.attempt || 1,
      cronSchedule: started.cronSchedule || undefined,
      unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
    },
  };
}
