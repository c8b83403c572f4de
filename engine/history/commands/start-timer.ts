/** StartTimer. How the timer fires is in ../timer.ts. */
import { temporal } from '../../proto';
import type { Command } from '../api';
import { durationMs } from '../../proto-time';
import { addTimer } from '../timer-state';
import { reject, type Checking, type CommandKind, type Performing } from './command';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function check(checking: Checking, command: Command): void {
  const { state, timers } = checking;
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES;
  const timerId = command.startTimerCommandAttributes?.timerId;
  if (!timerId) reject(cause, 'StartTimer: timerId is not set');
  if (durationMs(command.startTimerCommandAttributes!.startToFireTimeout) <= 0) {
    reject(cause, `StartTimer ${timerId}: startToFireTimeout is not positive`);
  }
  if (timers.get(timerId) ?? state.timers.has(timerId)) {
    reject(
      Cause.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
      `StartTimer: a timer with id ${timerId} is pending`
    );
  }
  timers.set(timerId, true);
  checking.pendingTimers += 1;
  const { maxPendingTimers } = state.rules.limits;
  if (checking.pendingTimers > maxPendingTimers) {
    reject(cause, `limit maxPendingTimers: at most ${maxPendingTimers} timers of a run may be pending`);
  }
}

function perform({ decision, workflowTaskCompletedEventId }: Performing, command: Command): void {
  const { timerId, startToFireTimeout } = command.startTimerCommandAttributes!;
  decision.write({
    eventType: EventType.EVENT_TYPE_TIMER_STARTED,
    userMetadata: command.userMetadata,
    timerStartedEventAttributes: { timerId, startToFireTimeout, workflowTaskCompletedEventId },
  });
}

export const startTimer: CommandKind = {
  check,
  perform,
  events: {
    [EventType.EVENT_TYPE_TIMER_STARTED]: {
      apply: addTimer,
      completedBy: (event) => event.timerStartedEventAttributes?.workflowTaskCompletedEventId,
      references(book, event, eventId) {
        const timerId = event.timerStartedEventAttributes!.timerId ?? '';
        book.timerIds.open(timerId, event);
        book.timers.set(eventId, { timerId, closed: false });
      },
    },
  },
};
