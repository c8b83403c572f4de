/**
 * The failure matrix: every step of a flow, failing in every way that matters, and what comes of it. Each cell is a
 * trial of its own (trial.ts), so that it can be opened as one.
 *
 * Rules
 * [FM1] A row is played on the first way that reaches its node: the given input, a scenario of the flow, or the plan of
 *       another cell (a handler is reached only when something failed). A handler of certain types is reached by a step
 *       that fails with one of them; what happens without a signal, by one that never comes; what follows a named
 *       decision, by that decision. A node that nothing reaches says so.
 * [FM2] 'before': answered with a failure that proves that nothing happened. 'after': the effect happened and a failure
 *       is answered. 'unknown': nothing is answered. 'stopped': somebody stops the run while the step is under way, and
 *       the step is answered all the same.
 * [FM3] Where the node has an undo that can be called, there are two cells: the undo works, or it fails each time. If
 *       the undo is not called, the second one is the same run, which is not played again.
 * [FM6] A step in a loop has cells in which all of its items fail alike, and cells in which one item fails alone: the
 *       first, one in the middle, and the last. They are played on the way with the most items; where a list has fewer
 *       than three entries, also with its entries repeated.
 * [FM4] What nobody has decided stays open: a cell ends with the question that a person is asked.
 */
import pLimit from 'p-limit';
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { decisionsOf } from '../flow/nodes/approval';
import { factsOf } from '../flow/nodes/table';
import { allNodes, catchesOf } from '../flow/tree';
import { isMeant } from '../run-view/remaining';
import type { WorkflowWorker } from '../worker/port';
import type { MatrixCell, MatrixFailure, MatrixItem, MatrixRow, MatrixUndo } from './matrix-cells';
import {
  callsInLoops,
  chosenItems,
  ENOUGH_ITEMS,
  itemsOf,
  loopsAround,
  withLongerLists,
  type PlacedCall,
} from './matrix-items';
import type { Answer, ItemPlan, TrialPlan } from '../flow/trial-plan';
import type { LeftEffect, TrialResult } from './result';
import { playTrial, type TrialOptions } from './trial';

/** Several trials wait for the sandbox at the same time, so that its thread is never idle. */
const AT_ONCE = 16;

export interface MatrixListener {
  /** Once, before the first cell; again when a further way has reached more nodes. */
  onRows(rows: MatrixRow[]): void;
  onCell(cell: MatrixCell): void;
}

/** The first way that reaches a node, and the way on which its loop has the most items, up to as many as are needed. */
interface Way {
  plan: TrialPlan;
  items: string[];
  itemsPlan: TrialPlan;
}

interface Reached {
  reached: readonly string[];
  calls: readonly PlacedCall[];
}

export async function playMatrix(
  worker: WorkflowWorker,
  manifest: FlowManifest,
  start: TrialPlan,
  listener: MatrixListener,
  { startMs, signal }: Pick<TrialOptions, 'startMs'> & { signal?: AbortSignal } = {}
): Promise<void> {
  const nodes = allNodes(manifest.document.steps).filter((node) => failuresOf(node, manifest).length > 0);
  const loops = loopsAround(manifest.document.steps);
  const ways = new Map<string, Way>();
  const limit = pLimit(AT_ONCE);
  const play = (plan: TrialPlan) =>
    limit(() => (signal?.aborted ? null : playTrial(worker, manifest, plan, { keepsMoments: false, startMs })));
  /** The rows of a node keep their items once its cells are played. */
  const rowsOf = new Map<string, (MatrixItem | null)[]>();
  const itemsFor = (node: FlowNode): (MatrixItem | null)[] =>
    rowsOf.get(node.id) ?? [null, ...chosenItems(ways.get(node.id)?.items ?? [], loops.get(node.id))];
  const announce = () =>
    listener.onRows(
      nodes.flatMap((node) => itemsFor(node).map((item) => rowOf(node, manifest, ways.has(node.id), item)))
    );
  const hasTooFew = () => nodes.some(({ id }) => loops.has(id) && (ways.get(id)?.items.length ?? 0) < ENOUGH_ITEMS);
  const learn = (plan: TrialPlan, { reached, calls }: Reached) => {
    for (const nodeId of reached) {
      const items = loops.has(nodeId) ? itemsOf(calls, nodeId) : [];
      const known = ways.get(nodeId);
      if (!known) ways.set(nodeId, { plan, items, itemsPlan: plan });
      else if (known.items.length < Math.min(items.length, ENOUGH_ITEMS))
        ways.set(nodeId, { ...known, items, itemsPlan: plan });
    }
  };

  const starts = [start, ...manifest.document.scenarios.map(({ input }): TrialPlan => ({ ...start, input }))];
  for (const plan of starts) {
    if (nodes.every(({ id }) => ways.has(id)) && !hasTooFew()) break;
    const played = await play(plan);
    if (!played) break;
    learn(plan, played);
    const withMore = hasTooFew() ? withLongerLists(plan, played) : plan;
    const playedMore = withMore === plan ? null : await play(withMore);
    if (playedMore) learn(withMore, playedMore);
  }
  announce();

  const tried = new Set<string>();
  const planOf = (id: string) => ways.get(id)?.plan;
  while (!signal?.aborted) {
    let wave = nodes.filter(({ id }) => ways.has(id) && !rowsOf.has(id));
    if (wave.length === 0) {
      for (const plan of [
        ...typedWays(manifest.document.steps, planOf),
        ...silentWays(nodes, planOf),
        ...decidedWays(nodes, planOf),
      ]) {
        const key = JSON.stringify(plan);
        if (tried.has(key)) continue;
        tried.add(key);
        const played = await play(plan);
        if (played) learn(plan, played);
      }
      wave = nodes.filter(({ id }) => ways.has(id) && !rowsOf.has(id));
      if (wave.length === 0) return;
      announce();
    }
    const found: [TrialPlan, Reached][] = [];
    await Promise.all(
      wave.flatMap((node) => {
        rowsOf.set(node.id, itemsFor(node));
        const { plan: way, itemsPlan } = ways.get(node.id)!;
        const plans = itemsFor(node).flatMap((item) => plansOf(node, manifest, item ? itemsPlan : way, item));
        return plans.map(async ({ failure, item, plans: byUndo }) => {
          let same: TrialResult | null = null;
          for (const { undo, plan } of byUndo) {
            const played: TrialResult | null = same ?? (await play(plan));
            if (!played) return;
            found.push([plan, { reached: played.reached, calls: callsInLoops(played) }]);
            const undoCalled = played.calls.some(
              ({ nodeId, role, path }) =>
                nodeId === node.id && role === 'undo' && (item === null || path.join('.') === item.item)
            );
            if (!undoCalled) same = played;
            const { end, undone } = played;
            const isMeantHere = (each: LeftEffect) => end.kind === 'completed' && isMeant(each);
            const left = played.left.filter((each) => !isMeantHere(each));
            const meant = [...new Set(played.left.filter(isMeantHere).map(({ nodeId }) => nodeId))];
            listener.onCell({ nodeId: node.id, failure, undo, item, end, left, meant, undone, undoCalled, plan });
          }
        });
      })
    );
    const before = ways.size;
    for (const [plan, played] of found) learn(plan, played);
    if (ways.size > before) announce();
  }
}

/** The way that reaches a node, if one does. */
type PlanOf = (nodeId: string) => TrialPlan | undefined;

/** Plans in which a step fails with a type that a handler around it names, for handlers that nothing has reached. */
function typedWays(steps: readonly FlowNode[], planOf: PlanOf): TrialPlan[] {
  return allNodes(steps).flatMap((node) => {
    const unreached = catchesOf(node).filter(
      ({ types, then }) => types.length > 0 && allNodes(then).every(({ id }) => !planOf(id))
    );
    const covered = [
      node,
      ...factsOf(node)
        .branches(node)
        .flatMap((branch) => allNodes(branch.steps)),
    ];
    const failing = covered.find((each) => factsOf(each).step(each) !== null && planOf(each.id));
    if (!failing) return [];
    const way = planOf(failing.id)!;
    return unreached.map(({ types }): TrialPlan => {
      const answers = [failingWith(types[0]!)];
      return { ...way, steps: { ...way.steps, [failing.id]: { ...way.steps[failing.id], answers } } };
    });
  });
}

/** Plans in which a signal never comes, although the flow waits for it without a limit. */
function silentWays(nodes: readonly FlowNode[], planOf: PlanOf): TrialPlan[] {
  return nodes.flatMap(({ id, kind }) => {
    const way = planOf(id);
    if (kind !== 'waitForSignal' || !way) return [];
    return [{ ...way, steps: { ...way.steps, [id]: { ...way.steps[id], signal: 'never' as const } } }];
  });
}

/** Plans in which an approval ends with another of the decisions that it names. */
function decidedWays(nodes: readonly FlowNode[], planOf: PlanOf): TrialPlan[] {
  return nodes.flatMap((node) => {
    const way = planOf(node.id);
    if (node.kind !== 'approval' || !node.decisions || !way) return [];
    return node.decisions.map(({ key }): TrialPlan => {
      const step = { ...way.steps[node.id], ...decidedAs(key) };
      return { ...way, steps: { ...way.steps, [node.id]: step } };
    });
  });
}

function rowOf(node: FlowNode, manifest: FlowManifest, reached: boolean, item: MatrixItem | null): MatrixRow {
  const { id, title, kind } = node;
  const undo = manifest.nodes[id]?.undo?.title ?? null;
  const effect = manifest.nodes[id]?.effect ?? 'none';
  return { nodeId: id, title, kind, effect, undo, reached, failures: failuresOf(node, manifest), item };
}

/** [FM2] */
function failuresOf(node: FlowNode, manifest: FlowManifest): MatrixFailure[] {
  if (node.kind === 'approval') {
    const turnsBack = decisionsOf(node).some((decision) => decision.turnsBack);
    return [
      ...(turnsBack ? (['rejected'] as const) : []),
      ...(node.timeout === undefined ? [] : (['late'] as const)),
      'stopped',
    ];
  }
  if (node.kind === 'waitForSignal') return node.timeout === undefined ? ['stopped'] : ['late', 'stopped'];
  if (factsOf(node).step(node) === null) return [];
  return manifest.nodes[node.id]?.effect === 'none'
    ? ['before', 'unknown', 'stopped']
    : ['before', 'after', 'unknown', 'stopped'];
}

const failingWith = (type: string): Answer => ({
  kind: 'failure',
  effect: 'none',
  type,
  message: 'It failed, and nothing happened.',
  retryable: false,
});
const failing = (effect: 'none' | 'happened'): Answer => ({
  kind: 'failure',
  effect,
  type: 'Failed',
  message: effect === 'none' ? 'It failed, and nothing happened.' : 'It failed, after its effect.',
  retryable: false,
});
const UNDO_FAILS: Answer = {
  kind: 'failure',
  effect: 'none',
  type: 'UndoFailed',
  message: 'The undo failed.',
  retryable: false,
};

const HOW: Record<MatrixFailure, ItemPlan> = {
  before: { answers: [failing('none')] },
  after: { answers: [failing('happened')] },
  unknown: { answers: [{ kind: 'timeout', effect: 'none' }] },
  stopped: {},
  rejected: {},
  late: { decision: 'nobody', signal: 'never' },
};

function rejecting(node: FlowNode, failure: MatrixFailure): ItemPlan {
  if (failure !== 'rejected' || node.kind !== 'approval') return {};
  return decidedAs(decisionsOf(node).find(({ turnsBack }) => turnsBack)?.key ?? 'reject');
}
/** Values of another decision would not fit. */
const decidedAs = (decision: string): ItemPlan => ({ decision, values: undefined });

interface FailurePlans {
  failure: MatrixFailure;
  item: MatrixItem | null;
  /** That its undo works comes first. */
  plans: { undo: MatrixUndo; plan: TrialPlan }[];
}

/** `item`: it fails alone [FM6]. */
function plansOf(node: FlowNode, manifest: FlowManifest, way: TrialPlan, item: MatrixItem | null): FailurePlans[] {
  const hasUndo = Boolean(manifest.nodes[node.id]?.undo);
  const all = way.steps[node.id] ?? {};
  return failuresOf(node, manifest).map((failure) => {
    // Nothing happened: there is nothing to undo.
    const undos: MatrixUndo[] = hasUndo && failure !== 'before' ? ['works', 'fails'] : ['none'];
    const stop = failure === 'stopped' ? { stopAt: node.id, ...(item ? { stopItem: item.item } : {}) } : {};
    const plans = undos.map((undo) => {
      const said: ItemPlan = {
        ...HOW[failure],
        ...rejecting(node, failure),
        ...(undo === 'fails' ? { undo: [UNDO_FAILS] } : {}),
      };
      const step = item
        ? { ...all, items: { ...all.items, [item.item]: { ...all.items?.[item.item], ...said } } }
        : { ...all, ...said };
      return { undo, plan: { ...way, ...stop, steps: { ...way.steps, [node.id]: step } } };
    });
    return { failure, item, plans };
  });
}
