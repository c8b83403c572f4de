/** What a run must be for a request to reach it. */
import { RequestError, type RunState } from './api';

export function requireOpen(state: RunState): void {
  if (state.status !== 1) throw new RequestError('NOT_FOUND', 'workflow execution already completed');
}

/** Room for one more event that may have to be buffered. */
export function requireRoom(state: RunState): void {
  if (state.workflowTask && state.buffered.length >= state.rules.limits.maxBufferedEvents) {
    throw new RequestError(
      'RESOURCE_EXHAUSTED',
      `limit maxBufferedEvents: ${state.rules.limits.maxBufferedEvents} events already wait for the workflow task in flight`
    );
  }
}
