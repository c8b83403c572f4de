/**
 * Layout of a flow: a pure function of its tree and of the direction (design D12). Downward is the default; sideways is
 * for wide, short places.
 *
 * Invariants, tested for both directions: boxes never overlap; siblings keep their order; every node has one place; the
 * same tree gives the same layout; what is added behind a node moves nothing before it. Never read run state here.
 */
import type { FlowDocument } from '../document';
import { NO_FOLDS, type Folded } from './folds';
import { layoutDown } from './down/sequence';
import { NOTHING_STACKED, type DrawingDirection, type FlowLayout } from './model';
import { layoutSideways } from './sideways/sequence';

export * from './model';

export interface LayoutOptions {
  /** Steps with a lining, if more is known than the document says (effects that the catalogue declares). */
  lined?: ReadonlySet<string>;
  /** Leaves room for slots at both ends of each branch. */
  edited?: boolean;
  /** What is drawn as one card (folds.ts). */
  folded?: Folded;
  /** Ids of forks whose branches are below each other, though there are few of them (downward only). */
  stacked?: ReadonlySet<string>;
}

export function layoutFlow(
  { steps }: Pick<FlowDocument, 'steps'>,
  direction: DrawingDirection,
  { lined, edited = false, folded = NO_FOLDS, stacked = NOTHING_STACKED }: LayoutOptions = {}
): FlowLayout {
  return direction === 'down'
    ? layoutDown(steps, { lined, edited, folded, stacked })
    : layoutSideways(steps, edited, folded);
}
