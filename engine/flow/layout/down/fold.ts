/** The card of a fold. Beside the outermost sequence a cell of the right column sums up the undos that it hides. */
import type { Unit } from '../folds';
import { DOWN } from '../model';
import { continuesAfter } from '../scope';
import { SUMMARY } from './forks';
import { COLUMN, HALF, type Block, type Scope } from './parts';

const { faceWidth, face, liningWidth } = DOWN;

export function foldBlock(unit: Unit, { tree, depth }: Scope): Block {
  const undone = depth === 0 ? tree.undoes(unit.nodes) : [];
  return {
    left: HALF,
    right: HALF + (undone.length > 0 ? liningWidth : 0),
    height: face,
    open: unit.nodes.every(continuesAfter),
    wayBack: COLUMN,
    undoAt: face / 2,
    place(x, y, out) {
      out.fold(unit, { x: x - HALF, y, width: faceWidth, height: face });
      if (undone.length === 0) return;
      const cell = { x: x + HALF, y: y + (face - SUMMARY) / 2, width: liningWidth, height: SUMMARY };
      out.summaries.push({ ...cell, owner: unit.first.id, steps: undone });
    },
  };
}
