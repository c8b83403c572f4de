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
 * [N7] A node whose expressions failed the run before it was entered failed.
 */
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import { sequencesIn, type InnerSequence } from '../flow/branches';
import { closingFailureOf } from './closing-failure';
import type { BranchState, Ledger, NodeState, NodeView, RunFacts } from './model';
import { isUnderWay, nodeViewOf } from './node-view';
import type { Records } from './records';

export interface NodeStates {
  nodes: Record<string, NodeView>;
  branches: Record<string, BranchState>;
}

export function nodeStatesOf(facts: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): NodeStates {
  const nodes: NodeStates['nodes'] = {};
  const branches: NodeStates['branches'] = {};
  const closedAs = facts.status === 'running' ? null : facts.status;
  const reported = facts.nodes?.nodes ?? {};

  const read = (node: FlowNode): NodeView => nodeViewOf(node, facts, records, ledger, manifest);

  /** `passedBy`: a node after the sequence has started, so the whole sequence is over. */
  const walk = (steps: readonly FlowNode[], passedBy: boolean) => {
    for (const node of steps) nodes[node.id] = read(node);
    steps.forEach((node, index) => {
      const later = steps.slice(index + 1).some((next) => startedWithin(next));
      const passed = later || passedBy;
      const plans = sequencesIn(node);
      for (const plan of plans) walk(plan.steps, passed);
      const view = nodes[node.id]!;
      if (view.state === 'notYet') derive(node, view, passed);
      for (const plan of plans) branches[plan.key] = branchState(node, plan, view);
      for (const plan of plans) if (branches[plan.key] === 'notTaken') markNotTaken(plan.steps);
    });
  };
  const startedWithin = (node: FlowNode): boolean => {
    const view = nodes[node.id] ?? (nodes[node.id] = read(node));
    if (view.state !== 'notYet' && view.state !== 'notTaken') return true;
    return sequencesIn(node).some((plan) => plan.steps.some(startedWithin));
  };
  const derive = (node: FlowNode, view: NodeView, passed: boolean) => {
    const inner = sequencesIn(node).some((plan) => plan.steps.some(startedWithin));
    if (passed || closedAs === 'completed') {
      /*
       * A node without events of its own is done when the next one has begun. A step that should have events but has
       * none was skipped.
       */
      if (!alwaysLeavesEvents(node)) view.state = 'done';
    } else if (inner) {
      view.state = closedAs === null ? 'running' : closedAs === 'terminated' ? 'terminated' : 'cancelled';
    }
    if (node.kind === 'end' && closedAs === 'completed' && !facts.nodes) view.state = 'done';
  };
  const branchState = (node: FlowNode, plan: InnerSequence, view: NodeView): BranchState => {
    if (view.state === 'notYet' || view.state === 'notTaken') return view.state === 'notTaken' ? 'notTaken' : 'open';
    if (plan.steps.some(startedWithin)) return 'taken';
    if (plan.role === 'catch') return isOver(view.state) ? 'notTaken' : 'open';
    if (factsOf(node).runs !== 'one') return 'taken';
    if (node.kind === 'choice') {
      if (plan.id !== null && reported[plan.id]?.state === 'skipped') return 'notTaken';
      const plans = sequencesIn(node).filter((each) => each.role === 'branch');
      const others = plans.filter((each) => each.key !== plan.key);
      if (others.some((each) => each.steps.some(startedWithin))) return 'notTaken';
      if (plan.id === null && others.every((each) => each.id !== null && reported[each.id]?.state === 'skipped'))
        return 'taken';
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
  const markNotTaken = (steps: readonly FlowNode[]) => {
    for (const node of steps) {
      nodes[node.id]!.state = 'notTaken';
      for (const plan of sequencesIn(node)) {
        branches[plan.key] = 'notTaken';
        markNotTaken(plan.steps);
      }
    }
  };
  walk(manifest.document.steps, false);
  const broken = closingFailureOf(facts.events, manifest);
  const view = broken?.nodeId ? nodes[broken.nodeId] : undefined;
  if (broken && view?.state === 'notYet') Object.assign(view, { state: 'failed', failure: broken.failure });
  const fails = broken && broken.nodeId === null ? failNodeOf(broken.failure?.type, manifest) : null;
  const drawn = fails === null ? undefined : nodes[fails];
  if (drawn && (drawn.state === 'notYet' || drawn.state === 'cancelled')) drawn.state = 'failed';
  for (const each of Object.values(nodes)) if (each.state === 'failed') each.fault ??= 'failed';
  return { nodes, branches };
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
const isOver = (state: NodeState) => state !== 'notYet' && !isUnderWay(state);
