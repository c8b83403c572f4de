/**
 * The timer machine. Its commands are in commands/start-timer.ts and commands/cancel-timer.ts.
 *
 *   StartTimer → pending → TimerFired (due) | TimerCanceled (CancelTimer) | removed when the run closes
 *   CancelTimer of a timer whose TimerFired is still in the buffer: the TimerFired is removed.
 */
import Long from 'long';
import { temporal } from '../proto';
import type { TimerState } from './api';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;

export function fireTimer(decision: Decision, timer: TimerState): void {
  decision.happen({
    eventType: EventType.EVENT_TYPE_TIMER_FIRED,
    timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: Long.fromNumber(timer.startedEventId) },
  });
}
