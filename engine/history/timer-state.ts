/** A pending timer: made from TimerStarted, gone with TimerFired or TimerCanceled. */
import type { HistoryEvent, RunState } from './api';
import { durationMs, idOf, timestampMs } from './time';

export function addTimer(state: RunState, event: HistoryEvent): void {
  const attributes = event.timerStartedEventAttributes!;
  const fireAtMs = timestampMs(event.eventTime) + durationMs(attributes.startToFireTimeout);
  const startedEventId = idOf(event.eventId);
  state.timers.set(attributes.timerId!, { timerId: attributes.timerId!, startedEventId, fireAtMs });
  state.deadlines.push({ at: fireAtMs, eventId: startedEventId, timerId: attributes.timerId! });
}

export function removeTimer(state: RunState, timerId: string): void {
  state.timers.delete(timerId);
}
