/**
 * State of every drawn node, from history, pending activities, the ledger and what the workflow reports (`__nodes`).
 *
 * Rules
 * [N1] A step is what its last forward activity is; pending state tells running, retrying and picked up by nobody.
 * [N2] What the way back does to a step replaces its state: unwinding, undone, undo failed.
 * [N3] An approval is its open and close activities; a wait is its timer, told by the summary.
 * [N4] Nodes without events are what the workflow reports; without a report, what their neighbours tell.
 * [N5] When a run is closed nothing runs: terminated runs leave terminated nodes, other closes cancelled ones.
 * [N6] Everything in a branch that was not taken is not taken.
 * [N8] What went wrong is kept: a step that failed, or whose outcome nobody knows, stays marked so when it was undone and when the run
 *      has closed (`fault`).
 * [N7] A node whose expressions failed the run before it was entered failed.
 */
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
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

  /** `passedBy`: something behind the sequence has started, so all of it is behind us. */
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
      /* Without events of its own: it is done when what follows has begun. A step with events that has none was passed by. */
      if (node.kind !== 'action' && node.kind !== 'approval' && node.kind !== 'wait') view.state = 'done';
    } else if (inner) {
      view.state = closedAs === null ? 'running' : closedAs === 'terminated' ? 'terminated' : 'cancelled';
    }
    if (node.kind === 'end' && closedAs === 'completed' && !facts.nodes) view.state = 'done';
  };
  const branchState = (node: FlowNode, plan: InnerSequence, view: NodeView): BranchState => {
    if (view.state === 'notYet' || view.state === 'notTaken') return view.state === 'notTaken' ? 'notTaken' : 'open';
    if (plan.steps.some(startedWithin)) return 'taken';
    if (plan.role === 'catch') return isOver(view.state) ? 'notTaken' : 'open';
    if (node.kind === 'parallel') return 'taken';
    if (node.kind === 'choice') {
      if (plan.id !== null && reported[plan.id]?.state === 'skipped') return 'notTaken';
      const plans = sequencesIn(node).filter((each) => each.role === 'branch');
      const others = plans.filter((each) => each.key !== plan.key);
      if (others.some((each) => each.steps.some(startedWithin))) return 'notTaken';
      if (plan.id === null && others.every((each) => each.id !== null && reported[each.id]?.state === 'skipped'))
        return 'taken';
      if (!isOver(view.state)) return 'open';
      /* Over, and nothing in it left a trace: the way is the empty one, where every other way would have left one. */
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

/** The one node that fails the run with this type; without events and without a report nothing else tells it. */
function failNodeOf(type: string | undefined, { document }: FlowManifest): string | null {
  const [only, ...more] = allNodes(document.steps).filter((node) => node.kind === 'fail' && node.errorType === type);
  return only && more.length === 0 ? only.id : null;
}

/** Would the history tell that these steps ran? */
function leavesTrace(steps: readonly FlowNode[]): boolean {
  const eventful = new Set<FlowNode['kind']>(['action', 'approval', 'wait']);
  return steps.some((node) => eventful.has(node.kind) || sequencesIn(node).some((plan) => leavesTrace(plan.steps)));
}
const isOver = (state: NodeState) => state !== 'notYet' && !isUnderWay(state);
