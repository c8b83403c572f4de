/**
 * The state of every drawn node, from history, pending activities, the ledger and the report of the workflow
 * (`__nodes`).
 *
 * Rules
 * [N1] A step has the state of its last forward activity; pending state distinguishes running, retrying and not
 *      started by any worker.
 * [N2] Its undo replaces the state of a step: unwinding, undone, undo failed.
 * [N3] An approval has the state of its open and close activities; a wait has that of its timer, which is found by
 *      its summary.
 * [N4] Nodes without events have the state that the workflow reports; without a report it is derived from their
 *      neighbours.
 * [N5] In a closed run no node runs: nodes that ran become terminated in a terminated run, and cancelled in any
 *      other.
 * [N6] Everything in a branch that was not taken is not taken.
 * [N8] A failure is kept: a step that failed, or whose outcome is unknown, remains marked after it was undone and
 *      after the run has closed (`fault`).
 * [N9] A node without events is done only if the run certainly came to it. The handler of a failure after which the run
 *      continued was taken, also if the handler has no steps.
 * [N10] In a loop a branch of a choice is taken if an item took it. That other items took another one says nothing of it.
 * [N11] When a race is over, what its other branches have not reached is not taken: it does not come any more.
 * [N12] A step whose next attempt waits for the end of a pause, its own or that of the run, is paused: it neither runs nor
 *      retries nor lacks a worker.
 * [N7] A node whose expressions failed the run before it was entered failed.
 */
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes, catchesOf, isLoop, nestedSteps } from '../flow/tree';
import { sequencesIn, type InnerSequence } from '../flow/branches';
import { nodeIdOf } from '../saga/item-path';
import type { ReportedState } from '../saga/contract';
import { closingFailureOf } from './closing-failure';
import { combinedView, entriesByNode, itemsOf, itemWords, stepRunsOf } from './loops';
import type { BranchState, ItemView, Ledger, NodeState, NodeView, RunFacts } from './model';
import { isUnderWay, nodeViewOf } from './node-view';
import type { Records } from './records';

export interface NodeStates {
  nodes: Record<string, NodeView>;
  branches: Record<string, BranchState>;
  /** Of each step in a loop, by its id: `<node id>~<i>[.<j>…]`. */
  steps: Record<string, NodeView>;
  items: Record<string, ItemView[]>;
}

export function nodeStatesOf(facts: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): NodeStates {
  const nodes: NodeStates['nodes'] = {};
  const branches: NodeStates['branches'] = {};
  const closedAs = facts.status === 'running' ? null : facts.status;
  const reports = reportsByNode(facts);
  const reportsOf = ({ id }: InnerSequence) => (id === null ? [] : (reports.get(id) ?? []));
  const wasTaken = (plan: InnerSequence) =>
    reportsOf(plan).some((each) => each !== 'skipped') || plan.steps.some(startedWithin);
  const wasSkipped = (plan: InnerSequence) =>
    reportsOf(plan).length > 0 && reportsOf(plan).every((each) => each === 'skipped');
  const skips = skipsByNode(facts);
  /** One item at least took none of these ways. */
  const wereSkippedTogether = ([first, ...more]: readonly InnerSequence[]) =>
    [...(skips.get(first?.id ?? '') ?? [])].some((item) => more.every(({ id }) => skips.get(id ?? '')?.has(item)));
  const depths = loopDepths(manifest.document.steps);
  const runs = stepRunsOf(facts, records, ledger);
  const entries = entriesByNode(ledger);
  const steps: NodeStates['steps'] = {};
  const items: NodeStates['items'] = {};

  /** The runs of a node in a loop, each with its view. */
  const runsOf = (nodeId: string) =>
    (runs.get(nodeId) ?? []).flatMap(({ stepId, path }) => (steps[stepId] ? [{ path, view: steps[stepId] }] : []));
  const read = (node: FlowNode): NodeView => {
    const depth = depths.get(node.id) ?? 0;
    if (depth === 0) return nodeViewOf(node, facts, records, ledger, manifest);
    const own = (runs.get(node.id) ?? []).filter(({ path }) => path.length === depth);
    for (const run of own)
      steps[run.stepId] ??= nodeViewOf(node, run.facts, run.records, run.ledger, manifest, run.stepId);
    if (own.length > 0) {
      const view = combinedView(own.map(({ stepId }) => steps[stepId]!));
      // No run of it has begun: its entry is the one of the node.
      return { ...view, ledger: view.ledger ?? entries.get(node.id)?.state ?? null };
    }
    return nodeViewOf(
      node,
      { ...facts, nodes: null },
      { ...records, activities: [], children: [], timers: [] },
      ledger,
      manifest
    );
  };

  for (const node of allNodes(manifest.document.steps)) nodes[node.id] = read(node);
  const traced = new Set(
    Object.values(nodes).flatMap(({ nodeId, state }) => (state === 'notYet' || state === 'notTaken' ? [] : [nodeId]))
  );
  const started = startedIn(manifest.document.steps, traced);
  const startedWithin = (node: FlowNode): boolean => started.has(node.id);

  /**
   * `entered`: the run certainly entered the sequence. `passedBy`: a node after the sequence has started, so the whole
   * sequence is over.
   */
  const walk = (sequence: readonly FlowNode[], entered: boolean, passedBy: boolean) => {
    let reached = entered;
    const lastStarted = sequence.findLastIndex(startedWithin);
    sequence.forEach((node, index) => {
      const later = index < lastStarted;
      const passed = passedBy || later;
      const plans = sequencesIn(node);
      const view = nodes[node.id]!;
      reached ||= later;
      if (view.state === 'notYet') derive(node, view, passed, reached);
      if (isLoop(node)) countItems(node, view);
      const caught = passed || closedAs === 'completed' ? handlerOf(node, view) : null;
      for (const plan of plans) {
        const state = plan.key === caught ? 'taken' : branchState(node, plan, view);
        branches[plan.key] = state;
        if (state === 'notTaken') markNotTaken(plan.steps);
        else walk(plan.steps, reached && state === 'taken', passed);
      }
      if (factsOf(node).runs === 'first' && view.state === 'done') markUnreached(plans);
      const possible = plans.filter(({ key }) => branches[key] !== 'notTaken');
      if (factsOf(node).ends || possible.some((plan) => mayEnd(plan.steps))) reached = false;
    });
  };
  const countItems = (node: FlowNode, view: NodeView) => {
    const body = factsOf(node)
      .branches(node)
      .flatMap((branch) => branch.steps);
    const own = itemsOf(node, body, depths.get(node.id) ?? 0, facts, runsOf);
    items[node.id] = own;
    view.note = itemWords(node, own, view.note);
  };
  const derive = (node: FlowNode, view: NodeView, passed: boolean, reached: boolean) => {
    if (passed || closedAs === 'completed') {
      /*
       * A node without events of its own is done when the next one has begun. A step that should have events but has
       * none was skipped.
       */
      if (reached && !alwaysLeavesEvents(node)) view.state = 'done';
    } else if (startedWithin(node)) {
      view.state = closedAs === null ? 'running' : closedAs === 'terminated' ? 'terminated' : 'cancelled';
    }
  };
  const branchState = (node: FlowNode, plan: InnerSequence, view: NodeView): BranchState => {
    if (view.state === 'notYet' || view.state === 'notTaken') return view.state === 'notTaken' ? 'notTaken' : 'open';
    if (plan.steps.some(startedWithin)) return 'taken';
    if (plan.role === 'catch') return isOver(view.state) ? 'notTaken' : 'open';
    const { runs: way } = factsOf(node);
    if (way === 'all' || way === 'first' || way === 'once') return 'taken';
    if (node.kind === 'choice') {
      const others = sequencesIn(node).filter(({ role, key }) => role === 'branch' && key !== plan.key);
      if (wasTaken(plan)) return 'taken';
      const isElsewhere = others.some(wasTaken);
      // [N10] In a loop each item takes its own way.
      const isLooped = (depths.get(node.id) ?? 0) > 0;
      if (isLooped && plan.id === null && wereSkippedTogether(others)) return 'taken';
      if (wasSkipped(plan) || (isElsewhere && !isLooped)) return 'notTaken';
      if (isElsewhere && !leavesTrace(plan.steps)) return 'open';
      if (plan.id === null && others.every(wasSkipped)) return 'taken';
      if (!isOver(view.state)) return 'open';
      /*
       * The choice is over and no branch has events. The empty branch was taken, if every other branch would have
       * left events.
       */
      if (plan.steps.length === 0) return others.every((each) => leavesTrace(each.steps)) ? 'taken' : 'open';
      return leavesTrace(plan.steps) ? 'notTaken' : 'open';
    }
    const sideTaken = sequencesIn(node).some((each) => each.steps.some(startedWithin));
    if (plan.steps.length === 0 && view.state === 'done') return sideTaken ? 'notTaken' : 'taken';
    return isOver(view.state) ? 'notTaken' : 'open';
  };
  const markNotTaken = (sequence: readonly FlowNode[]) => {
    for (const node of sequence) {
      nodes[node.id]!.state = 'notTaken';
      for (const plan of sequencesIn(node)) {
        branches[plan.key] = 'notTaken';
        markNotTaken(plan.steps);
      }
    }
  };
  /** [N11] */
  const markUnreached = (plans: readonly InnerSequence[]) => {
    for (const { id } of plans.flatMap((plan) => allNodes(plan.steps)))
      if (nodes[id]!.state === 'notYet') nodes[id]!.state = 'notTaken';
  };
  walk(manifest.document.steps, true, false);
  const broken = closingFailureOf(facts.events, manifest);
  const view = broken?.nodeId ? nodes[broken.nodeId] : undefined;
  if (broken && view?.state === 'notYet') Object.assign(view, { state: 'failed', failure: broken.failure });
  const fails = broken && broken.nodeId === null ? failNodeOf(broken.failure?.type, manifest) : null;
  const drawn = fails === null ? undefined : nodes[fails];
  if (drawn && (drawn.state === 'notYet' || drawn.state === 'cancelled')) drawn.state = 'failed';
  for (const each of Object.values(nodes)) if (each.state === 'failed') each.fault ??= 'failed';
  return { nodes, branches, steps, items };
}

/** The reports of a node or a branch: one outside loops, one for each item inside. */
function reportsByNode({ nodes }: RunFacts): Map<string, ReportedState[]> {
  const reports = new Map<string, ReportedState[]>();
  for (const [stepId, { state }] of Object.entries(nodes?.nodes ?? {})) {
    const id = nodeIdOf(stepId);
    const known = reports.get(id);
    if (known) known.push(state);
    else reports.set(id, [state]);
  }
  return reports;
}

/** Which items did not take a branch, by branch. Outside loops there is one, ''. */
function skipsByNode({ nodes }: RunFacts): Map<string, Set<string>> {
  const skips = new Map<string, Set<string>>();
  for (const [stepId, { state }] of Object.entries(nodes?.nodes ?? {})) {
    if (state !== 'skipped') continue;
    const id = nodeIdOf(stepId);
    const items = skips.get(id) ?? new Set();
    skips.set(id, items.add(stepId.slice(id.length)));
  }
  return skips;
}

/** The nodes that have a trace, or in which a node has one. */
function startedIn(
  steps: readonly FlowNode[],
  traced: ReadonlySet<string>,
  started = new Set<string>()
): ReadonlySet<string> {
  for (const node of steps) {
    const inner = nestedSteps(node);
    for (const sequence of inner) startedIn(sequence, traced, started);
    if (traced.has(node.id) || inner.some((sequence) => sequence.some(({ id }) => started.has(id))))
      started.add(node.id);
  }
  return started;
}

/** How many loops are around each node. */
function loopDepths(steps: readonly FlowNode[], depth = 0, depths = new Map<string, number>()): Map<string, number> {
  for (const node of steps) {
    depths.set(node.id, depth);
    const { branches } = factsOf(node);
    for (const branch of branches(node)) loopDepths(branch.steps, isLoop(node) ? depth + 1 : depth, depths);
    for (const { then } of catchesOf(node)) loopDepths(then, depth, depths);
  }
  return depths;
}

/** The handler that handled the failure of a node after which the run continued, as a key; null if it did not fail. */
function handlerOf(node: FlowNode, { failure, fault, state }: NodeView): string | null {
  if (!failure || (fault === null && state !== 'failed')) return null;
  const at = catchesOf(node).findIndex(({ types }) => types.length === 0 || types.includes(failure.type ?? ''));
  return sequencesIn(node).filter(({ role }) => role === 'catch')[at]?.key ?? null;
}

/** The one node that fails the run with this type. Without events and without a report nothing else identifies it. */
function failNodeOf(type: string | undefined, { document }: FlowManifest): string | null {
  const [only, ...more] = allNodes(document.steps).filter((node) => node.kind === 'fail' && node.errorType === type);
  return only && more.length === 0 ? only.id : null;
}

/** A wait for a signal leaves events only if it has a time limit, and other nodes leave none. */
const alwaysLeavesEvents = (node: FlowNode): boolean => LEAVES_EVENTS.has(factsOf(node).trace);
const LEAVES_EVENTS: ReadonlySet<string> = new Set(['activity', 'task', 'timer']);

/** True if the history would have events of these steps. */
function leavesTrace(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => alwaysLeavesEvents(node) || sequencesIn(node).some((plan) => leavesTrace(plan.steps)));
}
const mayEnd = (steps: readonly FlowNode[]): boolean => allNodes(steps).some((node) => factsOf(node).ends);
const isOver = (state: NodeState) => state !== 'notYet' && !isUnderWay(state);
