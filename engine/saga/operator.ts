/**
 * Questions that a running saga puts to an operator, each answered by an Update whose validator refuses what makes no sense.
 *
 * Invariants: the first answer to a question counts, and who is late hears whose it was; a question that is asked again is a new one.
 * Validators read and never write: a refused update leaves no trace.
 */
import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  OUTCOME_DECISION_UPDATE,
  REFUSALS,
  UNDO_DECISION_UPDATE,
  type HumanWait,
  type OutcomeDecision,
  type UndoDecision,
} from './contract';
import { failureMessage, failureType } from './failures';
import type { SagaState } from './state';

const UNDO_CHOICES: readonly string[] = ['retry', 'doneByHand', 'leave'];
const OUTCOME_CHOICES: readonly string[] = ['applied', 'notApplied', 'undo'];

type Decision = UndoDecision | OutcomeDecision;
const pending = new WeakMap<SagaState, Map<string, (decision: Decision) => void>>();

/** Serve both updates. Once, when the saga begins. */
export function serveOperators(state: SagaState): void {
  const waiting = new Map<string, (decision: Decision) => void>();
  const answered = new Map<string, Decision>();
  pending.set(state, waiting);
  const serve = (update: string, kind: HumanWait['kind'], choices: readonly string[]) =>
    setHandler(
      defineUpdate<void, [Decision]>(update),
      (decision) => {
        const question = `${kind}/${decision.nodeId}`;
        const answer = waiting.get(question);
        // The first answer counts: from here on there is nothing to decide.
        waiting.delete(question);
        answered.set(question, decision);
        answer?.(decision);
      },
      {
        validator: (decision) => {
          const question = `${kind}/${decision.nodeId}`;
          if (!waiting.has(question)) {
            const taken = answered.get(question);
            const by = taken ? `: ${taken.actor.name} decided '${taken.choice}'` : '';
            refuse(REFUSALS.nothingToDecide, `Nothing is to be decided about '${decision.nodeId}'${by}.`);
          }
          if (!choices.includes(decision.choice)) refuse(REFUSALS.unknownTask, `Choose one of ${choices.join(', ')}.`);
          if (!decision.reason?.trim()) refuse(REFUSALS.commentRequired, 'Say why: the reason stays with the run.');
        },
      }
    );
  serve(UNDO_DECISION_UPDATE, 'undo', UNDO_CHOICES);
  serve(OUTCOME_DECISION_UPDATE, 'outcome', OUTCOME_CHOICES);
}

/** Ask what to do about an undo that failed. Its ledger entry is set by who asks, who then tells the phase. */
export const askUndo = (state: SagaState, nodeId: string, error: unknown) =>
  ask(state, 'undo', nodeId, `${nodeId}:undo`, error) as Promise<UndoDecision>;

/** Ask whether a step happened. */
export const askOutcome = (state: SagaState, nodeId: string, error: unknown) =>
  ask(state, 'outcome', nodeId, nodeId, error) as Promise<OutcomeDecision>;

async function ask(
  state: SagaState,
  kind: 'undo' | 'outcome',
  nodeId: string,
  activityId: string,
  error: unknown
): Promise<Decision> {
  const wait: HumanWait = {
    kind,
    nodeId,
    activityId,
    error: { type: failureType(error), message: failureMessage(error) },
    sinceMs: Date.now(),
  };
  let decided: Decision | null = null;
  state.waits.add(wait);
  state.tell();
  pending.get(state)?.set(`${kind}/${nodeId}`, (decision) => (decided = decision));
  await condition(() => decided !== null);
  state.waits.delete(wait);
  return decided as unknown as Decision;
}

/** Refuse an update: its sender reads the type and the sentence. */
export function refuse(type: string, message: string): never {
  throw ApplicationFailure.nonRetryable(message, type);
}
