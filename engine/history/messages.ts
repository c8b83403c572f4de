/**
 * What a run asks of other runs (design D17): derived from its state, so that it is found again after a restart. A
 * message is named by the event that initiated it, 0 for the one that tells the parent of this run's close. It waits
 * until the other run's commit is known.
 *
 * An open run signals, cancels and starts. A closed run owes: its close policy to the children that it had, and its
 * close to its parent. What it still owes is in its side state (`owed`), because nothing is added to a closed history.
 */
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import { idOf } from '../proto-time';
import { requireOpen } from './admission';
import type { Message, MessageResult, RunState } from './api';
import { answerStart, waitsForChild } from './children';
import type { Decision } from './decision';
import { endExternal } from './externals';
import { passToParent, TO_PARENT } from './passed-on';
import { RESETTER } from './resetter';

const { PARENT_CLOSE_POLICY_ABANDON } = temporal.api.enums.v1.ParentClosePolicy;

/** Null: there is no such message (any more), or it waits for the start of the child that it names. */
export function messageOf(state: RunState, initiatedEventId: number): Message | null {
  if (state.status !== STATUS.running) return owedMessage(state, initiatedEventId);
  const external = state.externals.get(initiatedEventId);
  if (external) {
    const { childWorkflowOnly, workflowExecution } = external.attributes;
    return childWorkflowOnly && waitsForChild(state, workflowExecution?.workflowId) ? null : external;
  }
  const child = state.children.get(initiatedEventId);
  return child && !child.started ? { kind: 'startChild', initiatedEventId, child } : null;
}

function owedMessage(state: RunState, initiatedEventId: number): Message | null {
  if (!state.owed.has(initiatedEventId)) return null;
  if (initiatedEventId !== TO_PARENT) {
    const child = state.children.get(initiatedEventId);
    return child ? { kind: 'closeChild', initiatedEventId, child } : null;
  }
  const { parentWorkflowExecution, parentInitiatedEventId, parentWorkflowNamespace } = state.started;
  return {
    kind: 'tellParent',
    initiatedEventId,
    namespace: parentWorkflowNamespace || state.namespace,
    workflowId: parentWorkflowExecution?.workflowId ?? '',
    runId: parentWorkflowExecution?.runId ?? '',
    closed: {
      initiatedEventId: idOf(parentInitiatedEventId),
      workflowId: state.workflowId,
      runId: state.runId,
      firstRunId: state.firstRunId,
      event: state.closeEvent!,
    },
  };
}

/** The ids of everything that others have to hear from this run. */
export function messagesOf(state: RunState): number[] {
  if (state.status !== STATUS.running) return [...state.owed];
  const starts = [...state.children.values()].filter(({ started }) => !started);
  return [...state.externals.keys(), ...starts.map(({ initiatedEventId }) => initiatedEventId)];
}

export function hasMessages(state: RunState): boolean {
  if (state.status !== STATUS.running) return state.owed.size > 0;
  if (state.externals.size > 0) return true;
  for (const { started } of state.children.values()) if (!started) return true;
  return false;
}

/** Does nothing if the message was answered before. Throws NOT_FOUND if the run closed meanwhile. */
export function answerMessage(decision: Decision, message: Message, result: MessageResult): void {
  const { state } = decision;
  const { initiatedEventId } = message;
  switch (message.kind) {
    case 'closeChild':
    case 'tellParent':
      if (!state.owed.delete(initiatedEventId)) return;
      decision.effect({ kind: 'rests' });
      if (message.kind === 'tellParent' && result.kind === 'done' && result.recorded) passToParent(decision);
      return;
    case 'startChild': {
      requireOpen(state);
      const child = state.children.get(initiatedEventId);
      if (child) answerStart(decision, child, result);
      return;
    }
    default:
      requireOpen(state);
      if (state.externals.has(initiatedEventId)) endExternal(decision, message, result);
  }
}

/** The run has just closed; `continues`: a next run of its chain answers the parent. */
export function oweAtClose(decision: Decision, continues: boolean): void {
  const { state } = decision;
  // Its children and its parent are those of the run that a reset makes.
  if (state.closeEvent?.workflowExecutionTerminatedEventAttributes?.identity === RESETTER) return;
  const owe = (initiatedEventId: number) => {
    state.owed.add(initiatedEventId);
    decision.effect({ kind: 'send', initiatedEventId });
  };
  for (const { initiatedEventId, parentClosePolicy } of state.children.values())
    if (parentClosePolicy !== PARENT_CLOSE_POLICY_ABANDON) owe(initiatedEventId);
  if (state.started.parentWorkflowExecution?.workflowId && !continues) owe(TO_PARENT);
}

/** After a restart: it is unknown what was sent before. */
export function sendAgain(decision: Decision): void {
  if (decision.state.status !== STATUS.running) return;
  for (const initiatedEventId of messagesOf(decision.state))
    decision.effect({ kind: 'send', initiatedEventId, again: true });
}
