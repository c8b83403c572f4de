/** The back thread of the outermost sequence: up through the linings of the right column, and past the forks. */
import { DOWN } from '../model';
import type { Point } from '../path';
import type { Tree } from '../scope';
import type { Sink } from '../sink';
import { factsOf } from '../../nodes/table';
import type { Placed } from './parts';

const ARROW_EVERY = 160;

/**
 * `top`: the top of the sequence. The thread begins after the last step that may be undone and ends at the first one.
 */
export function wayBack(places: readonly Placed[], top: number, tree: Tree, out: Sink): void {
  const first = places.findIndex(({ unit }) => tree.undoes(unit.nodes).length > 0);
  const last = places.findLastIndex(({ unit }) => !tree.isAfterPivot(unit.first.id) && !factsOf(unit.first).ends);
  if (first < 0 || last < first) return;
  const { unit, block, top: lastTop } = places[last]!;
  const pivot = out.pivots.find(({ id }) => id === unit.last.id)?.cap;
  const begin = pivot ?? { x: block.wayBack, y: top + lastTop + block.height };
  const points: Point[] = [begin];
  const arrows: Point[] = [];
  let arrowAt = Infinity;
  for (let index = last; index >= first; index--) {
    const each = places[index]!;
    const bottom = top + each.top + each.block.height;
    const turn = bottom + DOWN.gap / 2;
    const x = points.at(-1)!.x;
    if (x !== each.block.wayBack) points.push({ x, y: turn }, { x: each.block.wayBack, y: turn });
    else if (index < last && arrowAt - turn >= ARROW_EVERY) {
      arrows.push({ x, y: turn });
      arrowAt = turn;
    }
    /* It ends below the first undo. */
    points.push({ x: each.block.wayBack, y: top + each.top + (index === first ? each.block.undoAt : 0) });
  }
  out.back([points], null, arrows);
}
