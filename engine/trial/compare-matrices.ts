/**
 * The failures of two states of a flow side by side: which of them leave something else behind than before. Pure,
 * shared with the browser, which compares cells as they come.
 *
 * Rules
 * [RC1] Cells belong together by the id of the step, the place of the item that fails alone, how it fails, and whether
 *       its undo fails. A step that had no undo is compared with the same step whose undo works.
 * [RC2] What a run leaves is compared by step and by whether the effect happened or may have happened. The undos are
 *       compared in their order, but only those of steps that both states have: a new step is undone too, which is no
 *       news.
 *       An effect that a completed run is meant to have was kept: it did happen. A step that is declared to have no
 *       effect leaves nothing, whatever it calls.
 * [RC3] An undo that is not called makes no difference: such a cell is not compared.
 * [RC4] A cell that was not played, because the time ended, is not compared and counted. Steps that no failure and no
 *       scenario leads to are not compared, and named.
 * [RC5] A run that asks a person asks about something: another question is another end.
 */
import { surelyRemains } from '../run-view/ledger';
import type { MatrixCell, MatrixFailure, MatrixItem, MatrixRow } from './matrix-cells';

/** What became of the effect of a step. */
export type EffectFate = 'remains' | 'mayRemain' | 'undone' | 'kept' | 'noEffect' | 'none';

export interface FateChange {
  nodeId: string;
  title: string;
  before: EffectFate;
  after: EffectFate;
  /** How many effects of the step remain, or may remain: in a loop, one for each item. */
  countBefore: number;
  countAfter: number;
  /** Only one of the two states has the step; null: both have it. */
  only: 'before' | 'after' | null;
}
export interface FailureChange {
  key: string;
  nodeId: string;
  title: string;
  failure: MatrixFailure;
  undoFails: boolean;
  /** The item that fails alone, of a step in a loop. */
  item: MatrixItem | null;
  /** Null: this failure is new, because the step or its undo is new. */
  before: MatrixCell | null;
  /** Null: it can no longer happen. */
  after: MatrixCell | null;
  /** The effects for which it ends otherwise. */
  fates: FateChange[];
  /** The run ends in another way: it asks, completes or fails, where it did something else. */
  endsOtherwise: boolean;
  /** Undone in another order. */
  reordered: boolean;
}
export interface PlayedMatrix {
  rows: readonly MatrixRow[];
  cells: readonly MatrixCell[];
}
export interface RollbackComparison {
  changes: FailureChange[];
  /** How many failures were compared. */
  compared: number;
  /** How many of both could not be compared, because one of the cells was not played. */
  notPlayed: number;
  /** The titles of the steps that were not reached in one of the two, and so have no failures to compare there. */
  unreached: string[];
}

export function compareMatrices(before: PlayedMatrix, after: PlayedMatrix): RollbackComparison {
  const [was, is] = [byKey(before.cells), byKey(after.cells)];
  const [wasThere, isThere] = [keysOf(before.rows), keysOf(after.rows)];
  const titles = new Map([...before.rows, ...after.rows].map(({ nodeId, title }) => [nodeId, title]));
  const common = new Set(
    before.rows.map(({ nodeId }) => nodeId).filter((id) => after.rows.some((row) => row.nodeId === id))
  );
  const has = (rows: readonly MatrixRow[], id: string) => rows.some(({ nodeId }) => nodeId === id);
  const onlyIn = (id: string) => (!has(before.rows, id) ? 'after' : !has(after.rows, id) ? 'before' : null);
  const noEffect: [ReadonlySet<string>, ReadonlySet<string>] = [noEffectIn(before.rows), noEffectIn(after.rows)];
  const result: RollbackComparison = { changes: [], compared: 0, notPlayed: 0, unreached: unreachedIn(before, after) };
  const ignored = new Set(
    [...before.rows, ...after.rows]
      .filter(({ reached }) => !reached)
      .flatMap((row) => [...keysOf([{ ...row, reached: true }])])
  );
  for (const key of new Set([...isThere, ...wasThere])) {
    // A step that is reached on one side alone could fail on the other side too.
    if (ignored.has(key)) continue;
    const [old, now] = [was.get(key) ?? null, is.get(key) ?? null];
    if ((wasThere.has(key) && !old) || (isThere.has(key) && !now)) {
      result.notPlayed++;
      continue;
    }
    const cell = (now ?? old)!;
    // [RC3]
    if ([old, now].every((each) => each === null || (each.undo === 'fails' && !each.undoCalled))) continue;
    result.compared++;
    const fates = fatesOf(old, now, titles, onlyIn, noEffect);
    const change: FailureChange = {
      key,
      nodeId: cell.nodeId,
      title: titles.get(cell.nodeId) ?? cell.nodeId,
      failure: cell.failure,
      undoFails: cell.undo === 'fails',
      item: cell.item,
      before: old,
      after: now,
      fates,
      endsOtherwise: old !== null && now !== null && endOf(old) !== endOf(now),
      reordered: old !== null && now !== null && isReordered(old, now, common),
    };
    if (old && now ? fates.length > 0 || change.endsOtherwise || change.reordered : fates.length > 0)
      result.changes.push(change);
  }
  return result;
}

/** [RC1] */
const keyOf = (nodeId: string, item: MatrixItem | null, failure: MatrixFailure, undoFails: boolean) =>
  `${nodeId}/${item ? `${item.at}/` : ''}${failure}${undoFails ? '/undo fails' : ''}`;
const byKey = (cells: readonly MatrixCell[]) =>
  new Map(cells.map((cell) => [keyOf(cell.nodeId, cell.item, cell.failure, cell.undo === 'fails'), cell]));

function keysOf(rows: readonly MatrixRow[]): Set<string> {
  return new Set(
    rows
      .filter(({ reached }) => reached)
      .flatMap(({ nodeId, item, failures, undo }) =>
        failures.flatMap((failure) => [
          keyOf(nodeId, item, failure, false),
          ...(undo !== null && failure !== 'before' ? [keyOf(nodeId, item, failure, true)] : []),
        ])
      )
  );
}

/** [RC2] The steps whose effect remains, or may remain, in one of the two and has another fate in the other. */
function fatesOf(
  before: MatrixCell | null,
  after: MatrixCell | null,
  titles: ReadonlyMap<string, string>,
  onlyIn: (nodeId: string) => FateChange['only'],
  [noEffectBefore, noEffectAfter]: [ReadonlySet<string>, ReadonlySet<string>]
): FateChange[] {
  const left = [...(before?.left ?? []), ...(after?.left ?? [])];
  return [...new Set(left.map(({ nodeId }) => nodeId))].flatMap((nodeId): FateChange[] => {
    const [was, is] = [fateOf(before, nodeId, noEffectBefore), fateOf(after, nodeId, noEffectAfter)];
    const count = (cell: MatrixCell | null) => cell?.left.filter((each) => each.nodeId === nodeId).length ?? 0;
    const [countBefore, countAfter] = [count(before), count(after)];
    if (was === is && countBefore === countAfter) return [];
    const title = titles.get(nodeId) ?? left.find((each) => each.nodeId === nodeId)?.title ?? nodeId;
    return [{ nodeId, title, before: was, after: is, countBefore, countAfter, only: onlyIn(nodeId) }];
  });
}

function fateOf(cell: MatrixCell | null, nodeId: string, noEffect: ReadonlySet<string>): EffectFate {
  const left = cell?.left.filter((each) => each.nodeId === nodeId) ?? [];
  if (left.some(surelyRemains)) return 'remains';
  if (left.length > 0) return 'mayRemain';
  if (cell?.undone.includes(nodeId)) return 'undone';
  if (cell?.meant.includes(nodeId)) return 'kept';
  return cell && noEffect.has(nodeId) ? 'noEffect' : 'none';
}
const noEffectIn = (rows: readonly MatrixRow[]): ReadonlySet<string> =>
  new Set(rows.filter(({ kind, effect }) => kind === 'action' && effect === 'none').map(({ nodeId }) => nodeId));

/** [RC5] */
const endOf = ({ end }: MatrixCell): string => [end.kind, ...end.questions.map(({ kind }) => kind).sort()].join(' ');

/** [RC4] */
function unreachedIn(before: PlayedMatrix, after: PlayedMatrix): string[] {
  const rows = [...after.rows, ...before.rows].filter(({ reached }) => !reached);
  return [...new Map(rows.map(({ nodeId, title }) => [nodeId, title] as const).toReversed()).values()].toReversed();
}

function isReordered(before: MatrixCell, after: MatrixCell, common: ReadonlySet<string>): boolean {
  const inBoth = ({ undone }: MatrixCell, other: MatrixCell) =>
    undone.filter((id) => common.has(id) && other.undone.includes(id)).join('\n');
  return inBoth(before, after) !== inBoth(after, before);
}
