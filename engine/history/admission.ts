/**
 * The conditions under which a run accepts a request.
 *
 * A history that reaches maxEvents or maxBytes ends its run without unwinding. So from `turnBackShare` of either
 * limit on, the run is asked to cancel (`turnBack` in execution.ts), and the rest is reserved for the unwinding, for
 * cancel requests, and for the saga library's own updates, by which people decide. From then on signals and other
 * updates are refused, with a code that clients do not retry.
 */
import { RequestError, type RunState } from './api';
import { STATUS } from '../run-name';

export function requireOpen(state: RunState): void {
  if (state.status !== STATUS.running) throw new RequestError('NOT_FOUND', 'workflow execution already completed');
}

/** Throws if there is no room for one more buffered event. */
export function requireRoom(state: RunState): void {
  if (state.workflowTask && state.buffered.length >= state.rules.limits.maxBufferedEvents) {
    throw new RequestError(
      'RESOURCE_EXHAUSTED',
      `limit maxBufferedEvents: ${state.rules.limits.maxBufferedEvents} events already wait for the workflow task in flight`
    );
  }
}

/** Names the limit to which the run is close, including the next commit; null while there is room. */
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
 * Checks the room in the history for a request from outside with `bytes` of payloads, and counts them. The request
 * that crosses the line is still accepted, because otherwise a run could remain just below it, and could neither be
 * sent anything nor be asked to turn back.
 */
export function takeHistoryRoom(state: RunState, bytes: number): void {
  const near = nearLimit(state);
  if (near) throw new RequestError('FAILED_PRECONDITION', `${near}; the rest is reserved for turning back`);
  state.uncountedBytes += bytes;
}

/** Updates of the saga library: decisions of people, which a run near its limits still accepts. */
export function isReserved(updateName: string | null | undefined): boolean {
  return updateName?.startsWith('__') === true;
}
