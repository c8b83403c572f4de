/**
 * The failure matrix: every step of a flow, failing in every way that matters, and what comes of it. Each cell is a
 * trial of its own (trial.ts), so that it can be opened as one.
 *
 * Rules
 * [FM1] A row is played on the first way that reaches its node: the given input, a scenario of the flow, or the plan of
 *       another cell (a handler is reached only when something failed). A handler of certain types is reached by a step
 *       that fails with one of them; what happens without a signal, by one that never comes. A node that nothing
 *       reaches says so.
 * [FM2] 'before': answered with a failure that proves that nothing happened. 'after': the effect happened and a failure
 *       is answered. 'unknown': nothing is answered. 'stopped': somebody stops the run while the step is under way, and
 *       the step is answered all the same.
 * [FM3] Where the node has an undo that can be called, the cell is played twice: the undo works, or it fails each time.
 * [FM4] What nobody has decided stays open: a cell ends with the question that a person is asked.
 */
import pLimit from 'p-limit';
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes, catchesOf } from '../flow/tree';
import { isMeant } from '../run-view/remaining';
import type { WorkflowWorker } from '../worker/port';
import type { MatrixCell, MatrixFailure, MatrixRow, MatrixUndo } from './matrix-cells';
import type { Answer, StepPlan, TrialPlan } from '../flow/trial-plan';
import { playTrial, type TrialOptions } from './trial';

/** Several trials wait for the sandbox at the same time, so that its thread is never idle. */
const AT_ONCE = 8;

export interface MatrixListener {
  /** Once, before the first cell; again when a further way has reached more nodes. */
  onRows(rows: MatrixRow[]): void;
  onCell(cell: MatrixCell): void;
}

export async function playMatrix(
  worker: WorkflowWorker,
  manifest: FlowManifest,
  start: TrialPlan,
  listener: MatrixListener,
  { startMs, signal }: Pick<TrialOptions, 'startMs'> & { signal?: AbortSignal } = {}
): Promise<void> {
  const nodes = allNodes(manifest.document.steps).filter((node) => failuresOf(node, manifest).length > 0);
  const ways = new Map<string, TrialPlan>();
  const limit = pLimit(AT_ONCE);
  const play = (plan: TrialPlan) =>
    limit(() => (signal?.aborted ? null : playTrial(worker, manifest, plan, { keepsMoments: false, startMs })));
  const announce = () => listener.onRows(nodes.map((node) => rowOf(node, manifest, ways.has(node.id))));

  const starts = [start, ...manifest.document.scenarios.map(({ input }): TrialPlan => ({ ...start, input }))];
  for (const plan of starts) {
    if (nodes.every(({ id }) => ways.has(id))) break;
    const reached = (await play(plan))?.reached ?? [];
    for (const id of reached) if (!ways.has(id)) ways.set(id, plan);
  }
  announce();

  const done = new Set<string>();
  const tried = new Set<string>();
  while (!signal?.aborted) {
    let wave = nodes.filter(({ id }) => ways.has(id) && !done.has(id));
    if (wave.length === 0) {
      for (const plan of [...typedWays(manifest.document.steps, ways), ...silentWays(nodes, ways)]) {
        const key = JSON.stringify(plan);
        if (tried.has(key)) continue;
        tried.add(key);
        const reached = (await play(plan))?.reached ?? [];
        for (const id of reached) if (!ways.has(id)) ways.set(id, plan);
      }
      wave = nodes.filter(({ id }) => ways.has(id) && !done.has(id));
      if (wave.length === 0) return;
      announce();
    }
    const found = new Map<string, TrialPlan>();
    await Promise.all(
      wave.flatMap((node) => {
        done.add(node.id);
        return plansOf(node, manifest, ways.get(node.id)!).map(async ({ failure, undo, plan }) => {
          const played = await play(plan);
          if (!played) return;
          const { end, left, undone, reached, calls } = played;
          for (const id of reached) if (!ways.has(id) && !found.has(id)) found.set(id, plan);
          const undoCalled = calls.some((call) => call.nodeId === node.id && call.role === 'undo');
          const unmeant = end.kind === 'completed' ? left.filter((each) => !isMeant(each)) : left;
          listener.onCell({ nodeId: node.id, failure, undo, end, left: unmeant, undone, undoCalled, plan });
        });
      })
    );
    for (const [id, plan] of found) if (!ways.has(id)) ways.set(id, plan);
    if (nodes.some(({ id }) => ways.has(id) && !done.has(id))) announce();
  }
}

/** Plans in which a step fails with a type that a handler around it names, for handlers that nothing has reached. */
function typedWays(steps: readonly FlowNode[], ways: ReadonlyMap<string, TrialPlan>): TrialPlan[] {
  return allNodes(steps).flatMap((node) => {
    const unreached = catchesOf(node).filter(
      ({ types, then }) => types.length > 0 && allNodes(then).every(({ id }) => !ways.has(id))
    );
    const covered = [
      node,
      ...factsOf(node)
        .branches(node)
        .flatMap((branch) => allNodes(branch.steps)),
    ];
    const failing = covered.find((each) => factsOf(each).step(each) !== null && ways.has(each.id));
    if (!failing) return [];
    const way = ways.get(failing.id)!;
    return unreached.map(({ types }): TrialPlan => {
      const answers = [failingWith(types[0]!)];
      return { ...way, steps: { ...way.steps, [failing.id]: { ...way.steps[failing.id], answers } } };
    });
  });
}

/** Plans in which a signal never comes, although the flow waits for it without a limit. */
function silentWays(nodes: readonly FlowNode[], ways: ReadonlyMap<string, TrialPlan>): TrialPlan[] {
  return nodes.flatMap(({ id, kind }) => {
    const way = ways.get(id);
    if (kind !== 'waitForSignal' || !way) return [];
    return [{ ...way, steps: { ...way.steps, [id]: { ...way.steps[id], signal: 'never' as const } } }];
  });
}

function rowOf(node: FlowNode, manifest: FlowManifest, reached: boolean): MatrixRow {
  const { id, title, kind } = node;
  const undo = manifest.nodes[id]?.undo?.title ?? null;
  const effect = manifest.nodes[id]?.effect ?? 'none';
  return { nodeId: id, title, kind, effect, undo, reached, failures: failuresOf(node, manifest) };
}

/** [FM2] */
function failuresOf(node: FlowNode, manifest: FlowManifest): MatrixFailure[] {
  if (node.kind === 'approval')
    return node.timeout === undefined ? ['rejected', 'stopped'] : ['rejected', 'late', 'stopped'];
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

const HOW: Record<MatrixFailure, StepPlan> = {
  before: { answers: [failing('none')] },
  after: { answers: [failing('happened')] },
  unknown: { answers: [{ kind: 'timeout', effect: 'none' }] },
  stopped: {},
  rejected: { decision: 'reject' },
  late: { decision: 'nobody', signal: 'never' },
};

function plansOf(
  node: FlowNode,
  manifest: FlowManifest,
  way: TrialPlan
): { failure: MatrixFailure; undo: MatrixUndo; plan: TrialPlan }[] {
  const hasUndo = Boolean(manifest.nodes[node.id]?.undo);
  return failuresOf(node, manifest).flatMap((failure) => {
    // [FM3] Nothing happened: there is nothing to undo.
    const undos: MatrixUndo[] = hasUndo && failure !== 'before' ? ['works', 'fails'] : ['none'];
    return undos.map((undo) => {
      const step = { ...way.steps[node.id], ...HOW[failure], ...(undo === 'fails' ? { undo: [UNDO_FAILS] } : {}) };
      const stop = failure === 'stopped' ? { stopAt: node.id } : {};
      return { failure, undo, plan: { ...way, ...stop, steps: { ...way.steps, [node.id]: step } } };
    });
  });
}
