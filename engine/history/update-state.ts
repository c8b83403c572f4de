/** What clients of an update get when the run closes first. */
import type { temporal } from '../proto';

/** An accepted update that the run's close left without an outcome; text and type are the Temporal server's. */
export const abortedOutcome: temporal.api.update.v1.IOutcome = {
  failure: {
    message: 'Workflow Update failed because the Workflow completed before the Update completed.',
    source: 'Server',
    applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
  },
};

/** A worker that answered the task but not the update it carried. */
export const unprocessedOutcome: temporal.api.update.v1.IOutcome = {
  failure: {
    message:
      "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
    source: 'Server',
    applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
  },
};
