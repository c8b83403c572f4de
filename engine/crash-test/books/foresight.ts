/**
 * Does a trial say what the engine does? Plays trials of flows, and the same on the real engine against a service that
 * answers as planned, and returns what differs.
 *
 * Rules
 * [FS1] Where no two calls are under way at the same time, run and trial are the same: the end, the ledger, the order
 *       of the undos, the questions and the books.
 * [FS2] Otherwise the run is one of the ways in which the calls can be answered: the trial is played in further orders,
 *       also those in which people decide and timers fire before a call is answered (in a trial a call takes no time).
 *       The order of the undos, which follows that of the answers, is not compared then.
 *       In a trial an operator answers at the moment of the question; on the engine steps begin between two answers. So
 *       a run with several answers whose trials all differ is counted, and only its ledger and its books are compared.
 * [FS4] In a trial a child is one effect (trial/planned-children.ts). So flows are compared whose children are such a flow
 *       (LEAF), by plans in which a child that fails has undone itself.
 * [FS3] A cell of the failure matrix says what the trial says as which it opens.
 */
import pLimit from 'p-limit';
import type { FlowManifest } from '../../flow/manifest';
import { allNodes } from '../../flow/tree';
import { itemPlanOf, type ItemPlan, type TrialPlan } from '../../flow/trial-plan';
import { outcomeOf } from '../../trial/outcome';
import type { MatrixCell } from '../../trial/matrix-cells';
import type { TrialResult } from '../../trial/result';
import { Random } from '../random';
import { differences } from './differences';
import { ForeseenRun } from './foreseen-run';
import { LEAF } from './random-document';
import { overHttp, randomPlan } from './random-plan';
import { familyOf, type Around } from './real-run';
import { Stage } from './stage';

/** Runs on the engine at the same time. */
const AT_ONCE = 40;
/** Questions of an operator that a plan answers one after the other. */
const MOST_ANSWERS = 6;
/** [FS2] */
const MOST_ORDERS = 150;
const MOST_REPEATS = 3;

export interface Foreseen {
  runs: number;
  cells: number;
  /** Runs that are as foreseen in another order of the answers. */
  reordered: number;
  /** [FS2] Runs with several answers of an operator, in which other steps had begun by then. */
  otherMoments: number;
  /** Runs whose outside was too slow to do as planned, each time. */
  offPlan: number;
  differences: string[];
}

interface Foresight {
  around: Around;
  /** All flows, by workflow type. */
  published: ReadonlyMap<string, FlowManifest>;
  seed: number;
  plans: number;
}

export async function foresee(
  manifests: readonly FlowManifest[],
  { around, published, seed, plans: count }: Foresight
): Promise<Foreseen> {
  const stage = new Stage();
  const limit = pLimit(AT_ONCE);
  const runs: Promise<string[]>[] = [];
  const all: Foreseen = { runs: 0, cells: 0, reordered: 0, otherMoments: 0, offPlan: 0, differences: [] };
  try {
    for (const manifest of manifests.filter(runsLeavesOnly)) {
      await stage.serve(manifest, published);
      const random = Random.of(seed, `trials of ${manifest.flow}`);
      const input = { items: [0, 1, 2].slice(0, random.between(1, 3)) };
      const cells = await stage.cells(manifest, { input, steps: {}, seed: 1 });
      all.cells += cells.length;
      for (const cell of cells) all.differences.push(...cellAgainst(cell, await stage.play(manifest, cell.plan)));
      const plans = [
        ...Array.from({ length: count }, () => randomPlan(manifest, input, random)),
        ...random
          .shuffle(cells.map(({ plan }) => overHttp(plan)))
          .filter((plan) => canBePlayed(plan, manifest))
          .slice(0, count),
      ];
      for (const [index, plan] of plans.entries()) {
        const trial = await answered(stage, manifest, plan, random);
        const id = `${manifest.flow}-foreseen-${index}`;
        runs.push(limit(() => compare(id, manifest, trial, { stage, around, published, seed, all })));
      }
    }
    all.differences.push(...(await Promise.all(runs)).flat());
    return { ...all, runs: runs.length };
  } finally {
    await stage.close();
  }
}

/** [FS4] */
const runsLeavesOnly = ({ document }: FlowManifest): boolean =>
  allNodes(document.steps).every((node) => node.kind !== 'child' || node.flow === LEAF);
/** [FS4] */
const canBePlayed = ({ steps }: TrialPlan, { document }: FlowManifest): boolean =>
  allNodes(document.steps).every(
    (node) =>
      node.kind !== 'child' ||
      [steps[node.id], ...Object.values(steps[node.id]?.items ?? {})].every(
        (said) => said?.answers?.every((answer) => answer.kind === 'output' || answer.effect === 'none') !== false
      )
  );

const hasConcurrency = ({ document }: FlowManifest): boolean =>
  allNodes(document.steps).some(
    (node) => node.kind === 'parallel' || node.kind === 'race' || (node.kind === 'each' && node.concurrency > 1)
  );

/** What differs, in words. */
async function compare(
  id: string,
  manifest: FlowManifest,
  trial: TrialResult,
  { stage, around, published, seed, all }: Omit<Foresight, 'plans'> & { stage: Stage; all: Foreseen }
): Promise<string[]> {
  let run: ForeseenRun;
  for (let attempt = 0; ; attempt++) {
    run = new ForeseenRun(`${id}-${attempt}`, manifest, trial, around);
    await run.play();
    if (run.offPlan === null) break;
    if (attempt < MOST_REPEATS) continue;
    all.offPlan++;
    return [];
  }
  const found = run.against(trial);
  const { workflowId } = run.run;
  const booked = () => differences(around, published, familyOf(workflowId));
  const orders = found.length > 0 && hasConcurrency(manifest) ? MOST_ORDERS : 0;
  for (let order = 0; order < orders; order++) {
    const other = order === 0 ? trial : await stage.play(manifest, trial.plan, Random.of(seed, `order ${order}`));
    if (run.against(other, { anyOrder: true }).length > 0) continue;
    all.reordered++;
    return booked();
  }
  if (orders > 0 && answersIn(trial.plan) > 1) {
    all.otherMoments++;
    return booked();
  }
  return found.length > 0 ? run.inWords(found) : booked();
}

/** How many questions an operator answers by the plan. */
const answersIn = ({ steps }: TrialPlan): number =>
  Object.values(steps)
    .flatMap((step) => [step, ...Object.values(step.items ?? {})])
    .reduce(
      (count, { outcome, afterUndoFailed }) => count + (outcome?.length ?? 0) + (afterUndoFailed?.length ?? 0),
      0
    );

/** Adds answers of an operator, who looks into the books, until the run ends or nothing is left to answer. */
async function answered(stage: Stage, manifest: FlowManifest, from: TrialPlan, random: Random): Promise<TrialResult> {
  let trial = await stage.play(manifest, from);
  for (let more = 0; more < MOST_ANSWERS && trial.end.kind === 'asks'; more++) {
    const question = trial.end.questions.find(({ kind }) => kind !== 'approval');
    if (!question || random.chance(0.2)) break;
    const { nodeId, kind, item } = question;
    const stepId = item === undefined ? nodeId : `${nodeId}~${item}`;
    const own = itemPlanOf(trial.plan, stepId);
    const isThere = trial.books.some((each) => each.activityId === stepId && each.applied && !each.undone);
    const canUndo = Boolean(manifest.nodes[nodeId]?.undo);
    const choice = !isThere ? 'notApplied' : canUndo && random.chance(0.4) ? 'undo' : 'applied';
    const said: ItemPlan =
      kind === 'undo'
        ? { afterUndoFailed: [...(own.afterUndoFailed ?? []), random.pick(['retry', 'doneByHand', 'leave'] as const)] }
        : { outcome: [...(own.outcome ?? []), { choice }] };
    trial = await stage.play(manifest, withAnswers(trial.plan, nodeId, item, said));
  }
  return trial;
}

function withAnswers(plan: TrialPlan, nodeId: string, item: string | undefined, said: ItemPlan): TrialPlan {
  const step = plan.steps[nodeId] ?? {};
  const changed =
    item === undefined
      ? { ...step, ...said }
      : { ...step, items: { ...step.items, [item]: { ...step.items?.[item], ...said } } };
  return { ...plan, steps: { ...plan.steps, [nodeId]: changed } };
}

/** [FS3] */
function cellAgainst(cell: MatrixCell, trial: TrialResult): string[] {
  const was = outcomeOf(trial);
  const said = {
    ends: cell.end.kind,
    remains: cell.left.map(({ nodeId }) => nodeId).sort(),
    undone: cell.undone,
    asks: cell.end.questions.map(({ nodeId, kind }) => ({ nodeId, kind })),
  };
  const [ofCell, ofTrial] = [
    JSON.stringify([said, cell.end.sentence, cell.end.elapsedMs]),
    JSON.stringify([was, trial.end.sentence, trial.end.elapsedMs]),
  ];
  if (ofCell === ofTrial) return [];
  return [
    `${trial.manifest.flow}: the cell '${cell.nodeId} ${cell.failure} ${cell.undo}' says ${ofCell}, its trial ${ofTrial}: ${JSON.stringify(cell.plan)}`,
  ];
}
