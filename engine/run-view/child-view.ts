/**
 * A child flow on the screens: its run, and what the flow has done with what it left.
 *
 * Rules
 * [CV1] While its run is open, and if nothing was handed over, the node has the state of the run. A run that was closed
 *       without running its code failed, and what it has left is unknown.
 * [CV2] As a step, the node is unwinding, undone or not undone as soon as that is true of one effect that it handed over;
 *       it is undone when all of them are.
 */
import type { FlowManifest } from '../flow/manifest';
import type { LedgerState } from '../saga/contract';
import { isLeft } from './ledger';
import { entriesByNode } from './loops';
import type { Ledger, LedgerEntry, NodeState, NodeView, RunFacts } from './model';
import type { ChildRecord, Records } from './records';

const STATES: Record<NonNullable<ChildRecord['outcome']>, NodeState> = {
  completed: 'done',
  failed: 'failed',
  canceled: 'cancelled',
  terminated: 'failed',
  timedOut: 'failed',
  notStarted: 'failed',
};
const ON_THE_WAY_BACK: ReadonlySet<LedgerState> = new Set(['undone', 'doneByHand', 'undoing']);

export function childView(
  view: NodeView,
  facts: RunFacts,
  records: Records,
  ledger: Ledger,
  manifest: FlowManifest
): NodeView {
  const { nodeId } = view;
  const waits = manifest.nodes[nodeId]?.child?.waits ?? 'end';
  const record = records.children.findLast((each) => each.nodeId === nodeId);
  const entries = ledger.entries.filter((each) => each.nodeId === nodeId);
  view.ledger = entriesByNode({ ...ledger, entries }).get(nodeId)?.state ?? null;
  if (!record && entries.some(({ carried }) => carried)) return asStep({ ...view, state: 'done' }, facts, entries);
  if (!record) return view;
  const { workflowId, runId, outcome, startedMs, closedMs, failure, input, left } = record;
  Object.assign(view, {
    startedMs: startedMs ?? record.initiatedMs,
    endedMs: waits === 'start' ? startedMs : closedMs,
    attempt: 1,
    maximumAttempts: 1,
    failure: waits === 'start' && outcome !== 'notStarted' ? null : failure,
    input,
    output: waits === 'start' ? runId && { workflowId, runId } : record.result,
    childRun: { workflowId, runId: record.lastRunId ?? runId },
  });
  if (waits === 'start') {
    view.state = outcome === 'notStarted' ? 'failed' : runId === null ? 'running' : 'done';
    return view;
  }
  if (outcome === null) return { ...view, state: 'running' };
  const unknown = left === null && view.ledger === 'mayStand';
  view.state = unknown ? 'unknown' : STATES[outcome];
  if (outcome === 'canceled' && !isTurning(facts)) view.state = 'failed';
  view.fault = unknown ? 'unknown' : view.state === 'failed' ? 'failed' : null;
  return asStep(view, facts, entries);
}

/** [CV2] */
function asStep(view: NodeView, facts: RunFacts, entries: readonly LedgerEntry[]): NodeView {
  const { nodeId } = view;
  const asked = facts.nodes?.waitsFor.some((wait) => wait.kind === 'undo' && wait.nodeId === nodeId);
  const states = entries.map(({ state }) => state);
  if (asked || states.includes('undoFailed')) return { ...view, state: 'undoFailed' };
  if (states.includes('undoing')) return { ...view, state: 'unwinding' };
  const isBack = states.some((state) => ON_THE_WAY_BACK.has(state)) && !states.some(isLeft);
  return isBack ? { ...view, state: 'undone' } : view;
}

/** The run itself turned back, and asked the child to stop. */
const isTurning = ({ status, nodes }: RunFacts): boolean =>
  status === 'canceled' || status === 'failed' || (nodes !== null && nodes.phase !== 'forward');
