/** Plans of trials that a real service can carry out: those of a failure matrix, and random ones. */
import { allNodes } from '../../flow/tree';
import type { FlowManifest } from '../../flow/manifest';
import type { Answer, ItemPlan, StepPlan, TrialPlan } from '../../flow/trial-plan';
import type { Random } from '../random';
import { ANSWERS } from './planned-calls';

/** Attempts of the calls of random documents. */
const ATTEMPTS = 3;

/** The plan with the failures that HTTP has for it: the failure matrix makes up types of its own. */
export function overHttp(plan: TrialPlan): TrialPlan {
  const steps = Object.entries(plan.steps).map(([nodeId, { items, ...all }]): [string, StepPlan] => [
    nodeId,
    {
      ...ofHttp(all),
      ...(items
        ? { items: Object.fromEntries(Object.entries(items).map(([item, said]) => [item, ofHttp(said)])) }
        : {}),
    },
  ]);
  return { ...plan, steps: Object.fromEntries(steps) };
}

function ofHttp(said: ItemPlan): ItemPlan {
  const calls = (answers: Answer[] | undefined, ofProof: Answer) =>
    answers?.map((answer) => {
      if (answer.kind !== 'failure' || answer.type === 'NotApplied') return answer;
      if (TYPES.has(answer.type)) return { ...answer, proves: false };
      return answer.effect === 'happened' ? ANSWERS.refusedAfter : ofProof;
    });
  const answers = calls(said.answers, ANSWERS.notApplied);
  const undo = calls(said.undo, ANSWERS.refused);
  return { ...said, ...(answers ? { answers } : {}), ...(undo ? { undo } : {}) };
}
const TYPES: ReadonlySet<string> = new Set(['HttpStatus', 'Unreachable', 'ResponseInvalid']);

/** Each step fails in the same ways for all its items, or one item fails alone. */
export function randomPlan({ document, nodes }: FlowManifest, input: unknown, random: Random): TrialPlan {
  const steps: Record<string, StepPlan> = {};
  const stoppable: string[] = [];
  for (const node of allNodes(document.steps)) {
    if (node.kind === 'approval') {
      steps[node.id] = { decision: random.pick(['approve', 'approve', 'reject', 'nobody']) };
      stoppable.push(node.id);
    }
    if (node.kind === 'waitForSignal' && random.chance(0.5)) steps[node.id] = { signal: 'never' };
    if (node.kind === 'child' && random.chance(0.5)) steps[node.id] = answersOfChild(random);
    if (node.kind !== 'action') continue;
    stoppable.push(node.id);
    if (random.chance(0.55)) continue;
    const said = randomAnswers(Boolean(nodes[node.id]?.undo), random);
    steps[node.id] = random.chance(0.7) ? said : { items: { [`${random.between(1, 3)}`]: said } };
  }
  const stopAt = random.chance(0.2) && stoppable.length > 0 ? random.pick(stoppable) : undefined;
  return { input, steps, seed: 1, ...(stopAt ? { stopAt } : {}) };
}

/** [FS4] of foresight.ts. Only what a child that ended well has left is undone by its parent. */
function answersOfChild(random: Random): ItemPlan {
  const answer = random.pick(['output', 'output', 'notApplied', 'refused'] as const);
  if (answer !== 'output') return { answers: [ANSWERS[answer]] };
  return { undo: [ANSWERS[random.pick(['refused', 'down', 'cutAfter', 'refusedAfter', 'output'] as const)]] };
}

function randomAnswers(hasUndo: boolean, random: Random): ItemPlan {
  const some = (names: (keyof typeof ANSWERS)[]): Answer[] =>
    Array.from({ length: random.between(1, ATTEMPTS) }, () => ANSWERS[random.pick(names)]);
  const all = Object.keys(ANSWERS) as (keyof typeof ANSWERS)[];
  const answers = truthful(some(random.chance(0.5) ? all : ['output']));
  const undo = hasUndo && random.chance(0.5) ? some(all.filter((name) => name !== 'notApplied')) : undefined;
  return {
    answers,
    ...(undo ? { undo } : {}),
    ...(random.chance(0.2) ? { lookUp: { fails: true as const } } : {}),
  };
}

/** A service that has carried out a call does not say afterwards that it did not. */
function truthful(answers: Answer[]): Answer[] {
  let happened = false;
  return answers.map((answer) => {
    const isLie = happened && answer.kind === 'failure' && answer.type === 'NotApplied';
    happened ||= answer.kind === 'output' || answer.effect === 'happened';
    return isLie ? ANSWERS.output : answer;
  });
}
