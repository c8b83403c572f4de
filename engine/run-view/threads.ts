/** The threads of the drawing along which a run has gone, forward and back. */
import type { FlowLayout } from '../flow/layout/layout';
import type { LedgerState } from '../saga/contract';
import type { BranchState, Ledger, NodeState, NodeView } from './model';

/**
 * Stretch of a back thread in use, in pixels along the drawing's direction: from x to x sideways, from y to y downward.
 */
export type BackRange = [from: number, to: number];
export interface ThreadsGone {
  /** Ids of forward and catch threads. */
  forward: Set<string>;
  /** By branch key; null is the outermost sequence. */
  back: Map<string | null, BackRange>;
}
const NOT_ENTERED: ReadonlySet<NodeState> = new Set(['notYet', 'notTaken']);
const PASSED: ReadonlySet<NodeState> = new Set(['done', 'undone', 'unwinding', 'undoFailed']);
const WAY_BACK: ReadonlySet<LedgerState> = new Set(['undoing', 'undone', 'undoFailed', 'doneByHand', 'leftStanding']);

export function threadsGone(
  layout: FlowLayout,
  nodes: Record<string, NodeView>,
  branches: Record<string, BranchState>,
  ledger: Ledger | null
): ThreadsGone {
  const entered = (id: string) => !NOT_ENTERED.has(nodes[id]?.state ?? 'notYet');
  const passed = (id: string) => PASSED.has(nodes[id]?.state ?? 'notYet') && !nodes[id]?.failure;
  const forward = new Set<string>();
  const places = new Map(layout.branches.map((place) => [place.key, place]));
  for (const thread of layout.threads) {
    if (thread.kind === 'back') continue;
    if (thread.branch !== null && branches[thread.branch] === 'notTaken') continue;
    const place = thread.branch === null ? undefined : places.get(thread.branch);
    const within = thread.branch === null || branches[thread.branch] === 'taken';
    const out =
      thread.from === null || (place?.nodes.length === 0 && place.owner === thread.from ? within : passed(thread.from));
    if (thread.to === null ? within && out : entered(thread.to)) forward.add(thread.id);
  }
  const touched = (ledger?.entries ?? []).filter((entry) => WAY_BACK.has(entry.state)).map((entry) => entry.nodeId);
  return { forward, back: backRanges(layout, touched, entered, (key) => branches[key] === 'taken') };
}

/**
 * Where the way back runs: in each sequence from the furthest node that was reached to the leftmost that was undone,
 * and whole through the branches on that way that were taken.
 */
export function backRanges(
  layout: FlowLayout,
  touched: readonly string[],
  reached: (id: string) => boolean,
  taken: (branchKey: string) => boolean
): Map<string | null, BackRange> {
  const ranges = new Map<string | null, BackRange>();
  if (touched.length === 0) return ranges;
  const spans = spansOf(layout);
  const hidden = new Map(layout.folds.flatMap(({ id, inside }) => inside.map((each) => [each, id] as const)));
  const owners = new Map(layout.branches.flatMap((place) => place.nodes.map((id) => [id, place] as const)));
  const furthest = new Map<string | null, number>();
  for (const [id, span] of spans) {
    if (!reached(id)) continue;
    const key = owners.get(id)?.key ?? null;
    furthest.set(key, Math.max(furthest.get(key) ?? -Infinity, span[1]));
  }
  for (const each of touched) {
    for (let id: string | undefined = hidden.get(each) ?? each; id !== undefined;) {
      const place = owners.get(id);
      const key = place?.key ?? null;
      const span = spans.get(id);
      if (span) {
        const [left, right] = ranges.get(key) ?? [Infinity, -Infinity];
        /* Inside a branch it runs on to the fork, where it meets the others. */
        const end = place ? -Infinity : span[0];
        ranges.set(key, [Math.min(left, end), Math.max(right, furthest.get(key) ?? span[1])]);
      }
      id = place?.owner;
    }
  }
  /* Choices wholly on the way: it goes back through the branch that was taken. Of parallel branches only through what it undid. */
  const parallels = new Set(layout.bars.map((bar) => bar.id));
  for (let grew = true; grew;) {
    grew = false;
    for (const place of layout.branches) {
      const around = ranges.get(owners.get(place.owner)?.key ?? null);
      const head = spans.get(place.owner);
      if (
        !around ||
        !head ||
        parallels.has(place.owner) ||
        ranges.has(place.key) ||
        place.role === 'catch' ||
        !taken(place.key)
      )
        continue;
      if (head[0] < around[0] || head[1] > around[1]) continue;
      ranges.set(place.key, [-Infinity, Infinity]);
      grew = true;
    }
  }
  return ranges;
}

/** Where every node begins and ends along the drawing's direction, with all that is inside it. */
function spansOf(layout: FlowLayout): Map<string, BackRange> {
  const spans = new Map<string, BackRange>();
  const widen = (id: string, from: number, to: number) => {
    const [first, last] = spans.get(id) ?? [Infinity, -Infinity];
    spans.set(id, [Math.min(first, from), Math.max(last, to)]);
  };
  for (const box of [...layout.cards, ...layout.folds, ...layout.frames, ...layout.diamonds, ...layout.bars]) {
    if (layout.direction === 'down') widen(box.id, box.y, box.y + box.height);
    else widen(box.id, box.x, box.x + box.width);
  }
  /* Branches are listed before what is inside them: from the inside out is from the last to the first. */
  for (const { owner, nodes } of [...layout.branches].reverse())
    nodes.forEach((id) => {
      const inner = spans.get(id);
      if (inner) widen(owner, inner[0], inner[1]);
    });
  return spans;
}
