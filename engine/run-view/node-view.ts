/**
 * One node on the screens, from its own events and the report of the workflow; node-states.ts handles the tree around
 * it.
 */
import type { NodesReport, ReportedState } from '../saga/contract';
import type { ChoiceNode, FlowNode, WaitForSignalNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { factsOf } from '../flow/nodes/table';
import { actionView } from './action-view';
import { approvalView } from './approval-view';
import { childView } from './child-view';
import type { Ledger, NodeState, NodeView, RunFacts } from './model';
import type { Records } from './records';

/** In these states a node is running. */
const UNDER_WAY: ReadonlySet<NodeState> = new Set([
  'running',
  'retrying',
  'waitsForPerson',
  'waitsForTimer',
  'waitsForSignal',
  'noWorker',
  'paused',
]);
export const isUnderWay = (state: NodeState): boolean => UNDER_WAY.has(state);

/** [N1] to [N5] for one node. */
export function nodeViewOf(
  node: FlowNode,
  facts: RunFacts,
  records: Records,
  ledger: Ledger,
  manifest: FlowManifest,
  /** In a loop: of the one run that the other arguments are limited to. */
  stepId: string = node.id
): NodeView {
  const view = eventful(node, facts, records, ledger, manifest);
  const report = facts.nodes?.nodes[stepId];
  if (report && view.state === 'notYet') {
    view.state = reportedState(report.state, node);
    view.note ??= node.kind === 'choice' ? wayTaken(node, report) : (report.note ?? null);
    view.failure ??= report.error ?? null;
  }
  if (facts.status !== 'running' && isUnderWay(view.state)) {
    view.state = facts.status === 'terminated' ? 'terminated' : 'cancelled';
    view.dueMs = null;
  }
  return view;
}

/**
 * The title of the branch that a choice took. The workflow reports the id of the branch; it reports none if no branch
 * matched.
 */
function wayTaken(node: ChoiceNode, { state, note }: NodesReport['nodes'][string]): string | null {
  if (state !== 'done') return null;
  return (note ? node.branches.find(({ id }) => id === note)?.title : node.otherwise?.title) ?? note ?? 'Otherwise';
}

function eventful(node: FlowNode, facts: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): NodeView {
  const view = blankView(node.id);
  switch (node.kind) {
    case 'action':
      return actionView(view, facts, records, ledger, manifest);
    case 'child':
      return childView(view, facts, records, ledger, manifest);
    case 'approval':
      return approvalView(view, node, facts, records);
    case 'wait': {
      const timer = timerOf(node.id, records);
      if (!timer) return view;
      const state = timer.outcome === null ? 'waitsForTimer' : timer.outcome === 'fired' ? 'done' : 'cancelled';
      return { ...view, state, ...spanOf(timer) };
    }
    case 'waitForSignal':
      return signalView({ ...view, note: `Signal ${node.signal}` }, node, records);
    default:
      return view;
  }
}

/**
 * [N3] A wait for a signal without a time limit leaves no event. Of one with a limit, a cancelled timer only shows
 *      that the wait is over.
 */
function signalView(view: NodeView, node: WaitForSignalNode, records: Records): NodeView {
  const timer = timerOf(node.id, records);
  if (!timer) return view;
  const spanned = { ...view, ...spanOf(timer) };
  if (timer.outcome === null) return { ...spanned, state: 'waitsForSignal' };
  if (timer.outcome === 'canceled') return spanned;
  if (node.onTimeout) return { ...spanned, state: 'done', note: 'No signal came in time' };
  const failure = { type: 'SignalTimeout', message: `no signal '${node.signal}' came in time` };
  return { ...spanned, state: 'failed', failure };
}

const timerOf = (nodeId: string, records: Records) =>
  records.timers.findLast((each) => each.nodeId === nodeId && each.role === 'do');

const spanOf = (timer: Records['timers'][number]) => ({
  startedMs: timer.startedMs,
  endedMs: timer.closedMs,
  dueMs: timer.outcome === null ? timer.firesMs : null,
});

const WAITING_AS = {
  person: 'waitsForPerson',
  signal: 'waitsForSignal',
  timer: 'waitsForTimer',
  nothing: 'running',
} as const;

function reportedState(state: ReportedState, node: FlowNode): NodeState {
  switch (state) {
    case 'running':
      return 'running';
    case 'waiting':
      return WAITING_AS[factsOf(node).waitsFor ?? 'nothing'];
    case 'done':
      return 'done';
    case 'failed':
      return 'failed';
    case 'skipped':
      return 'notTaken';
    case 'cancelled':
      return 'cancelled';
  }
}

function blankView(nodeId: string): NodeView {
  return {
    nodeId,
    state: 'notYet',
    fault: null,
    startedMs: null,
    endedMs: null,
    attempt: 0,
    maximumAttempts: 0,
    failure: null,
    note: null,
    dueMs: null,
    ledger: null,
  };
}
