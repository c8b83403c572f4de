/**
 * How a drawing is made to fit across the place that it has: branches that are beside each other are put below each
 * other, and what still does not fit is folded. A pure function of the tree and of the room; who draws decides when it
 * is asked again, because a drawing must not change by itself.
 *
 * Rules
 * [FIT1] What fits is left as it is. What cannot be made to fit is left as it is as well: a drawing that has to be
 *        moved anyway should hide nothing.
 * [FIT2] Nothing is done that is not needed, and nothing is hidden as long as stacking is enough.
 * [FIT3] A node that must be seen is not hidden.
 */
import { sequencesIn } from '../branches';
import type { FlowDocument } from '../document';
import type { FlowNode } from '../nodes/table';
import { allNodes } from '../tree';
import { isFoldable, NO_FOLDS, type Folded } from './folds';
import { layoutFlow, type LayoutOptions } from './layout';
import { NOTHING_STACKED, type Box, type DrawingDirection, type FlowLayout } from './model';

export interface Fit {
  /** Forks whose branches are below each other. */
  stacked: ReadonlySet<string>;
  /** To add to what is folded already. */
  folded: Folded;
}
export const NO_FIT: Fit = { stacked: NOTHING_STACKED, folded: NO_FOLDS };

interface Options extends Omit<LayoutOptions, 'stacked'> {
  /** The most that the drawing may have across its direction: its width downward, its height sideways. In pixels. */
  room: number;
  /** Ids of nodes that must be seen. 'all': nothing may be folded. */
  keep: ReadonlySet<string> | 'all';
}

/** Makes a drawing narrower. */
interface Measure {
  way: 'stack' | 'fold';
  id: string;
  /** How many nodes it hides. */
  hides: number;
}

export function fitInto(
  { steps }: Pick<FlowDocument, 'steps'>,
  direction: DrawingDirection,
  { room, keep, folded = NO_FOLDS, ...options }: Options
): Fit {
  const draw = (measures: readonly Measure[]) => {
    const { stacked, folded: more } = asFit(measures);
    return layoutFlow({ steps }, direction, { ...options, stacked, folded: new Set([...folded, ...more]) });
  };
  const fits = (layout: FlowLayout) => extentOf(layout.bounds, direction).size <= room;
  let layout = draw([]);
  if (steps.length === 0 || fits(layout)) return NO_FIT;

  const known = measuresByNode(steps, direction, keep);
  let chosen: Measure[] = [];
  while (!fits(layout)) {
    const isOpen = (measure: Measure) =>
      !chosen.includes(measure) && !(measure.way === 'fold' && folded.has(measure.id));
    const [low, high] = outermost(layout, direction).map((id) => known.get(id)?.find(isOpen));
    // Of the two sides, what hides less.
    const next = low && high ? (low.hides < high.hides ? low : high) : (high ?? low);
    if (!next) return NO_FIT;
    chosen.push(next);
    layout = draw(chosen);
  }
  // Some are not needed any more: the other side had to give way as well, or a larger fold hides them.
  const without = (measure: Measure) => chosen.filter((each) => each !== measure);
  for (;;) {
    const needless = chosen.toSorted((a, b) => b.hides - a.hides).find((each) => fits(draw(without(each))));
    if (!needless) break;
    chosen = without(needless);
  }
  return asFit(chosen);
}

const asFit = (measures: readonly Measure[]): Fit => ({
  stacked: new Set(measures.filter(({ way }) => way === 'stack').map(({ id }) => id)),
  folded: new Set(measures.filter(({ way }) => way === 'fold').map(({ id }) => id)),
});

/** By node: what makes it narrower, or what is drawn around it. Stacking first, then folds from the innermost out. */
function measuresByNode(
  steps: readonly FlowNode[],
  direction: DrawingDirection,
  keep: Options['keep']
): ReadonlyMap<string, readonly Measure[]> {
  const found = new Map<string, readonly Measure[]>();
  const visit = (inside: readonly FlowNode[], stack: readonly Measure[], folds: readonly Measure[]) => {
    for (const node of inside) {
      const inner = isFoldable(node) ? sequencesIn(node) : [];
      const hidden = inner.flatMap((each) => allNodes(each.steps));
      const mayFold = keep !== 'all' && inner.length > 0 && !hidden.some(({ id }) => keep.has(id));
      const own: readonly Measure[] = mayFold ? [{ way: 'fold', id: node.id, hides: hidden.length }, ...folds] : folds;
      found.set(node.id, [...stack, ...own]);
      for (const each of inner) visit(each.steps, stack, own);
    }
  };
  for (const node of steps) {
    // Deeper forks are stacked anyway, and those of a sideways drawing have their branches across it.
    const isFork = direction === 'down' && sequencesIn(node).filter(({ role }) => role === 'branch').length > 1;
    visit([node], isFork ? [{ way: 'stack', id: node.id, hides: 0 }] : [], []);
  }
  return found;
}

function extentOf(box: Box, direction: DrawingDirection): { low: number; high: number; size: number } {
  const [low, size] = direction === 'down' ? [box.x, box.width] : [box.y, box.height];
  return { low, high: low + size, size };
}

/**
 * The nodes that reach out furthest to both sides. The title of a fork is as wide as what is in it, and the cell that
 * sums up its undos is beside all of it: they are not asked.
 */
function outermost(layout: FlowLayout, direction: DrawingDirection): [low: string, high: string] {
  const boxes: (Box & { id: string })[] = [
    ...layout.cards,
    ...layout.folds,
    ...layout.frames,
    ...layout.labels.filter(({ role }) => role !== 'title').map((label) => ({ ...label, id: label.owner })),
  ];
  let [low, high] = [boxes[0]!, boxes[0]!];
  for (const box of boxes) {
    if (extentOf(box, direction).low < extentOf(low, direction).low) low = box;
    if (extentOf(box, direction).high > extentOf(high, direction).high) high = box;
  }
  return [low.id, high.id];
}
