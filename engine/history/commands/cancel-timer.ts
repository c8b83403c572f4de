/**
 * CancelTimer. If the TimerFired of the timer is still in the buffer, it is removed, because the workflow has not
 * seen it.
 */
import Long from 'long';
import { temporal } from '../../proto';
import type { Command, RunState } from '../api';
import { removeTimer } from '../timer-state';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

const firedInBuffer = (state: RunState, timerId: string): number =>
  state.buffered.findIndex((event) => event.timerFiredEventAttributes?.timerId === timerId);

function check(checking: Checking, command: Command): void {
  const { state, timers } = checking;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES;
  const timerId = command.cancelTimerCommandAttributes?.timerId;
  if (!timerId) reject(cause, 'CancelTimer: timerId is not set');
  const pending = timers.get(timerId) ?? state.timers.has(timerId);
  const fired = !timers.has(timerId) && firedInBuffer(state, timerId) >= 0;
  if (!pending && !fired) reject(cause, `CancelTimer: no timer with id ${timerId} is pending`);
  if (pending) checking.pendingTimers -= 1;
  else checking.firingsTakenBack += 1;
  timers.set(timerId, false);
}

function perform({ decision, workflowTaskCompletedEventId, identity }: Performing, command: Command): void {
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

export const cancelTimer: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_TIMER_CANCELED]: {
      apply: (state, event) => removeTimer(state, event.timerCanceledEventAttributes!),
      completedBy: (event) => event.timerCanceledEventAttributes?.workflowTaskCompletedEventId,
      references: (book, event, eventId) => book.closeTimer(event.timerCanceledEventAttributes!, event, eventId),
    },
  },
};
