/** Questions that a running saga puts to an operator, each answered by an Update whose validator refuses what makes no sense. */
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
  pending.set(state, waiting);
  const serve = (update: string, kind: HumanWait['kind'], choices: readonly string[]) =>
    setHandler(
      defineUpdate<void, [Decision]>(update),
      (decision) => waiting.get(`${kind}/${decision.nodeId}`)?.(decision),
      {
        validator: (decision) => {
          if (!waiting.has(`${kind}/${decision.nodeId}`)) {
            refuse(REFUSALS.nothingToDecide, `Nothing is to be decided about '${decision.nodeId}' (any more).`);
          }
          if (!choices.includes(decision.choice)) refuse(REFUSALS.unknownTask, `Choose one of ${choices.join(', ')}.`);
          if (!decision.reason?.trim()) refuse(REFUSALS.commentRequired, 'Say why: the reason stays with the run.');
        },
      }
    );
  serve(UNDO_DECISION_UPDATE, 'undo', UNDO_CHOICES);
  serve(OUTCOME_DECISION_UPDATE, 'outcome', OUTCOME_CHOICES);
}

export const askUndo = (state: SagaState, nodeId: string, error: unknown) =>
  ask(state, 'undo', nodeId, `${nodeId}:undo`, error) as Promise<UndoDecision>;

export async function askOutcome(state: SagaState, nodeId: string, error: unknown): Promise<OutcomeDecision> {
  const before = state.phase;
  state.enter('needs-hand');
  const decision = (await ask(state, 'outcome', nodeId, nodeId, error)) as OutcomeDecision;
  if (before === 'forward' || before === 'done') state.resume();
  else state.enter(before);
  return decision;
}

async function ask(
  state: SagaState,
  kind: 'undo' | 'outcome',
  nodeId: string,
  activityId: string,
  error: unknown
): Promise<Decision> {
  const waiting = pending.get(state);
  const wait: HumanWait = {
    kind,
    nodeId,
    activityId,
    error: { type: failureType(error), message: failureMessage(error) },
    sinceMs: Date.now(),
  };
  let decided: Decision | null = null;
  state.waits.add(wait);
  waiting?.set(`${kind}/${nodeId}`, (decision) => (decided ??= decision));
  await condition(() => decided !== null);
  waiting?.delete(`${kind}/${nodeId}`);
  state.waits.delete(wait);
  return decided as unknown as Decision;
}

/** Refuse an update: its sender reads the type and the sentence. */
export function refuse(type: string, message: string): never {
  throw ApplicationFailure.nonRetryable(message, type);
}
