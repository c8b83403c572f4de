/**
 * Completing a workflow task: its answers to updates and its commands, in order, the closing one last.
 *
 * Everything is checked before anything changes, so a refused completion leaves the state as it was. A refusal,
 * UnhandledCommand included, is a RequestError whose `detail.cause` the service hands to `failWorkflowTask`.
 */
import Long from 'long';
import { temporal } from '../proto';
import { checkRequestCancel, checkSchedule, requestCancelActivity, schedule } from './activity-command';
import type { Command, RunState, WorkflowTaskCompletion, WorkflowTaskState } from './api';
import { RequestError } from './api';
import { reject, type TaskFailedCause } from './command';
import type { Decision } from './decision';
import { checkClose, closeByCommand, isTerminal } from './execution';
import { checkMarker, recordMarker } from './marker';
import { checkModify, checkUpsert, modify, upsert } from './search-attributes';
import { cancelTimer, checkCancelTimer, checkStartTimer, firedInBuffer, startTimer } from './timer';
import { answer, dropUnanswered, readAnswers, type UpdateAnswer } from './update';
import { requireTask, writeOpenEvents } from './workflow-task';

const { EventType, CommandType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

export function complete(decision: Decision, completion: WorkflowTaskCompletion): void {
  const { state } = decision;
  const task = requireTask(state, completion.task);
  const answers = readAnswers(state, completion.messages);
  check(state, completion.commands, answers);

  if (onlyRejections(state, completion.commands, answers)) {
    state.workflowTask = null;
    state.workflowTaskAttempt = 1;
    state.lastWorkflowTaskFailure = null;
    for (const rejection of answers.values()) answer(decision, rejection, task.scheduledEventId);
    dropUnanswered(decision);
    decision.flush();
    return;
  }

  const ids = writeOpenEvents(decision);
  const completedEventId = Long.fromNumber(
    decision.write({
      eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
      workflowTaskCompletedEventAttributes: {
        ...ids,
        identity: completion.identity,
        workerVersion: completion.revision ? { buildId: completion.revision, useVersioning: false } : null,
        sdkMetadata: completion.sdkMetadata,
      },
    })
  );
  for (const command of completion.commands) {
    if (isTerminal(command)) settle(decision, answers, task);
    perform(decision, command, completedEventId, completion.identity, answers, task);
  }
  if (state.status === 1) {
    settle(decision, answers, task);
    decision.flush();
  }
}

/** Messages that no command names stand last; what is still unanswered is dropped. */
function settle(decision: Decision, answers: Map<string, UpdateAnswer>, task: WorkflowTaskState): void {
  for (const message of answers.values()) answer(decision, message, task.scheduledEventId);
  answers.clear();
  dropUnanswered(decision);
}

/** A task that was there for updates alone, all of which the workflow refused, leaves no trace. */
function onlyRejections(state: RunState, commands: Command[], answers: Map<string, UpdateAnswer>): boolean {
  if (state.unseenWake) return false;
  for (const { kind } of answers.values()) if (kind !== 'rejected') return false;
  return commands.every(({ commandType }) => commandType === CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE);
}

const unsupported: Record<number, [TaskFailedCause, string]> = {
  [CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CONTINUE_AS_NEW_ATTRIBUTES,
    'ContinueAsNewWorkflowExecution',
  ],
  [CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION]: [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES,
    'StartChildWorkflowExecution',
  ],
  [CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]: [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
    'RequestCancelExternalWorkflowExecution',
  ],
  [CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
    'SignalExternalWorkflowExecution',
  ],
  [CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION]: [
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES,
    'ScheduleNexusOperation',
  ],
};

/** Every command against the state as the commands before it leave it. Changes nothing. */
function check(state: RunState, commands: Command[], answers: Map<string, UpdateAnswer>): void {
  const { limits } = state.rules;
  const activityIds = new Set<string>();
  const timers = new Map<string, boolean>();
  const asked = new Set<number>();
  const named = new Set<string>();
  // Firings that a CancelTimer among these commands takes back no longer count as unhandled.
  let takenBack = 0;
  let pendingTimers = state.timers.size;
  let closed = false;
  const hasTimer = (timerId: string): boolean => timers.get(timerId) ?? state.timers.has(timerId);

  for (const command of commands) {
    if (closed) reject(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, 'a command follows the one that closes the run');
    switch (command.commandType) {
      case CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: {
        checkSchedule(state, command, (id) => activityIds.has(id) || state.activityIds.has(id));
        activityIds.add(command.scheduleActivityTaskCommandAttributes!.activityId!);
        if (state.activities.size + activityIds.size > limits.maxPendingActivities) {
          reject(
            Cause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
            `limit maxPendingActivities: at most ${limits.maxPendingActivities} activities of a run may be pending`
          );
        }
        break;
      }
      case CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
        asked.add(checkRequestCancel(state, command, asked));
        break;
      case CommandType.COMMAND_TYPE_START_TIMER: {
        timers.set(checkStartTimer(command, hasTimer), true);
        pendingTimers += 1;
        if (pendingTimers > limits.maxPendingTimers) {
          reject(
            Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES,
            `limit maxPendingTimers: at most ${limits.maxPendingTimers} timers of a run may be pending`
          );
        }
        break;
      }
      case CommandType.COMMAND_TYPE_CANCEL_TIMER: {
        const fired = (id: string): boolean => !timers.has(id) && firedInBuffer(state, id) >= 0;
        const timerId = checkCancelTimer(command, (id) => hasTimer(id) || fired(id));
        if (hasTimer(timerId)) pendingTimers -= 1;
        else takenBack += 1;
        timers.set(timerId, false);
        break;
      }
      case CommandType.COMMAND_TYPE_RECORD_MARKER:
        checkMarker(state, command);
        break;
      case CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        checkUpsert(state, command);
        break;
      case CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
        checkModify(state, command);
        break;
      case CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE: {
        const messageId = command.protocolMessageCommandAttributes?.messageId ?? '';
        if (!answers.has(messageId) || named.has(messageId)) {
          reject(
            Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
            `ProtocolMessage names message ${messageId || '(none)'}, which is not in this completion or was named before`
          );
        }
        named.add(messageId);
        break;
      }
      default: {
        if (!isTerminal(command)) {
          const [cause, name] = unsupported[command.commandType ?? 0] ?? [
            Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED,
            CommandType[command.commandType ?? 0] ?? `command type ${command.commandType}`,
          ];
          reject(cause, `${name} is not supported by this engine`);
        }
        checkClose(state, command);
        if (state.buffered.length > takenBack || state.unsentUpdates > 0) {
          throw new RequestError(
            'FAILED_PRECONDITION',
            'UnhandledCommand: something happened that the workflow has not seen; it is asked again before it closes',
            { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND }
          );
        }
        closed = true;
      }
    }
  }
  checkMessageOrder(answers, named, commands);
}

/** Acceptance before response, as the commands order them: messages that no command names come last. */
function checkMessageOrder(answers: Map<string, UpdateAnswer>, named: Set<string>, commands: Command[]): void {
  if (answers.size < 2) return;
  const order = [
    ...commands.flatMap(({ protocolMessageCommandAttributes }) => protocolMessageCommandAttributes?.messageId ?? []),
    ...[...answers.keys()].filter((id) => !named.has(id)),
  ];
  const completed = new Set<string>();
  for (const id of order) {
    const { kind, update } = answers.get(id)!;
    if (kind === 'completed') completed.add(update.updateId);
    else if (completed.has(update.updateId)) {
      reject(
        Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
        `update ${update.updateId} completes before it is accepted`
      );
    }
  }
}

function perform(
  decision: Decision,
  command: Command,
  completedEventId: Long,
  identity: string,
  answers: Map<string, UpdateAnswer>,
  task: WorkflowTaskState
): void {
  switch (command.commandType) {
    case CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
      return schedule(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
      return requestCancelActivity(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_START_TIMER:
      return startTimer(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_CANCEL_TIMER:
      return cancelTimer(decision, command, completedEventId, identity);
    case CommandType.COMMAND_TYPE_RECORD_MARKER:
      return recordMarker(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
      return upsert(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
      return modify(decision, command, completedEventId);
    case CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE: {
      const messageId = command.protocolMessageCommandAttributes!.messageId!;
      const message = answers.get(messageId)!;
      answers.delete(messageId);
      return answer(decision, message, task.scheduledEventId);
    }
    default:
      return closeByCommand(decision, command, completedEventId);
  }
}
