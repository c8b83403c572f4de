/** Fields that several requests share. */
import { honoured, ignored, notYet, stored, type Fields } from './fate';

export const EXECUTION: Fields = { workflowId: honoured, runId: honoured };

/** Of a run: in its first event. */
export const TASK_QUEUE: Fields = {
  name: honoured,
  kind: stored('event.workflowExecutionStartedEventAttributes.taskQueue.kind'),
  normalName: stored('event.workflowExecutionStartedEventAttributes.taskQueue.normalName'),
};

export const RETRY_POLICY: Fields = {
  initialInterval: honoured,
  backoffCoefficient: honoured,
  maximumInterval: honoured,
  maximumAttempts: honoured,
  nonRetryableErrorTypes: honoured,
};

export const CONTROL = ignored('deprecated, and not read', 'service/history/api/signalworkflow/api.go');

export const WORKER_VERSIONING = notYet(
  'versions of workers are for workers that poll, which this engine does not serve'
);
