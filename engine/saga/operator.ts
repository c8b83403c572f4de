/**
 * The questions of a running saga to an operator. Each is answered by an Update, whose validator rejects answers that
 * are not possible.
 *
 * Invariants: the first answer to a question counts, and a later answer is rejected with the name of the first
 * person; a question that is asked again is a new question. Validators only read: a rejected update leaves no trace.
 */
import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  OUTCOME_DECISION_UPDATE,
  REFUSALS,
  UNDO_DECISION_UPDATE,
  UNDO_INPUT,
  type HumanWait,
  type OutcomeDecision,
  type UndoDecision,
} from './contract';
import { failureMessage, failureType } from './failures';
import { nodeIdOf } from './item-path';
import type { SagaState } from './state';

const UNDO_CHOICES: readonly string[] = ['retry', 'doneByHand', 'leave'];
const OUTCOME_CHOICES: readonly string[] = ['applied', 'notApplied', 'undo'];
const endsWait = ({ choice }: Decision): boolean => choice === 'endWait';

type Decision = UndoDecision | OutcomeDecision;
interface Question {
  answer(decision: Decision): void;
  /** Why this answer is not possible; null if it is. Only reads. */
  refusal(decision: Decision): string | null;
}
const pending = new WeakMap<SagaState, Map<string, Question>>();

/** Registers both updates. Called once, when the saga begins. */
export function serveOperators(state: SagaState): void {
  const waiting = new Map<string, Question>();
  const answered = new Map<string, Decision>();
  pending.set(state, waiting);
  const serve = (update: string, kind: HumanWait['kind'], choices: readonly string[]) =>
    setHandler(
      defineUpdate<void, [Decision]>(update),
      (decision) => {
        if (endsWait(decision)) return state.endWait(decision.nodeId);
        const question = `${kind}/${decision.nodeId}`;
        const asked = waiting.get(question);
        // The first answer counts: after it there is nothing to decide.
        waiting.delete(question);
        answered.set(question, decision);
        asked?.answer(decision);
      },
      {
        validator: (decision) => {
          if (kind === 'outcome' && endsWait(decision)) return validateEnd(state, decision);
          const question = `${kind}/${decision.nodeId}`;
          const asked = waiting.get(question);
          if (!asked) {
            const taken = answered.get(question);
            const by = taken ? `: ${taken.actor.name} decided '${taken.choice}'` : '';
            refuse(REFUSALS.nothingToDecide, `There is nothing to decide for '${decision.nodeId}'${by}.`);
          }
          if (!choices.includes(decision.choice)) refuse(REFUSALS.unknownTask, `Choose one of ${choices.join(', ')}.`);
          demandReason(decision);
          const refusal = asked.refusal(decision);
          if (refusal !== null) refuse(REFUSALS.undoInput, refusal);
        },
      }
    );
  serve(UNDO_DECISION_UPDATE, 'undo', UNDO_CHOICES);
  serve(OUTCOME_DECISION_UPDATE, 'outcome', OUTCOME_CHOICES);
}

function validateEnd(state: SagaState, decision: Decision): void {
  if (!state.isEndable(decision.nodeId))
    refuse(REFUSALS.nothingToDecide, `The run does not wait for '${decision.nodeId}' before it turns back.`);
  demandReason(decision);
}

function demandReason({ reason }: Decision): void {
  if (!reason?.trim()) refuse(REFUSALS.commentRequired, 'Enter a reason. It is kept with the run.');
}

/**
 * Asks about an undo that failed, or whose input cannot be computed (type `UndoInput`): such an undo cannot be tried
 * again.
 */
export const askUndo = (state: SagaState, stepId: string, error: unknown) =>
  ask(state, 'undo', stepId, `${stepId}:undo`, error, ({ choice }) =>
    choice === 'retry' && failureType(error) === UNDO_INPUT
      ? `It cannot be tried again: ${failureMessage(error)}. Undo it by hand, or leave it as it is.`
      : null
  ) as Promise<UndoDecision>;

/**
 * Asks whether a step happened. `undoRefusal`: why its undo cannot be computed from this output; null if it can. Null
 * if `isKnown` became true meanwhile: then there is nothing to decide any more.
 */
export const askOutcome = (
  state: SagaState,
  stepId: string,
  error: unknown,
  undoRefusal: (output: unknown) => string | null,
  isKnown: () => boolean
) =>
  ask(
    state,
    'outcome',
    stepId,
    stepId,
    error,
    (decision) => (decision.choice === 'undo' ? undoRefusal((decision as OutcomeDecision).output) : null),
    isKnown
  ) as Promise<OutcomeDecision | null>;

async function ask(
  state: SagaState,
  kind: 'undo' | 'outcome',
  stepId: string,
  activityId: string,
  error: unknown,
  refusal: Question['refusal'],
  isKnown = () => false
): Promise<Decision | null> {
  const wait: HumanWait = {
    kind,
    nodeId: nodeIdOf(stepId),
    activityId,
    error: { type: failureType(error), message: failureMessage(error) },
    sinceMs: Date.now(),
  };
  let decided: Decision | null = null;
  state.waits.add(wait);
  state.tell();
  pending.get(state)?.set(`${kind}/${stepId}`, { answer: (decision) => (decided = decision), refusal });
  await condition(() => decided !== null || isKnown());
  state.waits.delete(wait);
  pending.get(state)?.delete(`${kind}/${stepId}`);
  return decided;
}

/** Rejects an update: the sender gets the type and the sentence. */
export function refuse(type: string, message: string): never {
  throw ApplicationFailure.nonRetryable(message, type);
}
