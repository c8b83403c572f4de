/**
 * What a run must be for a request to reach it.
 *
 * A history that reaches maxEvents or maxBytes ends its run without unwinding. So from `turnBackShare` of either on the run is asked
 * to cancel (`turnBack` in execution.ts), and what is left is reserved: for the way back, for cancel requests, and for the saga
 * library's own updates, by which people decide. Signals and other updates are refused by then, with a code that clients do not retry.
 */
import { RequestError, type RunState } from './api';
import { STATUS } from '../store/port';

export function requireOpen(state: RunState): void {
  if (state.status !== STATUS.running) throw new RequestError('NOT_FOUND', 'workflow execution already completed');
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

/** Names the limit that the run is close to, with what the next commit will hold; null while there is room. */
export function nearLimit(state: RunState): string | null {
  const { maxEvents, maxBytes, turnBackShare } = state.rules.limits;
  const percent = Math.round(100 * turnBackShare);
  const events = state.nextEventId - 1 + state.buffered.length;
  if (events >= maxEvents * turnBackShare) {
    return `limit maxEvents: the history has ${events} events, ${percent} % of the ${maxEvents} that a run may have`;
  }
  const size = state.historySizeBytes + state.uncountedBytes;
  if (size >= maxBytes * turnBackShare) {
    return `limit maxBytes: the history has ${size} bytes, ${percent} % of the ${maxBytes} that a run may have`;
  }
  return null;
}

/**
 * Room in the history for something from outside with `bytes` of payloads. Counts them. What crosses the line is still taken, since
 * otherwise a run could stay just below it, and be neither sent anything nor asked to turn back.
 */
export function takeHistoryRoom(state: RunState, bytes: number): void {
  const near = nearLimit(state);
  if (near) throw new RequestError('FAILED_PRECONDITION', `${near}; what is left is kept for turning back`);
  state.uncountedBytes += bytes;
}

/** Updates of the saga library: decisions of people, which a run near its limits still takes. */
export function isReserved(updateName: string | null | undefined): boolean {
  return updateName?.startsWith('__') === true;
}
