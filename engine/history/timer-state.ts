/** A pending timer: created by TimerStarted, removed by TimerFired or TimerCanceled. */
import type Long from 'long';
import type { HistoryEvent, RunState } from './api';
import { durationMs, idOf, timestampMs } from '../proto-time';
import { stepOfTimer } from './waits';

export function addTimer(state: RunState, event: HistoryEvent): void {
  const attributes = event.timerStartedEventAttributes!;
  const fireAtMs = timestampMs(event.eventTime) + durationMs(attributes.startToFireTimeout);
  const startedEventId = idOf(event.eventId);
  const timerId = attributes.timerId!;
  // Added as a new entry, also if the firing of the last timer with this id is still in the buffer, because a rebuild
  // must give the same order.
  state.timers.delete(timerId);
  const step = stepOfTimer(event);
  if (step !== '') state.waitChanges += 1;
  state.timers.set(timerId, { timerId, startedEventId, fireAtMs, step });
  state.deadlines.push({ at: fireAtMs, eventId: startedEventId, timerId });
}

/**
 * The id may name a later timer by now: a firing can wait in the buffer while a task starts the next timer with that
 * id.
 */
export function removeTimer(
  state: RunState,
  { timerId, startedEventId }: { timerId?: string | null; startedEventId?: Long | null }
): void {
  const timer = state.timers.get(timerId!);
  if (timer?.startedEventId !== idOf(startedEventId)) return;
  state.timers.delete(timerId!);
  if (timer.step !== '') state.waitChanges += 1;
}
