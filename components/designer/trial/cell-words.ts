/** How a cell of the failure matrix ended, in a few words with a mark; and which cells there will be. */
import { countOf } from '@/components/words';
import { surelyRemains } from '@/engine/run-view/ledger';
import type { NodeState } from '@/engine/run-view/model';
import type { MatrixFailure, MatrixItem, MatrixRow, MatrixUndo } from '@/engine/trial/matrix-cells';
import { leavesSilently } from '@/engine/trial/outcome';
import type { LeftEffect, TrialEnd } from '@/engine/trial/result';

export interface CellWords {
  mark: NodeState;
  words: string;
  /** What remains or may have happened; null: nothing. */
  left: string | null;
}

/** What is read of a cell; that of a template has no more. */
export interface CellEnd {
  end: { kind: TrialEnd['kind']; questions: readonly { kind: string }[] };
  left: readonly Pick<LeftEffect, 'state' | 'happened' | 'mayBeUndone'>[];
  undone: readonly string[];
}

export function cellWords({ end, left, undone }: CellEnd): CellWords {
  const remaining = leftOf(left);
  const as = (mark: NodeState, words: string): CellWords => ({ mark, words, left: remaining });
  switch (end.kind) {
    case 'completed':
      return as(remaining ? 'unknown' : 'done', 'Completed');
    case 'asks':
      return as(...question(end));
    case 'retries':
      return as('retrying', 'Retries until it succeeds');
    case 'waits':
      return as('waitsForSignal', 'Waits for a signal');
    case 'broken':
      return as('failed', 'The code fails');
    case 'tooLong':
      return as('failed', 'Did not end in the trial');
    case 'failed':
    case 'canceled': {
      const ended = end.kind === 'failed' ? 'Failed' : 'Stopped';
      if (remaining) return as('failed', ended);
      if (undone.length > 0) return as('undone', `${ended}: all undone`);
      return as('cancelled', `${ended}: nothing to undo`);
    }
  }
}

function question({ questions }: CellEnd['end']): [mark: NodeState, words: string] {
  const kinds = new Set(questions.map(({ kind }) => kind));
  if (kinds.has('undo')) return ['undoFailed', 'Needs a decision: undo failed'];
  if (kinds.has('outcome')) return ['unknown', 'Needs a decision: did it happen?'];
  return ['waitsForPerson', 'Waits for a person'];
}

/** '2 remain, 1 may remain' */
export function leftOf(left: CellEnd['left']): string | null {
  const remain = left.filter(surelyRemains).length;
  const may = left.length - remain;
  const words = [
    ...(remain > 0 ? [`${remain} ${remain === 1 ? 'remains' : 'remain'}`] : []),
    ...(may > 0 ? [`${may} may remain`] : []),
  ];
  return words.length > 0 ? words.join(', ') : null;
}

/** 'item 2 of 3'; in nested loops, whose numbers would not say it, 'the last of 6 items' */
export const itemWords = ({ at, item, of, unit }: MatrixItem): string =>
  item.includes('.') ? `the ${at === 'middle' ? 'middle one' : at} of ${of} ${unit}s` : `${unit} ${item} of ${of}`;

const MOST_LISTED = 6;
/** The ledger names the item or the round in the title. */
const ITEM = / \((item|round) [\d.]+\)$| \((?:item|round) [^()]*\)$/;
/** 'Charge card: items 1, 3': what remains of steps in loops; null where nothing does. */
export function leftItems(left: readonly Pick<LeftEffect, 'nodeId' | 'title' | 'item'>[]): string | null {
  const bySteps = new Map<string, { title: string; unit: string; items: string[] }>();
  for (const { nodeId, title, item } of left) {
    if (item === undefined) continue;
    const { items } = bySteps.get(nodeId) ?? { items: [] };
    const unit = ITEM.exec(title)?.[1] ?? 'item';
    bySteps.set(nodeId, { title: title.replace(ITEM, ''), unit, items: [...items, item] });
  }
  const lines = [...bySteps.values()].map(({ title, unit, items }) => {
    const more = items.length > MOST_LISTED ? ` and ${items.length - MOST_LISTED} more` : '';
    return `${title}: ${unit}${items.length === 1 ? '' : 's'} ${items.slice(0, MOST_LISTED).join(', ')}${more}`;
  });
  return lines.length > 0 ? lines.join('; ') : null;
}

export interface Place {
  failure: MatrixFailure;
  undo: MatrixUndo;
}
/** The places of a row, in the order of the columns. */
export function placesOf({ failures, undo, reached }: MatrixRow): Place[] {
  if (!reached) return [];
  return failures.flatMap((failure): Place[] =>
    undo !== null && failure !== 'before'
      ? [
          { failure, undo: 'works' },
          { failure, undo: 'fails' },
        ]
      : [{ failure, undo: 'none' }]
  );
}

export interface Column {
  title: string;
  failures: readonly MatrixFailure[];
}
/** An approval that is rejected, or a signal that does not come, has its place among the failures of steps. */
export const COLUMNS: readonly Column[] = [
  { title: 'Fails before its effect', failures: ['before', 'rejected'] },
  { title: 'Fails after its effect', failures: ['after'] },
  { title: 'No answer', failures: ['unknown', 'late'] },
  { title: 'Stopped here', failures: ['stopped'] },
];
export const FAILURE_WORDS: Record<MatrixFailure, string> = {
  before: 'Fails before its effect',
  after: 'Fails after its effect',
  unknown: 'No answer',
  stopped: 'The run is stopped here',
  rejected: 'Rejected',
  late: 'Nobody answers in time',
};
export const UNDO_WORDS: Record<MatrixUndo, string> = {
  works: 'Its undo works',
  fails: 'Its undo fails',
  none: '',
};

/** '31 of 84 failures leave effects behind without a question'. `expected`: how many there are, played or not. */
export function summaryOf(cells: readonly CellEnd[], expected = cells.length): string {
  if (cells.length < expected)
    return `${cells.length} of ${countOf(expected, 'failure')} were played. Of these: ${summaryOf(cells)}`;
  const silent = cells.filter(leavesSilently).length;
  const asking = cells.filter(({ end }) => end.kind === 'asks').length;
  const asks = asking === 0 ? '' : ` ${asking} ${asking === 1 ? 'asks' : 'ask'} a person.`;
  if (silent === 0)
    return `None of ${countOf(cells.length, 'failure')} leaves an effect behind without a question.${asks}`;
  return `${silent} of ${countOf(cells.length, 'failure')} ${silent === 1 ? 'leaves' : 'leave'} an effect behind without a question.${asks}`;
}
