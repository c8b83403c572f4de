/**
 * Completes a workflow task: its answers to updates and its commands, in order, the closing one last.
 *
 * Everything is checked before anything changes, so a refused completion leaves the state as it was. A refusal,
 * UnhandledCommand included, is a RequestError whose `detail.cause` the service hands to `failWorkflowTask`.
 */
import Long from 'long';
import { temporal } from '../proto';
import type { Command, RunState, WorkflowTaskCompletion } from './api';
import { reject, type Checking, type Performing } from './commands/command';
import { commandKind } from './commands/table';
import type { Decision } from './decision';
import { REPORTED_FROM } from './reported-problems';
import { answer, dropUnanswered, readAnswers, type UpdateAnswer } from './update';
import { applyReported } from './waits';
import { requireTask, writeOpenEvents } from './workflow-task';
import { STATUS } from '../run-name';
import { listedRevision } from './listed-revision';

const { EventType, CommandType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

export function complete(decision: Decision, completion: WorkflowTaskCompletion): void {
  const { state } = decision;
  const task = requireTask(state, completion.task);
  const answers = readAnswers(state, completion.messages);
  check(state, completion.commands, answers);

  if (state.failedWorkflowTasks >= REPORTED_FROM) decision.effect({ kind: 'visibility' });
  state.failedWorkflowTasks = 0;
  if (onlyRejections(state, completion.commands, answers)) {
    state.workflowTask = null;
    state.workflowTaskAttempt = 1;
    state.lastWorkflowTaskFailure = null;
    for (const rejection of answers.values()) answer(decision, rejection, task.scheduledEventId);
    dropUnanswered(decision);
    decision.flush();
    return;
  }

  // Lists show the revision, but not the first one, on which most runs are.
  if (listedRevision(completion.revision) !== listedRevision(state.revision)) decision.effect({ kind: 'visibility' });
  const ids = writeOpenEvents(decision);
  const workflowTaskCompletedEventId = Long.fromNumber(
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
  const performing: Performing = {
    decision,
    workflowTaskCompletedEventId,
    taskScheduledEventId: task.scheduledEventId,
    identity: completion.identity,
    answers,
  };
  for (const command of completion.commands) {
    const kind = commandKind(command.commandType);
    if (kind.closes) settle(performing);
    kind.perform(performing, command);
  }
  if (state.status === STATUS.running) {
    applyReported(state, completion.signalWaits ?? []);
    settle(performing);
    decision.flush();
  }
}

/** Messages that no command names come last; unanswered ones are dropped. */
function settle({ decision, answers, taskScheduledEventId }: Performing): void {
  for (const message of answers.values()) answer(decision, message, taskScheduledEventId);
  answers.clear();
  dropUnanswered(decision);
}

/** A task that was opened only for updates, all of which the workflow rejected, leaves no trace. */
function onlyRejections(state: RunState, commands: Command[], answers: Map<string, UpdateAnswer>): boolean {
  if (state.unseenWake) return false;
  for (const { kind } of answers.values()) if (kind !== 'rejected') return false;
  return commands.every(({ commandType }) => commandType === CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE);
}

/** Checks every command against the state that the commands before it produce. Changes nothing. */
function check(state: RunState, commands: Command[], answers: Map<string, UpdateAnswer>): void {
  const checking: Checking = {
    state,
    answers,
    activityIds: new Set(),
    cancelRequests: new Set(),
    timers: new Map(),
    pendingTimers: state.timers.size,
    firingsTakenBack: 0,
    messages: new Set(),
    childIds: new Set(),
    newMessages: { signal: 0, cancel: 0, child: 0 },
  };
  let closed = false;
  for (const command of commands) {
    if (closed) reject(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, 'a command follows the one that closes the run');
    const kind = commandKind(command.commandType);
    kind.check(checking, command);
    closed = kind.closes === true;
  }
  checkMessageOrder(answers, checking.messages, commands);
}

/** Acceptances come before responses, in the order of the commands. Messages that no command names come last. */
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
