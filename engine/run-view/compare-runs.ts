/**
 * Two runs side by side: where they part, and what differs in each step. Pure.
 *
 * Rules
 * [RDF1] A run compared with itself has no difference. With the sides exchanged, the comparison is the same with its
 *        sides exchanged.
 * [RDF2] Steps are compared by their ids, in loops item by item and round by round. A step that neither run has come to
 *        is not listed.
 * [RDF3] The runs part at the first step whose outcome differs: the first in its sequence; of branches and items that run
 *        at the same time, the one that ended first. That a step was undone later is no outcome: the runs parted before.
 * [RDF4] What is not known yet is no difference: a step that runs, or that an open run may still come to.
 * [RDF5] Runs of two versions of a flow are compared over a flow that has the steps of both. Runs of two flows have no
 *        steps to compare.
 */
import { sequencesIn } from '../flow/branches';
import type { FlowDocument, FlowNode } from '../flow/document';
import { compareDrafts } from '../flow/edit/comparison';
import { documentOf } from '../flow/edit/document-of';
import { draftOf } from '../flow/edit/draft';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { isLoop, nodeIn } from '../flow/tree';
import { stepIdOf } from '../saga/item-path';
import { fieldsOf } from './fields';
import { inputOfRun, resultOfRun } from './input-and-result';
import type { FailureView, LedgerEntry, NodeState, NodeView, RunFacts, RunProjection, TimelineRow } from './model';
import { isUnderWay } from './node-view';
import { valueDifferences, type ValueDifferences } from './value-differences';

export interface ComparedRun {
  facts: Pick<RunFacts, 'status' | 'events' | 'nodes'>;
  manifest: FlowManifest;
  projection: RunProjection;
}

/** A step in one of the runs. */
export interface StepOfRun {
  /** What became of it before it was undone. */
  outcome: NodeState;
  /** As it is now. */
  state: NodeState;
  /** The branch that a choice took, or what a person decided. */
  note: string | null;
  failure: FailureView | null;
  /** 0: no attempt began. */
  attempts: number;
  /** Null while it has no end, and if it leaves no event. */
  durationMs: number | null;
  input: unknown;
  output: unknown;
}
export type StepDifference = 'outcome' | 'failure' | 'attempts' | 'input' | 'output' | 'undo';

export interface ComparedStep {
  /** `<node id>`, or `<node id>~<i>[.<j>…]` in a loop. */
  stepId: string;
  nodeId: string;
  path: readonly number[];
  title: string;
  /** Null: the run's version has no such step, or the run has not come to it. */
  a: StepOfRun | null;
  b: StepOfRun | null;
  differs: StepDifference[];
  input: ValueDifferences;
  output: ValueDifferences;
}

export interface ComparedEffect {
  activityId: string;
  title: string;
  a: LedgerEntry | null;
  b: LedgerEntry | null;
  differs: boolean;
}

export interface RunComparison {
  flows: 'sameVersion' | 'otherVersion' | 'otherFlow';
  /** What is drawn: the flow, or one with the steps of both versions. Null for two flows. */
  document: FlowDocument | null;
  input: ValueDifferences;
  result: ValueDifferences;
  /** In the order of the flow; `differs` is empty where nothing does. */
  steps: ComparedStep[];
  /** [RDF3] The id of the step; null: no outcome differs. */
  first: string | null;
  effects: ComparedEffect[];
}

export function compareRuns(a: ComparedRun, b: ComparedRun): RunComparison {
  const flows =
    a.manifest.flow !== b.manifest.flow
      ? 'otherFlow'
      : a.manifest.version === b.manifest.version && a.manifest.revision === b.manifest.revision
        ? 'sameVersion'
        : 'otherVersion';
  const document = flows === 'otherFlow' ? null : unionOf(a.manifest, b.manifest);
  const { steps, first } = document ? stepsOf(document, sideOf(a), sideOf(b)) : { steps: [], first: null };
  return {
    flows,
    document,
    input: valueDifferences(inputOfRun(a.facts.events), inputOfRun(b.facts.events)),
    result: valueDifferences(resultOfRun(a.facts), resultOfRun(b.facts)),
    steps,
    first,
    effects: effectsOf(a, b, steps),
  };
}

/** [RDF5] The same, whichever of them is the first. */
function unionOf(a: FlowManifest, b: FlowManifest): FlowDocument {
  if (a.version === b.version && a.revision === b.revision) return a.document;
  const [older, newer] = isOlder(a, b) ? [a, b] : [b, a];
  return documentOf(compareDrafts(draftOf(older.document), draftOf(newer.document)).merged).document;
}
const isOlder = (a: FlowManifest, b: FlowManifest): boolean =>
  a.version === b.version ? numberOf(a.revision) < numberOf(b.revision) : a.version < b.version;
/** 'v3.12' → 12 */
const numberOf = (revision: string): number => Number(revision.split('.')[1] ?? 0);

/** A run, with what is looked up of it. */
interface Side extends ComparedRun {
  startMs: number;
  isOpen: boolean;
  /** The row of the forward activity of each step. */
  rows: ReadonlyMap<string, TimelineRow>;
}

function sideOf(run: ComparedRun): Side {
  const rows = new Map<string, TimelineRow>();
  for (const row of run.projection.timeline) {
    const id = row.item === '' ? row.nodeId : `${row.nodeId}~${row.item}`;
    if (row.role !== 'undo' && !rows.has(id)) rows.set(id, row);
  }
  return { ...run, startMs: run.facts.events[0]?.timeMs ?? 0, isOpen: run.facts.status === 'running', rows };
}

/** Where two runs part: the step, and when it ended first in one of them, after the start of that run. */
interface Parting {
  stepId: string;
  atMs: number;
}

function stepsOf(document: FlowDocument, a: Side, b: Side): Pick<RunComparison, 'steps' | 'first'> {
  const steps: ComparedStep[] = [];
  const visitAll = (sequence: readonly FlowNode[], path: readonly number[]): Parting | null => {
    let first: Parting | null = null;
    for (const node of sequence) {
      const found = visit(node, path);
      first ??= found;
    }
    return first;
  };
  const visit = (node: FlowNode, path: readonly number[]): Parting | null => {
    const { step, parting } = comparedStep(node, path, a, b);
    if (step) steps.push(step);
    const plans = sequencesIn(node);
    const body = plans.filter(({ role }) => role === 'branch');
    const inBody = isLoop(node)
      ? itemsOf(node.id, path, a, b).map((item) =>
          visitAll(
            body.flatMap((plan) => plan.steps),
            item
          )
        )
      : body.map((plan) => visitAll(plan.steps, path));
    const inHandlers = plans.filter(({ role }) => role === 'catch').map((plan) => visitAll(plan.steps, path));
    const inside = SIMULTANEOUS.has(factsOf(node).runs) ? earliest(inBody) : firstOf(inBody);
    // A choice decides before its branches run; what else has steps inside ends after them.
    return (node.kind === 'choice' ? (parting ?? inside) : (inside ?? parting)) ?? firstOf(inHandlers);
  };
  return { first: visitAll(document.steps, [])?.stepId ?? null, steps };
}
const SIMULTANEOUS: ReadonlySet<string> = new Set(['all', 'first', 'items']);
const firstOf = (partings: readonly (Parting | null)[]): Parting | null =>
  partings.find((each) => each !== null) ?? null;
const earliest = (partings: readonly (Parting | null)[]): Parting | null =>
  partings.reduce((first, each) => (each && (!first || each.atMs < first.atMs) ? each : first), null);

/** The items that one of the runs has begun, in their order. */
function itemsOf(nodeId: string, path: readonly number[], a: Side, b: Side): number[][] {
  const numbers = new Set<number>();
  for (const { projection } of [a, b])
    for (const item of projection.items[nodeId] ?? [])
      if (path.every((number, index) => item.path[index] === number)) numbers.add(item.path[path.length] ?? 0);
  return [...numbers].sort((one, other) => one - other).map((number) => [...path, number]);
}

function comparedStep(
  node: FlowNode,
  path: readonly number[],
  a: Side,
  b: Side
): { step: ComparedStep | null; parting: Parting | null } {
  const stepId = stepIdOf(node.id, path);
  const [left, right] = [stepOf(node, path, a), stepOf(node, path, b)];
  if (!left.shown && !right.shown) return { step: null, parting: null };
  const ranInBoth = left.shown !== null && right.shown !== null;
  const input = ranInBoth ? valueDifferences(left.shown?.input, right.shown?.input) : NONE;
  const output = ranInBoth ? valueDifferences(left.shown?.output, right.shown?.output) : NONE;
  // [RDF4]
  const areOver = left.outcome !== null && right.outcome !== null;
  const isElsewhere = areOver && left.outcome !== right.outcome;
  const differs: StepDifference[] = [];
  if (isElsewhere) differs.push('outcome');
  if (ranInBoth) {
    if (areOver && failureWords(left.shown) !== failureWords(right.shown)) differs.push('failure');
    if (areOver && left.shown?.attempts !== right.shown?.attempts) differs.push('attempts');
    if (input.differences.length > 0) differs.push('input');
    if (areOver && !isElsewhere && output.differences.length > 0) differs.push('output');
  }
  if (areOver && left.undo !== right.undo) differs.push('undo');
  return {
    step: {
      stepId,
      nodeId: node.id,
      path,
      title: node.title,
      a: left.shown,
      b: right.shown,
      differs,
      input,
      output,
    },
    parting: isElsewhere ? { stepId, atMs: Math.min(left.endedMs, right.endedMs) } : null,
  };
}
const NONE: ValueDifferences = { differences: [], hidden: 0 };
const failureWords = (step: StepOfRun | null): string =>
  step?.failure ? `${step.failure.type}: ${step.failure.message}` : '';

interface Found {
  /** Null if the run has not come to it. */
  shown: StepOfRun | null;
  /** In one word for comparing; null: not known, or not over. */
  outcome: string | null;
  /** Of its effect, once it turned back; '' before that. */
  undo: string;
  /** After the start of the run; infinite if nothing tells. */
  endedMs: number;
}

function stepOf(node: FlowNode, path: readonly number[], run: Side): Found {
  const nothing: Found = { shown: null, outcome: NOT_REACHED, undo: '', endedMs: Infinity };
  if (!nodeIn(run.manifest.document.steps, node.id)) return nothing;
  const stepId = stepIdOf(node.id, path);
  const view = path.length === 0 ? run.projection.nodes[node.id] : run.projection.steps[stepId];
  if (!view || view.state === 'notYet')
    // Of an item that the run has begun, a node without events has no view if the run does not report.
    return { ...nothing, outcome: run.isOpen || isUntold(node, run) ? null : NOT_REACHED };
  if (view.state === 'notTaken') return nothing;
  const row = run.rows.get(stepId);
  const state = row?.state ?? forwardState(view);
  const [startedMs, endedMs] = row ? [row.startMs, row.endMs] : [view.startedMs, view.endedMs];
  return {
    shown: {
      outcome: state,
      state: view.state,
      note: node.kind === 'choice' || node.kind === 'approval' ? view.note : null,
      failure: view.failure,
      attempts: row?.attempts.at(-1)?.attempt ?? (row || view.ledger !== null ? view.attempt : 0),
      durationMs: startedMs === null || endedMs === null ? null : Math.max(0, endedMs - startedMs),
      input: view.input,
      output: view.output,
    },
    outcome: isUnderWay(state) ? null : outcomeOf(node, path, view, state, run),
    undo: TURNED_BACK.has(view.state) ? view.state : '',
    endedMs: endedMs === null ? Infinity : endedMs - run.startMs,
  };
}
const NOT_REACHED = 'notReached';
const TURNED_BACK: ReadonlySet<NodeState> = new Set(['unwinding', 'undone', 'undoFailed']);

/** [RDF3] What became of a step before it was undone. */
export const forwardState = ({ state, fault }: NodeView): NodeState => (TURNED_BACK.has(state) ? (fault ?? 'done') : state);

/** It leaves no event, and the run does not say where it has been. */
const isUntold = (node: FlowNode, { facts }: Side): boolean =>
  facts.nodes === null && !LEAVES_EVENTS.has(factsOf(node).trace);
const LEAVES_EVENTS: ReadonlySet<string> = new Set(['activity', 'task', 'timer']);

function outcomeOf(
  node: FlowNode,
  path: readonly number[],
  view: NodeView,
  state: NodeState,
  run: Side
): string | null {
  if (state === 'failed') return `failed: ${view.failure?.type ?? ''}`;
  if (state !== 'done') return state;
  if (node.kind === 'choice') {
    const way = wayTaken(node, path, view, run);
    return way === null ? null : `done: ${way}`;
  }
  if (node.kind === 'approval') return `done: ${String(fieldsOf(view.output).decision)}`;
  return state;
}

/** The branch that a choice took; null: nothing tells. */
function wayTaken(node: FlowNode, path: readonly number[], view: NodeView, { projection }: Side): string | null {
  // In a loop every item takes its own way.
  if (path.length > 0) return view.note;
  const taken = sequencesIn(node).filter(({ key, role }) => role === 'branch' && projection.branches[key] === 'taken');
  return taken[0]?.key ?? null;
}

/** Effects of both ledgers, in the order of their steps; those that happened in neither are left out. */
function effectsOf(a: ComparedRun, b: ComparedRun, steps: readonly ComparedStep[]): ComparedEffect[] {
  const [left, right] = [reachedEffects(a), reachedEffects(b)];
  const places = new Map(steps.map(({ stepId }, index) => [stepId, index]));
  // Of an effect that a child handed over: the step of the child.
  const placeOf = (activityId: string) => places.get(activityId.split('/', 1)[0] ?? '') ?? Infinity;
  const ids = [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .sort((one, other) => (placeOf(one) === placeOf(other) ? 0 : placeOf(one) - placeOf(other)));
  return ids.map((activityId): ComparedEffect => {
    const [one, other] = [left.get(activityId) ?? null, right.get(activityId) ?? null];
    return {
      activityId,
      title: one?.title ?? other?.title ?? activityId,
      a: one,
      b: other,
      differs: stateOf(one) !== stateOf(other),
    };
  });
}
const reachedEffects = ({ projection }: ComparedRun): Map<string, LedgerEntry> =>
  new Map(
    projection.ledger.entries
      .filter(({ state, decidedBy }) => state !== 'notArmed' || decidedBy !== null)
      .map((entry) => [entry.activityId, entry])
  );
const stateOf = (entry: LedgerEntry | null): string =>
  entry ? [entry.state, entry.happened, entry.undoRan, entry.mayBeUndone, entry.heldBy].join(' ') : '';
