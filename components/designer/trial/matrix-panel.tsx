'use client';

/**
 * The failure matrix: every step, and what comes of each way in which it can fail. A cell opens as a trial. Cells are
 * shown as they come; one tab stop, and the arrow keys go from cell to cell.
 */
import { Grid3x3, Square, X } from 'lucide-react';
import type { RefObject } from 'react';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { useRoomFor } from '@/components/ui/use-room-for';
import { FailureBand } from '@/components/live/failure-band';
import { formatDuration } from '@/engine/flow/values/format';
import type { MatrixCell, MatrixRow } from '@/engine/trial/matrix-cells';
import { leavesSilently } from '@/engine/trial/outcome';
import { nextInList, nextInTable, useCellKeys, type OpenedCell } from './cell-keys';
import {
  cellWords,
  COLUMNS,
  FAILURE_WORDS,
  itemWords,
  leftItems,
  placesOf,
  summaryOf,
  UNDO_WORDS,
  type Place,
} from './cell-words';
import type { Matrix } from './use-matrix';

export interface MatrixPanelProps {
  matrix: Matrix;
  selected: string | null;
  /** Where the person comes back to from a trial. */
  opened?: RefObject<OpenedCell | null>;
  onSelect: (nodeId: string | null) => void;
  /** Opens a cell as a trial. */
  onOpen: (cell: MatrixCell) => void;
  onClose?: () => void;
  className?: string;
}

export function MatrixPanel({ matrix, selected, opened, onSelect, onOpen, onClose, className }: MatrixPanelProps) {
  const open = (cell: MatrixCell) => {
    if (opened) opened.current = { key: keyOf(cell, cell), isBack: false };
    onOpen(cell);
  };
  const { rows, cells, state, failure } = matrix;
  const [frame, wide] = useRoomFor(760);
  const expected = rows.reduce((sum, row) => sum + placesOf(row).length, 0);
  const unreached = rows.filter(({ reached }) => !reached);
  return (
    <section ref={frame} aria-label="Failure matrix" className={cn('flex min-h-0 flex-col bg-card', className)}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-3 py-2">
        <div className="min-w-48 flex-1">
          <h2 className="text-sm font-semibold">Failure matrix</h2>
          <p className="text-xs text-ink-2" role="status">
            {state === 'none'
              ? 'Every step fails in every way, and nothing is sent.'
              : state === 'playing'
                ? `${cells.length} of ${expected || '…'} failures played`
                : summaryOf(cells, expected)}
          </p>
        </div>
        {state === 'playing' ? (
          <Button size="sm" onClick={matrix.stop}>
            <Square aria-hidden /> Stop
          </Button>
        ) : state === 'done' ? (
          <Button size="sm" variant={matrix.isStale ? 'primary' : 'secondary'} onClick={matrix.play}>
            Play again
          </Button>
        ) : null}
        {onClose ? (
          <Button size="sm" variant="ghost" className="px-1.5" aria-label="Close the failure matrix" onClick={onClose}>
            <X aria-hidden />
          </Button>
        ) : null}
      </header>
      {state === 'playing' && expected > 0 ? (
        <div
          role="progressbar"
          aria-label="Failures played"
          aria-valuemin={0}
          aria-valuemax={expected}
          aria-valuenow={cells.length}
          className="h-0.5 bg-hairline"
        >
          <div className="h-full bg-work transition-[width]" style={{ width: `${(100 * cells.length) / expected}%` }} />
        </div>
      ) : null}
      {failure ? <FailureBand failure={failure} onRetry={matrix.play} className="m-2" /> : null}
      {matrix.isStale && state === 'done' ? (
        <p className="border-b border-hairline bg-sunken px-3 py-1.5 text-xs text-ink-2">
          The flow has changed since. These are the failures of the flow as it was.
        </p>
      ) : null}
      {state === 'none' ? (
        <EmptyState
          icon={<Grid3x3 aria-hidden />}
          title="What is left when a step fails?"
          action={
            <Button variant="primary" onClick={matrix.play}>
              Play every failure
            </Button>
          }
        >
          Each step fails before its effect, after it, without an answer, and is stopped; its undo works or fails.
        </EmptyState>
      ) : rows.length === 0 ? (
        failure ? null : (
          <EmptyState title={state === 'playing' ? 'The flow is compiled…' : 'No step can fail'} />
        )
      ) : (
        <div className="min-h-0 flex-1 overflow-auto">
          {wide ? (
            <Grid rows={rows} cells={cells} selected={selected} opened={opened} onSelect={onSelect} onOpen={open} />
          ) : (
            <List rows={rows} cells={cells} selected={selected} opened={opened} onSelect={onSelect} onOpen={open} />
          )}
          {unreached.length > 0 && state === 'done' ? (
            <p className="px-3 py-2 text-xs text-ink-2">
              No scenario and no failure leads to {unreached.map(({ title }) => title).join(', ')}. Add a scenario that
              does.
            </p>
          ) : null}
        </div>
      )}
    </section>
  );
}

interface CellsProps extends Pick<MatrixPanelProps, 'selected' | 'opened' | 'onSelect' | 'onOpen'> {
  rows: readonly MatrixRow[];
  cells: readonly MatrixCell[];
}

type RowName = Pick<MatrixRow, 'nodeId' | 'item'>;
const rowKeyOf = ({ nodeId, item }: RowName) => `${nodeId}/${item?.at ?? 'all'}`;
const keyOf = (row: RowName, { failure, undo }: Place) => `${rowKeyOf(row)}/${failure}/${undo}`;
const byPlace = (cells: readonly MatrixCell[]) => new Map(cells.map((cell) => [keyOf(cell, cell), cell]));

const firstOf = (rows: readonly MatrixRow[]) =>
  rows.flatMap((row) => placesOf(row).map((place) => keyOf(row, place)))[0];

function Grid({ rows, cells, selected, opened, onSelect, onOpen }: CellsProps) {
  const found = byPlace(cells);
  const keys = useCellKeys<HTMLTableElement>(nextInTable, firstOf(rows), opened);
  return (
    <table
      ref={keys.frame}
      role="grid"
      aria-label="Failures by step"
      onKeyDown={keys.onKeyDown}
      className="w-full border-collapse text-left"
    >
      <thead className="sticky top-0 z-10 bg-card">
        <tr className="border-b border-hairline">
          <th scope="col" className="h-8 min-w-40 px-3 text-xs font-medium text-ink-2">
            Step
          </th>
          {COLUMNS.map(({ title }) => (
            <th key={title} scope="col" className="h-8 px-2 text-xs font-medium text-ink-2">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={rowKeyOf(row)}
            className={cn('border-b border-hairline align-top', selected === row.nodeId && 'bg-ink/4')}
          >
            <th scope="row" className="px-3 py-2 text-left font-normal">
              <RowHead row={row} hasItems={hasItems(rows, row)} onSelect={onSelect} />
            </th>
            {COLUMNS.map(({ title, failures }) => (
              <td key={title} role="gridcell" className="px-2 py-1.5">
                <CellButtons
                  row={row}
                  places={placesOf(row).filter(({ failure }) => failures.includes(failure))}
                  {...{ found, keys, onOpen }}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** True if some items of this step also fail alone. */
const hasItems = (rows: readonly MatrixRow[], { nodeId }: MatrixRow): boolean =>
  rows.some((row) => row.nodeId === nodeId && row.item !== null);

interface RowHeadProps extends Pick<MatrixPanelProps, 'onSelect'> {
  row: MatrixRow;
  hasItems: boolean;
}

function RowHead({ row, hasItems: isOneOfSeveral, onSelect }: RowHeadProps) {
  const { item } = row;
  return (
    <>
      <button
        type="button"
        onClick={() => onSelect(row.nodeId)}
        className="text-left text-sm font-medium underline-offset-2 hover:underline"
      >
        {row.title}
      </button>
      {isOneOfSeveral ? (
        <span className="block text-xs text-ink">
          {item ? `Only ${itemWords(item)} fails` : 'Every time that it runs'}
        </span>
      ) : null}
      <span className="block text-xs text-ink-2">
        {row.kind === 'approval'
          ? 'approval'
          : row.kind === 'waitForSignal'
            ? 'waits for a signal'
            : row.undo
              ? `↶ ${row.undo}`
              : row.effect === 'none'
                ? 'no effect'
                : row.effect === 'irreversible'
                  ? 'irreversible'
                  : 'no undo'}
      </span>
    </>
  );
}

interface CellButtonsProps extends Pick<MatrixPanelProps, 'onOpen'> {
  row: MatrixRow;
  places: readonly Place[];
  found: ReadonlyMap<string, MatrixCell>;
  keys: Pick<ReturnType<typeof useCellKeys>, 'tabIndexOf' | 'onFocus'>;
  named?: boolean;
}

/** The cells of a row at these places. */
function CellButtons({ row, places, found, keys, onOpen, named }: CellButtonsProps) {
  return places.map((place) => {
    const key = keyOf(row, place);
    return (
      <CellButton
        key={key}
        named={named}
        row={row}
        place={place}
        cell={found.get(key)}
        tabIndex={keys.tabIndexOf(key)}
        onFocus={() => keys.onFocus(key)}
        onOpen={onOpen}
      />
    );
  });
}

function CellButton({
  row,
  place,
  cell,
  tabIndex,
  onFocus,
  onOpen,
  named = false,
}: {
  row: MatrixRow;
  place: Place;
  cell: MatrixCell | undefined;
  tabIndex?: number;
  onFocus?: () => void;
  onOpen: MatrixPanelProps['onOpen'];
  /** Writes the failure too: where no column says it. */
  named?: boolean;
}) {
  const words = cell ? cellWords(cell) : null;
  // An undo that is not called makes no difference.
  const isSame = cell?.undo === 'fails' && !cell.undoCalled;
  const own = place.failure === 'rejected' || place.failure === 'late' ? FAILURE_WORDS[place.failure] : null;
  const how = [named ? FAILURE_WORDS[place.failure] : own, UNDO_WORDS[place.undo] || null]
    .filter((part) => part !== null)
    .map((part, index) => (index === 0 ? part : `${part.charAt(0).toLowerCase()}${part.slice(1)}`))
    .join(', ');
  const label = [
    row.title,
    row.item ? `only ${itemWords(row.item)}` : '',
    FAILURE_WORDS[place.failure],
    UNDO_WORDS[place.undo],
    words ? [words.words, words.left].filter(Boolean).join(', ') : 'not played yet',
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <button
      type="button"
      data-place={keyOf(row, place)}
      aria-label={label}
      tabIndex={tabIndex}
      onFocus={onFocus}
      aria-disabled={cell ? undefined : true}
      onClick={() => cell && onOpen(cell)}
      className={cn(
        'flex w-full items-start gap-2 rounded-md border border-transparent px-2 py-1 text-left text-xs transition-colors hover:border-hairline hover:bg-ink/3 aria-disabled:cursor-default',
        cell && leavesSilently(cell) && 'border-fail/40 bg-fail-tint hover:border-fail'
      )}
    >
      <StatusMark state={words?.mark ?? 'notYet'} attempt={3} word="none" className="mt-px" />
      <span className="min-w-0 flex-1">
        {how ? <span className="block text-ink-2">{how}</span> : null}
        {isSame ? (
          <span className="block text-ink-2">The same: its undo is not called.</span>
        ) : (
          <>
            <span className="block">{words?.words ?? 'Not played yet'}</span>
            {words?.left ? <span className="block text-fail">{words.left}</span> : null}
            {cell && leftItems(cell.left) ? (
              <span className="block text-ink-2 wrap-break-word">{leftItems(cell.left)}</span>
            ) : null}
            {cell && cell.end.elapsedMs > 0 && cell.end.kind !== 'retries' ? (
              <span className="figures block text-ink-2">after {formatDuration(cell.end.elapsedMs)}</span>
            ) : null}
          </>
        )}
      </span>
    </button>
  );
}

/** Narrow: the failures of each step below it. */
function List({ rows, cells, selected, opened, onSelect, onOpen }: CellsProps) {
  const found = byPlace(cells);
  const shown = rows.filter(({ reached }) => reached);
  const keys = useCellKeys<HTMLUListElement>(nextInList, firstOf(shown), opened);
  return (
    <ul ref={keys.frame} aria-label="Failures by step" onKeyDown={keys.onKeyDown}>
      {shown.map((row) => (
        <li
          key={rowKeyOf(row)}
          className={cn('border-b border-hairline px-3 py-2', selected === row.nodeId && 'bg-ink/4')}
        >
          <RowHead row={row} hasItems={hasItems(rows, row)} onSelect={onSelect} />
          <div className="mt-1 grid gap-x-2 sm:grid-cols-2">
            <CellButtons named row={row} places={placesOf(row)} {...{ found, keys, onOpen }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
