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
 */
import type { FlowNode } from '../document';
import { catchesOf } from '../layout';
import type { FlowManifest } from '../manifest';
import type { CloseTaskInput, OpenTaskInput, ReportedState } from '../../saga/contract';
import type { BranchState, Ledger, NodeState, NodeView, PendingActivityView, RunFacts } from './model';
import { approvalDecisions, type ActivityRecord, type Records } from './records';
import { branchPlansOf } from './branches';

/** A scheduled activity that nobody has picked up for so long probably has no worker. */
export const NO_WORKER_AFTER_MS = 10_000;

export interface NodeStates {
  nodes: Record<string, NodeView>;
  branches: Record<string, BranchState>;
}

export function nodeStatesOf(facts: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): NodeStates {
  const nodes: NodeStates['nodes'] = {};
  const branches: NodeStates['branches'] = {};
  const closedAs = facts.status === 'running' ? null : facts.status;
  const reported = facts.nodes?.nodes ?? {};

  const read = (node: FlowNode): NodeView => {
    const view = eventful(node, facts, records, ledger, manifest);
    const report = reported[node.id];
    if (report && (view.state === 'notYet' || node.kind === 'choice' || node.kind === 'parallel')) {
      view.state = reportedState(report.state, node);
      view.note ??= report.note ?? null;
      view.failure ??= report.error ?? null;
    }
    if (
      closedAs &&
      ['running', 'retrying', 'waitsForPerson', 'waitsForTimer', 'waitsForSignal', 'noWorker'].includes(view.state)
    ) {
      view.state = closedAs === 'terminated' ? 'terminated' : 'cancelled';
      view.dueMs = null;
    }
    return view;
  };

  /** `passedBy`: something behind the sequence has started, so all of it is behind us. */
  const walk = (steps: readonly FlowNode[], passedBy: boolean) => {
    for (const node of steps) nodes[node.id] = read(node);
    steps.forEach((node, index) => {
      const later = steps.slice(index + 1).some((next) => startedWithin(next));
      const passed = later || passedBy;
      const plans = branchPlansOf(node);
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
    return branchPlansOf(node).some((plan) => plan.steps.some(startedWithin));
  };
  const derive = (node: FlowNode, view: NodeView, passed: boolean) => {
    const inner = branchPlansOf(node).some((plan) => plan.steps.some(startedWithin));
    if (passed || closedAs === 'completed') {
      /* Without events of its own: it is done when what follows has begun. A step with events that has none was passed by. */
      if (node.kind !== 'action' && node.kind !== 'approval' && node.kind !== 'wait') view.state = 'done';
    } else if (inner) {
      view.state = closedAs === null ? 'running' : closedAs === 'terminated' ? 'terminated' : 'cancelled';
    }
    if (node.kind === 'end' && closedAs === 'completed' && !facts.nodes) view.state = 'done';
  };
  const branchState = (node: FlowNode, plan: ReturnType<typeof branchPlansOf>[number], view: NodeView): BranchState => {
    if (view.state === 'notYet' || view.state === 'notTaken') return view.state === 'notTaken' ? 'notTaken' : 'open';
    if (plan.steps.some(startedWithin)) return 'taken';
    if (plan.role === 'catch') return isOver(view.state) ? 'notTaken' : 'open';
    if (node.kind === 'parallel') return 'taken';
    if (node.kind === 'choice') {
      if (plan.id !== null && reported[plan.id]?.state === 'skipped') return 'notTaken';
      const plans = branchPlansOf(node).filter((each) => each.role === 'branch');
      const others = plans.filter((each) => each.key !== plan.key);
      if (others.some((each) => each.steps.some(startedWithin))) return 'notTaken';
      if (plan.id === null && others.every((each) => each.id !== null && reported[each.id]?.state === 'skipped'))
        return 'taken';
      if (!isOver(view.state)) return 'open';
      /* Over, and nothing in it left a trace: the way is the empty one, where every other way would have left one. */
      if (plan.steps.length === 0) return others.every((each) => leavesTrace(each.steps)) ? 'taken' : 'open';
      return leavesTrace(plan.steps) ? 'notTaken' : 'open';
    }
    const sideTaken = branchPlansOf(node).some((each) => each.steps.some(startedWithin));
    if (plan.steps.length === 0 && view.state === 'done') return sideTaken ? 'notTaken' : 'taken';
    return isOver(view.state) ? 'notTaken' : 'open';
  };
  const markNotTaken = (steps: readonly FlowNode[]) => {
    for (const node of steps) {
      nodes[node.id]!.state = 'notTaken';
      for (const plan of branchPlansOf(node)) {
        branches[plan.key] = 'notTaken';
        markNotTaken(plan.steps);
      }
    }
  };
  walk(manifest.document.steps, false);
  return { nodes, branches };
}

/** Would the history tell that these steps ran? */
function leavesTrace(steps: readonly FlowNode[]): boolean {
  const eventful = new Set<FlowNode['kind']>(['action', 'approval', 'wait']);
  return steps.some((node) => eventful.has(node.kind) || branchPlansOf(node).some((plan) => leavesTrace(plan.steps)));
}
const isOver = (state: NodeState) =>
  !['notYet', 'running', 'retrying', 'waitsForPerson', 'waitsForTimer', 'waitsForSignal', 'noWorker'].includes(state);

function reportedState(state: ReportedState, node: FlowNode): NodeState {
  switch (state) {
    case 'running':
      return 'running';
    case 'waiting':
      return node.kind === 'approval'
        ? 'waitsForPerson'
        : node.kind === 'waitForSignal'
          ? 'waitsForSignal'
          : node.kind === 'wait'
            ? 'waitsForTimer'
            : 'running';
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

function eventful(node: FlowNode, facts: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): NodeView {
  const view = blankView(node.id);
  switch (node.kind) {
    case 'action':
      return actionView(view, facts, records, ledger, manifest);
    case 'approval':
      return approvalView(view, node, facts, records);
    case 'wait': {
      const timer = records.timers.findLast((each) => each.nodeId === node.id);
      if (!timer) return view;
      const state = timer.outcome === null ? 'waitsForTimer' : timer.outcome === 'fired' ? 'done' : 'cancelled';
      return {
        ...view,
        state,
        startedMs: timer.startedMs,
        endedMs: timer.closedMs,
        dueMs: timer.outcome === null ? timer.firesMs : null,
      };
    }
    case 'waitForSignal':
      return { ...view, note: `Signal ${node.signal}` };
    default:
      return view;
  }
}

/** [N1] [N2] */
function actionView(
  view: NodeView,
  facts: RunFacts,
  records: Records,
  ledger: Ledger,
  manifest: FlowManifest
): NodeView {
  const { nodeId } = view;
  view.note = manifest.nodes[nodeId]?.activity ?? null;
  const record = records.activities.findLast((each) => each.parsed?.nodeId === nodeId && each.parsed.role === 'do');
  const entry = ledger.entries.findLast((each) => each.nodeId === nodeId) ?? null;
  view.ledger = entry?.state ?? null;
  if (!record) return view;
  Object.assign(view, {
    startedMs: record.startedMs ?? record.scheduledMs,
    endedMs: record.closedMs,
    attempt: record.attempt,
    maximumAttempts: record.maximumAttempts,
    failure: record.failure,
    input: record.input,
    output: record.result,
  });
  if (record.outcome === null) {
    const pending = facts.pending.find((each) => each.scheduledEventId === record.scheduledEventId);
    applyPending(view, record, pending, facts.nowMs);
    return view;
  }
  const asked = facts.nodes?.waitsFor.some((wait) => wait.kind === 'outcome' && wait.nodeId === nodeId);
  view.state =
    record.outcome === 'completed'
      ? 'done'
      : asked || entry?.state === 'mayStand'
        ? 'unknown'
        : record.outcome === 'canceled'
          ? 'cancelled'
          : 'failed';
  if (view.state === 'unknown' && entry?.state === 'standing') view.state = 'done';
  if (view.state === 'failed' && entry?.state === 'standing') {
    view.state = 'done';
    view.failure = null;
  }
  switch (entry?.state) {
    case 'undoing': {
      view.state = 'unwinding';
      const undo = records.activities.findLast((each) => each.parsed?.role === 'undo' && each.parsed.nodeId === nodeId);
      const pending = undo && facts.pending.find((each) => each.scheduledEventId === undo.scheduledEventId);
      view.attempt = pending?.attempt ?? 1;
      view.maximumAttempts = undo?.maximumAttempts ?? 0;
      view.dueMs = pending?.nextAttemptMs ?? null;
      break;
    }
    case 'undone':
    case 'doneByHand':
      view.state = 'undone';
      break;
    case 'undoFailed':
      view.state = 'undoFailed';
      break;
  }
  return view;
}

function applyPending(
  view: NodeView,
  record: ActivityRecord,
  pending: PendingActivityView | undefined,
  nowMs: number
): void {
  view.state = 'running';
  if (!pending) return;
  view.attempt = pending.attempt;
  view.maximumAttempts = pending.maximumAttempts;
  view.failure = pending.lastFailure;
  view.startedMs = pending.attempts[0]?.startedMs ?? pending.lastStartedMs ?? record.scheduledMs;
  if (pending.state === 'cancelRequested') {
    view.note = 'Asked to stop';
    return;
  }
  if (pending.attempt > 1 || pending.state === 'backingOff') {
    view.state = 'retrying';
    view.dueMs = pending.state === 'backingOff' ? pending.nextAttemptMs : null;
    return;
  }
  if (
    pending.state === 'scheduled' &&
    pending.lastStartedMs === null &&
    nowMs - record.scheduledMs > NO_WORKER_AFTER_MS
  ) {
    view.state = 'noWorker';
  }
}

/** [N3] */
function approvalView(
  view: NodeView,
  node: Extract<FlowNode, { kind: 'approval' }>,
  facts: RunFacts,
  records: Records
): NodeView {
  const of = (role: 'open' | 'close') =>
    records.activities.findLast((each) => each.parsed?.nodeId === node.id && each.parsed.role === role);
  const open = of('open');
  if (!open) return view;
  const task = open.input as Partial<OpenTaskInput> | null | undefined;
  Object.assign(view, {
    startedMs: open.scheduledMs,
    input: task?.data,
    note: waitsForWhom(task?.candidates ?? node.candidates),
  });
  const close = of('close');
  if (!close || close.scheduledEventId < open.scheduledEventId) {
    const waits = facts.nodes?.waitsFor.some((wait) => wait.nodeId === node.id) ?? open.outcome === 'completed';
    view.state = waits
      ? 'waitsForPerson'
      : open.outcome === 'failed' || open.outcome === 'timedOut'
        ? 'failed'
        : 'running';
    view.failure = open.failure;
    view.dueMs = task?.dueAtMs ?? null;
    return view;
  }
  const settled = close.input as Partial<CloseTaskInput> | null | undefined;
  const taken = approvalDecisions(records).findLast((each) => each.decision.taskId === task?.taskId);
  const by = settled?.decidedBy ?? taken?.by ?? null;
  const comment = settled?.comment ?? taken?.decision.comment ?? '';
  view.endedMs = close.closedMs ?? close.scheduledMs;
  view.output = { decision: settled?.outcome, decidedBy: by, comment };
  const catches = catchesOf(node).length > 0;
  switch (settled?.outcome) {
    case 'approved':
      return { ...view, state: 'done', note: by ? `Approved by ${by}` : 'Approved' };
    case 'rejected':
      return {
        ...view,
        state: node.onReject ? 'done' : 'failed',
        note: by ? `Rejected by ${by}` : 'Rejected',
        failure: node.onReject || catches ? null : { type: 'Rejected', message: comment || 'was rejected' },
      };
    case 'timedOut':
      return node.onTimeout === 'approve'
        ? { ...view, state: 'done', note: 'Approved after the timeout' }
        : {
            ...view,
            state: 'failed',
            note: 'Nobody decided in time',
            failure: { type: 'Timeout', message: 'nobody decided in time' },
          };
    default:
      return { ...view, state: 'cancelled', note: null };
  }
}

/** 'Waits for finance', 'Waits for finance or ada@example.org', 'Waits for anybody'. */
export function waitsForWhom(candidates: readonly string[]): string {
  if (candidates.length === 0) return 'Waits for anybody';
  const names = candidates.map((name) => name.charAt(0).toUpperCase() + name.slice(1));
  return `Waits for ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`}`;
}
