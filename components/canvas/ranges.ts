/**
 * What of a drawing is emphasised: the node that matters now, and the stretches of the back threads that are orange.
 * Pure.
 */
import type { FlowLayout } from '@/engine/flow/layout/layout';
import type { WhatIf } from '@/engine/flow/what-if';
import type { NodeView } from '@/engine/run-view/model';
import { backRanges, type BackRange } from '@/engine/run-view/threads';
import type { StepFacts } from './card-model';

/** The node that matters now in a run: the first view shows it if the whole drawing does not fit. */
export function firstInteresting(states: Record<string, NodeView> | undefined): string | null {
  if (!states) return null;
  const rank = [
    'undoFailed',
    'unknown',
    'unwinding',
    'noWorker',
    'waitsForPerson',
    'paused',
    'retrying',
    'running',
    'failed',
    'waitsForSignal',
    'waitsForTimer',
  ];
  const views = Object.values(states).filter((view) => rank.includes(view.state));
  return views.sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state))[0]?.nodeId ?? null;
}

/** In a preview the back thread runs from the failing step through all steps that would be undone. */
export function previewRanges(layout: FlowLayout, { nodes }: WhatIf): ReadonlyMap<string | null, BackRange> {
  const is = (id: string, ...roles: string[]) => roles.includes(nodes[id]?.role ?? 'neverStarted');
  const undone = Object.keys(nodes).filter((id) => is(id, 'undone'));
  return backRanges(
    layout,
    undone,
    (id) => !is(id, 'neverStarted', 'handles'),
    () => true
  );
}

/** At design time the back threads of the selected step's sequences are orange. */
export function selectionRanges(
  layout: FlowLayout,
  facts: ReadonlyMap<string, StepFacts>,
  selected: string | null
): ReadonlyMap<string | null, BackRange> {
  const ranges = new Map<string | null, BackRange>();
  if (!selected || facts.get(selected)?.lining !== 'undo') return ranges;
  const owners = new Map(layout.branches.flatMap((place) => place.nodes.map((id) => [id, place] as const)));
  for (let place = owners.get(selected); ; place = owners.get(place.owner)) {
    ranges.set(place?.key ?? null, [-Infinity, Infinity]);
    if (!place) return ranges;
  }
}

/** 'waits for 2 branches': shown for a failed parallel whose other branches have not ended. */
export function settlingOf(layout: FlowLayout, states: Record<string, NodeView> | undefined): Record<string, string> {
  const said: Record<string, string> = {};
  if (!states) return said;
  const busy = new Set([
    'running',
    'retrying',
    'waitsForPerson',
    'waitsForTimer',
    'waitsForSignal',
    'noWorker',
    'paused',
  ]);
  for (const bar of layout.bars) {
    if (bar.role !== 'join') continue;
    const rows = layout.branches.filter((place) => place.owner === bar.id && place.role === 'branch');
    const failed = rows.some((place) => place.nodes.some((id) => states[id]?.state === 'failed'));
    const open = rows.filter((place) => place.nodes.some((id) => busy.has(states[id]?.state ?? 'notYet'))).length;
    if (failed && open > 0) said[bar.id] = `waits for ${open} ${open === 1 ? 'branch' : 'branches'}`;
  }
  return said;
}
