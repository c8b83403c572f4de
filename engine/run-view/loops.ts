/**
 * Steps in loops run once for each item. Each of these runs has a view of its own, by the id of its step
 * (`<node id>~<i>[.<j>…]`); the drawing shows one card for all of them.
 *
 * Rules
 * [LI1] The card shows the run that matters most: first what needs somebody, then what runs, then what went wrong.
 * [LI3] The work grows linearly with the number of items.
 * [LI4] The words for a run of a step name the item and the round (item-words.ts).
 * [LI2] An item has the state that the workflow reports. Without a report it follows from its steps.
 * [LI5] An item that is over has an end, also if its last step leaves no events: nothing that is over has a growing time.
 */
import type { FlowNode } from '../flow/document';
import { allNodes } from '../flow/tree';
import { nodeIdOf, stepIdOf } from '../saga/item-path';
import { parseActivityId, stepIdOfActivity } from './activity-id';
import type { ItemView, Ledger, LedgerEntry, NodeState, NodeView, RunFacts } from './model';
import type { Records } from './records';

/** [LI1] From the state that matters most. */
export const URGENCY: readonly NodeState[] = [
  'undoFailed',
  'unknown',
  'unwinding',
  'noWorker',
  'waitsForPerson',
  'paused',
  'retrying',
  'running',
  'waitsForSignal',
  'waitsForTimer',
  'failed',
  'terminated',
  'cancelled',
  'undone',
  'done',
  'notTaken',
  'notYet',
];
/** Shown in red, and never hidden. */
export const TROUBLE: ReadonlySet<NodeState> = new Set(['failed', 'undoFailed', 'unknown', 'noWorker']);
/** It runs, or somebody is needed. */
export const isActive = (state: NodeState) => URGENCY.indexOf(state) < URGENCY.indexOf('failed');
const moreUrgent = (a: NodeState, b: NodeState) => URGENCY.indexOf(a) - URGENCY.indexOf(b);

/** What belongs to one run of a step in a loop. */
export interface StepRun {
  stepId: string;
  path: number[];
  records: Records;
  ledger: Ledger;
  facts: RunFacts;
}

/** The runs of the steps inside loops, by node; nodes outside of loops have none. */
export function stepRunsOf(facts: RunFacts, records: Records, ledger: Ledger): Map<string, StepRun[]> {
  const runs = new Map<string, StepRun>();
  const nothing = { ...records, activities: [], children: [], timers: [] };
  const runOf = (id: string): StepRun | null => {
    // Of what a child handed over: the run of the child's step.
    const parsed = parseActivityId(id);
    const path = parsed?.path ?? [];
    const stepId = parsed ? stepIdOfActivity(parsed) : id;
    const known = runs.get(stepId);
    if (known) return known;
    if (path.length === 0) return null;
    const nodes = facts.nodes && { ...facts.nodes, waitsFor: [] };
    const run: StepRun = {
      stepId,
      path,
      records: { ...nothing, activities: [], children: [], timers: [] },
      ledger: { ...ledger, entries: [] },
      facts: { ...facts, nodes },
    };
    runs.set(stepId, run);
    return run;
  };
  for (const record of records.activities) runOf(record.forwardId)?.records.activities.push(record);
  for (const child of records.children) runOf(child.stepId)?.records.children.push(child);
  for (const timer of records.timers) if (timer.stepId) runOf(timer.stepId)?.records.timers.push(timer);
  for (const entry of ledger.entries) runOf(entry.activityId)?.ledger.entries.push(entry);
  for (const stepId of Object.keys(facts.nodes?.nodes ?? {})) runOf(stepId);
  for (const wait of facts.nodes?.waitsFor ?? []) {
    const id = wait.kind === 'approval' ? wait.taskId.split('/').at(-1)! : wait.activityId;
    if (parseActivityId(id)) runOf(id)?.facts.nodes?.waitsFor.push(wait);
  }
  const byNode = new Map<string, StepRun[]>();
  for (const run of [...runs.values()].sort((a, b) => byPath(a.path, b.path))) {
    const nodeId = nodeIdOf(run.stepId);
    const known = byNode.get(nodeId);
    if (known) known.push(run);
    else byNode.set(nodeId, [run]);
  }
  return byNode;
}

function byPath(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

/** [LI1] From the state that matters most. */
export function combinedView(views: readonly NodeView[]): NodeView {
  const [first, ...others] = views.toSorted((a, b) => moreUrgent(a.state, b.state));
  if (!first) throw new Error('a node in a loop has no run');
  const runs: NodeView['runs'] = {};
  for (const { state } of views) runs[state] = (runs[state] ?? 0) + 1;
  const starts = views.flatMap(({ startedMs }) => startedMs ?? []);
  const ends = views.map(({ endedMs }) => endedMs);
  return {
    ...first,
    fault: [first, ...others].find(({ fault }) => fault !== null)?.fault ?? null,
    startedMs: starts.length > 0 ? Math.min(...starts) : null,
    endedMs: ends.every((end) => end !== null) ? Math.max(...ends) : null,
    runs,
  };
}

/** The entry of a node's card: of several runs the one that matters most. */
export function entriesByNode(ledger: Ledger | undefined): Map<string, LedgerEntry> {
  const entries = new Map<string, LedgerEntry>();
  for (const entry of ledger?.entries ?? []) {
    const known = entries.get(entry.nodeId);
    if (!known || ENTRIES.indexOf(entry.state) < ENTRIES.indexOf(known.state)) entries.set(entry.nodeId, entry);
  }
  return entries;
}
const ENTRIES: readonly LedgerEntry['state'][] = [
  'undoFailed',
  'undoing',
  'mayStand',
  'leftStanding',
  'standing',
  'doneByHand',
  'undone',
  'notArmed',
];

/** [LI2] The items of a loop that have begun. `runs`: of the steps inside it, and of the loop itself. */
export function itemsOf(
  loop: FlowNode,
  steps: readonly FlowNode[],
  depth: number,
  { nodes }: RunFacts,
  runsOf: (nodeId: string) => readonly { path: number[]; view: NodeView }[]
): ItemView[] {
  const inside = new Map<string, NodeView[]>();
  for (const { id } of [loop, ...allNodes(steps)])
    for (const { path, view } of runsOf(id)) {
      if (path.length <= depth) continue;
      const key = path.slice(0, depth + 1).join('.');
      inside.set(key, [...(inside.get(key) ?? []), ...(id === loop.id ? [] : [view])]);
    }
  return [...inside]
    .map(([key, views]): ItemView => {
      const path = key.split('.').map(Number);
      const report = nodes?.nodes[stepIdOf(loop.id, path)];
      const begun = views.filter(({ state }) => state !== 'notYet' && state !== 'notTaken');
      const combined = begun.length > 0 ? combinedView(begun) : null;
      const failed =
        report?.state === 'failed' || begun.some(({ state, fault }) => state === 'failed' || fault !== null);
      const undone = begun.some(({ state }) => state === 'undone');
      const state =
        combined && isActive(combined.state) ? combined.state : failed ? 'failed' : undone ? 'undone' : null;
      const calm = report && (report.state === 'skipped' || report.state === 'waiting' ? 'running' : report.state);
      const now = state ?? calm ?? combined?.state ?? 'running';
      // What leaves no events has no end of its own: the item ends with the last of its steps that has one.
      const ends = isActive(now) ? [] : begun.flatMap(({ endedMs }) => endedMs ?? []);
      return {
        path,
        state: now,
        startedMs: combined?.startedMs ?? null,
        endedMs: ends.length > 0 ? Math.max(...ends) : null,
        failure: report?.error ?? begun.find(({ failure }) => failure)?.failure ?? null,
      };
    })
    .sort((a, b) => byPath(a.path, b.path));
}

/** '12 of 40 · 1 failed · 3 undone'. `reported`: '12 of 40', from the workflow; null if it reports none. */
export function itemWords(loop: FlowNode, items: readonly ItemView[], reported: string | null): string | null {
  const count = (state: NodeState) => items.filter((item) => item.state === state).length;
  const what = loop.kind === 'repeat' ? 'round' : 'item';
  const begun = `${items.length} ${what}${items.length === 1 ? '' : 's'}`;
  const parts = [
    reported ?? (items.length === 0 ? null : begun),
    count('failed') > 0 ? `${count('failed')} failed` : null,
    count('undone') > 0 ? `${count('undone')} undone` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ') || null;
}
