/**
 * engine/history: a run's mutable state and the pure decisions over it. api.ts is the contract. Each machine has a
 * file: execution (and close), workflow-task (and completion), activity, timer, signal, cancel, update. Each command
 * of the workflow has a file in commands/. `apply.ts` alone changes the state that is derived from events, `side.ts`
 * stores the rest, and `check.ts` checks a stored history.
 */
import { temporal } from '../proto';
import * as activity from './activity';
import * as operations from './activity-operations';
import { answerAfterClose, keepAfterClose, settleAfterClose } from './after-close';
import { requireOpen } from './admission';
import { attach as attachTo } from './attach';
import { advance as advanceRun, nextDeadline as nextRunDeadline } from './advance';
import type { ActivityOptions, HistoryApi, RunState, Transition } from './api';
import { cancelRun } from './cancel';
import { hearChild } from './children';
import { complete as completeTask } from './completion';
import { Decision } from './decision';
import * as deletion from './deletion';
import { chainDigest } from './digest';
import { enforceSize, start, terminateRun } from './execution';
import { defaultRules, payloadsBytes } from './limits';
import * as messages from './messages';
import * as paused from './paused';
import { rebuild, recover } from './rebuild';
import * as resets from './reset';
import { signalRun } from './signal';
import { admit } from './update';
import * as workflowTask from './workflow-task';
import { STATUS } from '../run-name';

export * from './api';
export type { ActivitySelection } from './activity-operations';
export { pauseInfo } from './paused';
export { firstOfSchedule, resetPointsOf, revisionOfTask } from './chain';
export { cronFault } from './cron';
export { checkHistory, type Finding } from './check';
export { defaultLimits, defaultRules, payloadsBytes, readSuggestedAt } from './limits';
export { REPORTED_PROBLEMS, reportedProblems } from './reported-problems';
export { errorName } from './error-name';
export { listedRevision } from './listed-revision';
export { childClose } from './event';
export { handsOver, passedOnOf, type PassedOn } from './passed-on';
export { waitsOf } from './waits';
export { encodeSide, readExpectation } from './side';

/**
 * At the end of every decision on an open run, its history is compared with the limits: the run may be terminated, or
 * requested to turn back.
 */
function decide(state: RunState, epoch: number, now: number, act: (decision: Decision) => void): Transition {
  const decision = new Decision(state, epoch, now);
  act(decision);
  enforceSize(decision);
  return decision.done();
}

export const startRun: HistoryApi['startRun'] = (request, now, epoch = 0, rules = defaultRules) => {
  const { state, decision } = start(request, now, epoch, rules);
  return { state, transition: decision.done() };
};
export const resetRun: HistoryApi['resetRun'] = (request, now, epoch, rules) => {
  const { state, decision } = resets.reset(request, now, epoch, rules);
  return { state, transition: decision.done() };
};
export const markReset: HistoryApi['markReset'] = (state, resetRunId, resetEventId, now) => {
  const decision = new Decision(state, 0, now);
  resets.markReset(decision, resetRunId, resetEventId);
  return decision.done();
};
export const endForReset: HistoryApi['endForReset'] = (state, reason, base, now) => {
  const decision = new Decision(state, 0, now);
  if (base) resets.markReset(decision, base.resetRunId, base.resetEventId);
  resets.terminateForReset(decision, reason);
  return decision.done();
};
export const rebuildRun: HistoryApi['rebuildRun'] = (stored, events, rules = defaultRules) =>
  rebuild(stored, events, rules);
export const recoverRun: HistoryApi['recoverRun'] = (state, epoch, now) => decide(state, epoch, now, recover);

export const encodeBatch: HistoryApi['encodeBatch'] = (events) =>
  temporal.api.history.v1.History.encode({ events }).finish();
export const batchBytes: HistoryApi['batchBytes'] = (events) => temporal.api.history.v1.History.encode({ events }).len;
/** Signals in the buffer are not in any batch yet. */
function bufferedBytes(state: RunState): number {
  let bytes = 0;
  for (const event of state.buffered) bytes += payloadsBytes(event.workflowExecutionSignaledEventAttributes?.input);
  return bytes;
}
export const recordBatch: HistoryApi['recordBatch'] = (state, batch) => {
  state.digest = chainDigest(state.digest, batch);
  state.historySizeBytes += batch.length;
  state.uncountedBytes = bufferedBytes(state);
};

export const nextDeadline: HistoryApi['nextDeadline'] = nextRunDeadline;
export const advance: HistoryApi['advance'] = (state, epoch, now) => decide(state, epoch, now, advanceRun);

export const openWorkflowTask: HistoryApi['openWorkflowTask'] = workflowTask.open;
export const openTaskEvents: HistoryApi['openTaskEvents'] = workflowTask.openEvents;
export const taskEvents: HistoryApi['taskEvents'] = (state) => [...state.unseen, ...workflowTask.openEvents(state)];
export const completeWorkflowTask: HistoryApi['completeWorkflowTask'] = (state, completion, epoch, now) =>
  decide(state, epoch, now, (decision) => completeTask(decision, completion));
export const failWorkflowTask: HistoryApi['failWorkflowTask'] = (state, cause, failure, identity, now, task) =>
  decide(state, 0, now, (decision) => workflowTask.fail(decision, cause, failure, identity, task));

export const signal: HistoryApi['signal'] = (state, request, now) =>
  decide(state, 0, now, (decision) => signalRun(decision, request));
export const requestCancel: HistoryApi['requestCancel'] = (state, request, now) =>
  decide(state, 0, now, (decision) => cancelRun(decision, request));
export const messageOf: HistoryApi['messageOf'] = messages.messageOf;
export const hasMessages: HistoryApi['hasMessages'] = messages.hasMessages;
export const answerMessage: HistoryApi['answerMessage'] = (state, message, result, now) =>
  decide(state, 0, now, (decision) => messages.answerMessage(decision, message, result));
export const childClosed: HistoryApi['childClosed'] = (state, closed, now) =>
  decide(state, 0, now, (decision) => hearChild(decision, closed));
/** The ids of everything that others have to hear from this run. */
export const messagesOf = messages.messagesOf;
export const attach: HistoryApi['attach'] = (state, request, now) =>
  decide(state, 0, now, (decision) => attachTo(decision, request));
export const terminate: HistoryApi['terminate'] = (state, request, now) =>
  decide(state, 0, now, (decision) => terminateRun(decision, request));
export const pauseRun: HistoryApi['pauseRun'] = (state, request, now) =>
  decide(state, 0, now, (decision) => paused.pauseRun(decision, request));
export const unpauseRun: HistoryApi['unpauseRun'] = (state, request, epoch, now) =>
  decide(state, epoch, now, (decision) => paused.unpauseRun(decision, request));
export const requestDeletion: HistoryApi['requestDeletion'] = (state, now) => {
  const decision = new Decision(state, 0, now);
  deletion.requestDeletion(decision);
  return decision.done();
};
export const deleteByRequest: HistoryApi['deleteByRequest'] = (state, now) => {
  const decision = new Decision(state, 0, now);
  deletion.deleteByRequest(decision);
  return decision.done();
};
export const { mayBeDeleted, mayExpire } = deletion;
export const settleCount: HistoryApi['settleCount'] = (state, leftBehind, now) => {
  if (state.status === STATUS.running) throw new Error('an open run has left nothing behind yet');
  const decision = new Decision(state, 0, now);
  state.leftBehind = leftBehind;
  decision.effect({ kind: 'visibility' });
  decision.effect({ kind: 'rests' });
  return decision.done();
};
export const answerLate: HistoryApi['answerLate'] = (state, answer, now) => {
  const decision = new Decision(state, 0, now);
  answerAfterClose(decision, answer);
  return decision.done();
};
export const settleEffect: HistoryApi['settleEffect'] = (state, effect, now) => {
  const decision = new Decision(state, 0, now);
  settleAfterClose(decision, effect);
  return decision.done();
};
export const keepRun: HistoryApi['keepRun'] = (state, isKept, now) => {
  const decision = new Decision(state, 0, now);
  keepAfterClose(decision, isKept);
  return decision.done();
};
export const admitUpdate: HistoryApi['admitUpdate'] = (state, request, now) =>
  decide(state, 0, now, (decision) => admit(decision, request));

const onAttempt = (state: RunState, epoch: number, now: number, act: (decision: Decision) => void): Transition => {
  requireOpen(state);
  return decide(state, epoch, now, act);
};
export const startActivity: HistoryApi['startActivity'] = (state, attempt, requestId, identity, epoch, now) =>
  onAttempt(state, epoch, now, (decision) => activity.startAttempt(decision, attempt, requestId, identity));
export const completeActivity: HistoryApi['completeActivity'] = (state, attempt, result, identity, epoch, now) =>
  onAttempt(state, epoch, now, (decision) => activity.complete(decision, attempt, result, identity));
export const failActivity: HistoryApi['failActivity'] = (state, attempt, failure, identity, epoch, now) =>
  onAttempt(state, epoch, now, (decision) => activity.fail(decision, attempt, failure, identity));
export const cancelActivity: HistoryApi['cancelActivity'] = (state, attempt, details, identity, epoch, now) =>
  onAttempt(state, epoch, now, (decision) => activity.cancel(decision, attempt, details, identity));
export const heartbeatActivity: HistoryApi['heartbeatActivity'] = (state, attempt, details, now) =>
  onAttempt(state, 0, now, (decision) => activity.heartbeat(decision, attempt, details));

export const pauseActivities: HistoryApi['pauseActivities'] = (state, selection, by, now) =>
  decide(state, 0, now, (decision) => operations.pause(decision, selection, by));
export const unpauseActivities: HistoryApi['unpauseActivities'] = (state, selection, release, epoch, now) =>
  decide(state, epoch, now, (decision) => operations.unpause(decision, selection, release));
export const resetActivities: HistoryApi['resetActivities'] = (state, selection, reset, epoch, now) =>
  decide(state, epoch, now, (decision) => operations.reset(decision, selection, reset));
export const changeActivityOptions: HistoryApi['changeActivityOptions'] = (state, selection, change, epoch, now) => {
  let options!: ActivityOptions;
  const transition = decide(state, epoch, now, (decision) => {
    options = operations.changeOptions(decision, selection, change);
  });
  return { transition, options };
};
