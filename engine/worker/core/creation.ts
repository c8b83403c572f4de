/** The data from WorkflowExecutionStarted that the library needs to create a run. */
import { type temporal } from '../../proto';
import { durationMsOfSdk, timestampMs } from '../../proto-time';
import type { RunCreation } from '../sandbox/protocol';
import type { WorkflowTaskRun } from '../port';
import { randomnessSeed } from './seed';

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

export function runCreation(
  run: WorkflowTaskRun,
  bundleId: string,
  started: Started,
  startTimeMs: number
): RunCreation {
  const optionalMs = (duration: Parameters<typeof durationMsOfSdk>[0]) =>
    duration ? durationMsOfSdk(duration) || undefined : undefined;
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
      parent: executionOf(started.parentWorkflowExecution, started.parentWorkflowNamespace),
      root: executionOf(started.rootWorkflowExecution),
      continuedFromExecutionRunId: started.continuedExecutionRunId || undefined,
      startTime: new Date(startTimeMs),
      runStartTime: new Date(startTimeMs),
      executionTimeoutMs: optionalMs(started.workflowExecutionTimeout),
      executionExpirationTime: started.workflowExecutionExpirationTime
        ? new Date(timestampMs(started.workflowExecutionExpirationTime))
        : undefined,
      runTimeoutMs: optionalMs(started.workflowRunTimeout),
      taskTimeoutMs: durationMsOfSdk(started.workflowTaskTimeout),
      retryPolicy: started.retryPolicy
        ? {
            initialInterval: durationMsOfSdk(started.retryPolicy.initialInterval),
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

/** As the official worker gives it to the code: absent for a run without a parent. */
function executionOf(
  execution: temporal.api.common.v1.IWorkflowExecution | null | undefined,
  namespace?: string | null
) {
  if (!execution?.workflowId) return undefined;
  const { workflowId, runId } = execution;
  return { workflowId, runId: runId ?? '', ...(namespace ? { namespace } : {}) };
}
