/** The common part of the four commands that close a run. */
import { temporal } from '../../proto';
import { RequestError } from '../api';
import type { Checking } from './command';

const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

/**
 * Throws UnhandledCommand if something happened that the workflow has not seen. The workflow then gets another task
 * before it closes.
 */
export function requireNothingUnseen({ state, firingsTakenBack }: Checking): void {
  if (state.buffered.length <= firingsTakenBack && state.unsentUpdates === 0) return;
  throw new RequestError(
    'FAILED_PRECONDITION',
    'UnhandledCommand: something happened that the workflow has not seen; it is asked again before it closes',
    { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND }
  );
}
