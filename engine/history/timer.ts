/**
 * The timer machine.
 *
 *   StartTimer → pending → TimerFired (due) | TimerCanceled (CancelTimer) | gone with the run
 *   CancelTimer of a timer whose TimerFired still waits in the buffer: the firing is taken back.
 */
import Long from 'long';
import { temporal } from '../proto';
import type { Command, RunState, TimerState } from './api';
import { reject } from './command';
import type { Decision } from './decision';
import { durationMs } from './time';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

export function checkStartTimer(command: Command, taken: (timerId: string) => boolean): string {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES;
  const timerId = command.startTimerCommandAttributes?.timerId;
  if (!timerId) reject(cause, 'StartTimer: timerId is not set');
  if (durationMs(command.startTimerCommandAttributes!.startToFireTimeout) <= 0) {
    reject(cause, `StartTimer ${timerId}: startToFireTimeout is not positive`);
  }
  if (taken(timerId)) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
      `StartTimer: a timer with id ${timerId} is pending`
    );
  }
  return timerId;
}

export function startTimer(decision: Decision, command: Command, workflowTaskCompletedEventId: Long): void {
  const { timerId, startToFireTimeout } = command.startTimerCommandAttributes!;
  decision.write({
    eventType: EventType.EVENT_TYPE_TIMER_STARTED,
    userMetadata: command.userMetadata,
    timerStartedEventAttributes: { timerId, startToFireTimeout, workflowTaskCompletedEventId },
  });
}

export const firedInBuffer = (state: RunState, timerId: string): number =>
  state.buffered.findIndex((event) => event.timerFiredEventAttributes?.timerId === timerId);

export function checkCancelTimer(command: Command, known: (timerId: string) => boolean): string {
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES;
  const timerId = command.cancelTimerCommandAttributes?.timerId;
  if (!timerId) reject(cause, 'CancelTimer: timerId is not set');
  if (!known(timerId)) reject(cause, `CancelTimer: no timer with id ${timerId} is pending`);
  return timerId;
}

export function cancelTimer(
  decision: Decision,
  command: Command,
  workflowTaskCompletedEventId: Long,
  identity: string
): void {
  const { state } = decision;
  const timerId = command.cancelTimerCommandAttributes!.timerId!;
  let startedEventId = Long.fromNumber(state.timers.get(timerId)?.startedEventId ?? 0);
  if (!state.timers.has(timerId)) {
    const [fired] = state.buffered.splice(firedInBuffer(state, timerId), 1);
    startedEventId = fired!.timerFiredEventAttributes!.startedEventId!;
  }
  decision.write({
    eventType: EventType.EVENT_TYPE_TIMER_CANCELED,
    timerCanceledEventAttributes: { timerId, startedEventId, workflowTaskCompletedEventId, identity },
  });
}

export function fireTimer(decision: Decision, timer: TimerState): void {
  decision.happen({
    eventType: EventType.EVENT_TYPE_TIMER_FIRED,
    timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: Long.fromNumber(timer.startedEventId) },
  });
}
