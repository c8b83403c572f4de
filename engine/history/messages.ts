/**
 * What a run asks of other runs (design D17): derived from its state, so that it is found again after a restart. A
 * message is named by the event that initiated it. It waits until the other run's commit is known.
 */
import { STATUS } from '../run-name';
import { requireOpen } from './admission';
import type { Message, MessageResult, RunState } from './api';
import type { Decision } from './decision';
import { endExternal } from './externals';

/** Null: there is no such message (any more). */
export function messageOf(state: RunState, initiatedEventId: number): Message | null {
  return state.externals.get(initiatedEventId) ?? null;
}

/** The ids of everything that others have to hear from this run. */
export function messagesOf(state: RunState): number[] {
  return [...state.externals.keys()];
}

export const hasMessages = (state: RunState): boolean => state.externals.size > 0;

/** Does nothing if the message was answered before. Throws NOT_FOUND if the run closed meanwhile. */
export function answerMessage(decision: Decision, initiatedEventId: number, result: MessageResult): void {
  const { state } = decision;
  const message = messageOf(state, initiatedEventId);
  if (!message) return;
  requireOpen(state);
  endExternal(decision, message, result);
}

/** After a restart: it is unknown what was sent before. */
export function sendAgain(decision: Decision): void {
  if (decision.state.status !== STATUS.running) return;
  for (const initiatedEventId of messagesOf(decision.state))
    decision.effect({ kind: 'send', initiatedEventId, again: true });
}
