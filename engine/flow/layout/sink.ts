/** Collects the results of a layout: boxes, labels and threads, in the order of their placement. */
import { allNodes } from '../tree';
import type { Unit } from './folds';
import type {
  BarBox,
  Box,
  BranchPlace,
  CardBox,
  DiamondBox,
  FoldBox,
  FrameBox,
  LabelBox,
  PivotLine,
  SlotPlace,
  SummaryBox,
  Thread,
} from './model';
import { around, cut, orthogonal, type Point } from './path';

/** The length of a piece of a back thread, in pixels. */
const PIECE = 600;

export class Sink {
  cards: CardBox[] = [];
  folds: FoldBox[] = [];
  frames: FrameBox[] = [];
  diamonds: DiamondBox[] = [];
  bars: BarBox[] = [];
  summaries: SummaryBox[] = [];
  labels: LabelBox[] = [];
  pivots: PivotLine[] = [];
  threads: Thread[] = [];
  branches: BranchPlace[] = [];
  slots: SlotPlace[] = [];
  readonly #names = new Map<string, number>();

  /** `edited`: the drawing has slots. */
  constructor(private readonly edited: boolean) {}

  /** `from` null: from the start. `to` null: out of the branch, or to the end. */
  thread(kind: Thread['kind'], points: Point[], from: string | null, to: string | null, branch: string | null): void {
    // What is inserted elsewhere does not change it, so that the other threads are not drawn again.
    const name = `${kind}:${branch ?? ''}:${from ?? ''}>${to ?? ''}`;
    const before = this.#names.get(name) ?? 0;
    this.#names.set(name, before + 1);
    const id = before === 0 ? name : `${name}:${before}`;
    this.threads.push({
      id,
      kind,
      path: orthogonal(points),
      box: around(points),
      from,
      to,
      branch,
      arrows: [],
      pieces: [],
    });
  }
  /** The back thread of a sequence: one path in pieces, each from its begin to its end. */
  back(pieces: readonly Point[][], branch: string | null, arrows: Point[]): void {
    if (pieces.length === 0) return;
    this.threads.push({
      id: `back:${branch ?? ''}`,
      kind: 'back',
      path: pieces.map(orthogonal).join(''),
      box: around(pieces.flat()),
      from: null,
      to: null,
      branch,
      arrows,
      pieces: pieces
        .flatMap((points) => cut(points, PIECE))
        .map((points) => ({ path: orthogonal(points), ...around(points) })),
    });
  }
  fold({ fold, first, nodes }: Unit, box: Box): void {
    const inside = allNodes(nodes).map(({ id }) => id);
    this.folds.push({ key: fold ?? first.id, id: first.id, nodes: nodes.map(({ id }) => id), inside, ...box });
  }
  slot(at: Point, branch: string | null, after: string | null, before: string | null): void {
    if (this.edited) this.slots.push({ at, branch, after, before });
  }
  label(box: Omit<LabelBox, 'height'>, height = 16): void {
    this.labels.push({ ...box, height });
  }
}
