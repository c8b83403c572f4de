/** What a person changes in the plan of a trial. Pure: a plan is never changed in place. */
import { itemPlanOf, type Answer, type ItemPlan, type StepPlan, type TrialPlan } from '@/engine/flow/trial-plan';

export const EMPTY_PLAN: TrialPlan = { steps: {}, seed: 1 };

/** Changes what the plan says of a node. Fields that are undefined are taken away; a node without fields is, too. */
export function editStep(plan: TrialPlan, nodeId: string, change: Partial<StepPlan>): TrialPlan {
  const { [nodeId]: before, ...others } = plan.steps;
  const fields = Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined);
  if (fields.length === 0) return { ...plan, steps: others };
  return { ...plan, steps: { ...others, [nodeId]: Object.fromEntries(fields) as StepPlan } };
}

/**
 * Changes what the plan says of one item of a loop. What is the usual answer is said all the same if the other items
 * have another one; otherwise the item has what they have.
 */
export function editItem(plan: TrialPlan, nodeId: string, item: string, change: Partial<ItemPlan>): TrialPlan {
  const { items, ...all } = plan.steps[nodeId] ?? {};
  const said = Object.entries({ ...items?.[item], ...change }).flatMap(([field, value]) => {
    const usual = USUAL[field as keyof ItemPlan];
    if (value !== undefined) return [[field, value]];
    return field in all && usual !== undefined ? [[field, usual]] : [];
  });
  const { [item]: _, ...others } = items ?? {};
  const next = said.length === 0 ? others : { ...others, [item]: Object.fromEntries(said) as ItemPlan };
  return editStep(plan, nodeId, { items: Object.keys(next).length === 0 ? undefined : next });
}
const USUAL: ItemPlan = { answers: [{ kind: 'output' }], undo: [{ kind: 'output' }], decision: 'approve' };

/** Somebody stops the run at this node, in a loop at this item of it, or nowhere. */
export function stopAt(plan: TrialPlan, nodeId: string | null, item: string | null = null): TrialPlan {
  const { stopAt: _at, stopItem: _item, ...rest } = plan;
  if (nodeId === null) return rest;
  return { ...rest, stopAt: nodeId, ...(item === null ? {} : { stopItem: item }) };
}

/** The plan with one attempt answered differently; attempts before it keep their answers. */
export function answersWith(answers: readonly Answer[] | undefined, index: number, answer: Answer): Answer[] {
  const list = answers ?? [{ kind: 'output' }];
  const last = list.at(-1)!;
  return Array.from({ length: Math.max(list.length, index + 1) }, (_, at) =>
    at === index ? answer : (list[at] ?? last)
  );
}

/**
 * [PE8] One more attempt, so that every attempt is reached: before one that works, one that fails and may be tried again;
 * after one that fails, one that works, and the failure may be tried again.
 */
export function withAnotherAttempt(answers: readonly Answer[]): Answer[] {
  const last = answers.at(-1)!;
  const before = answers.slice(0, -1);
  if (last.kind === 'output') return [...before, FAILS, last];
  return [...before, last.kind === 'failure' ? { ...last, retryable: true } : last, { kind: 'output' }];
}
const FAILS: Answer = { kind: 'failure', effect: 'none', type: 'Failed', message: 'It failed.', retryable: true };

/** [PE9] The first attempt behind which none is made, although others are planned; null: there is none. */
export function lastReached(answers: readonly Answer[]): { index: number; works: boolean } | null {
  const index = answers.findIndex(({ kind, ...more }) => kind === 'output' || ('retryable' in more && !more.retryable));
  return index < 0 || index === answers.length - 1 ? null : { index, works: answers[index]!.kind === 'output' };
}

/** The answers without those that change nothing: undefined where all of them are the usual one. */
export function meaningful(answers: readonly Answer[]): Answer[] | undefined {
  const usual = (answer: Answer | undefined) => answer?.kind === 'output' && answer.output === undefined;
  const list = [...answers];
  // The last one is repeated, so one like it before it says nothing.
  while (list.length > 1 && same(list.at(-1), list.at(-2))) list.pop();
  return list.length === 1 && usual(list[0]) ? undefined : list;
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The run of a step that a person is asked about: in a loop, of this item alone. */
export interface AskedStep {
  nodeId: string;
  item?: string;
}
const saidOf = (plan: TrialPlan, { nodeId, item }: AskedStep): ItemPlan =>
  itemPlanOf(plan, item === undefined ? nodeId : `${nodeId}~${item}`);

/** Changes what the plan says of a step, or of one item of it. */
export const editAsked = (plan: TrialPlan, { nodeId, item }: AskedStep, change: Partial<ItemPlan>): TrialPlan =>
  item === undefined ? editStep(plan, nodeId, change) : editItem(plan, nodeId, item, change);

/** An operator answers the question that the trial ended with. `calls`: how often the undo was called until then. */
export function answerUndo(
  plan: TrialPlan,
  asked: AskedStep,
  choice: 'retry' | 'doneByHand' | 'leave',
  calls = 1
): TrialPlan {
  const { afterUndoFailed = [], undo } = saidOf(plan, asked);
  const edited = editAsked(plan, asked, { afterUndoFailed: [...afterUndoFailed, choice] });
  // Tried again, it works: otherwise the same question would be asked again. All calls before it fail as they did.
  return choice === 'retry' && undo
    ? editAsked(edited, asked, { undo: answersWith(undo, calls, { kind: 'output' }) })
    : edited;
}
export function answerOutcome(plan: TrialPlan, asked: AskedStep, choice: 'applied' | 'notApplied' | 'undo'): TrialPlan {
  return editAsked(plan, asked, { outcome: [...(saidOf(plan, asked).outcome ?? []), { choice }] });
}
