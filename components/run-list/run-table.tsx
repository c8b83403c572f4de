'use client';

/**
 * The rows of the list; only visible rows are rendered. The same markup is a table from 768 px and cards below that.
 * A link covers each row, so that a run can be opened in a new tab.
 */
import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type CSSProperties, type RefObject } from 'react';
import { Checkbox } from '@/components/ui/field';
import { cn } from '@/components/ui/cn';
import type { Selection } from './use-selection';
import { keyOf, type RunRow } from './row';
import type { SearchableField } from '@/engine/flow/searchable';
import { cardPlaceOf, columnsWith, features, isShown, trackOf, type ColumnChoice, type ColumnId } from './columns';

export const ROW_PX = 28;
const PICK_TRACK = '2rem';
const GRID = 'grid items-center md:grid-cols-(--tracks) md:px-2';
const CELL = 'min-w-0 md:px-2';
/** Number of rows that the server renders: enough for the screen of a laptop. */
const FIRST_PAINT = { width: 1280, height: 30 * ROW_PX };

export function RunTable({
  rows,
  columns: chosen,
  fields,
  active,
  scroller,
  onActive,
  more,
  stale,
  selection,
}: {
  rows: readonly RunRow[];
  columns: ColumnChoice;
  /** Those that can be columns. */
  fields: readonly SearchableField[];
  /** Key of the row that j and k have reached; the focus follows it. */
  active: string | null;
  scroller: RefObject<HTMLDivElement | null>;
  onActive: (key: string | null) => void;
  /** There are more pages. */
  more: boolean;
  /** The rows are old and are shown greyed. */
  stale: boolean;
  /** Null: rows cannot be selected. */
  selection: Selection | null;
}) {
  const all = useMemo(() => columnsWith(fields), [fields]);
  const columns = useMemo(
    () => Object.fromEntries(all.map(({ id }) => [id, isShown(id as ColumnId, chosen)])),
    [all, chosen]
  );
  const table = useTable({
    features,
    columns: all,
    data: rows as RunRow[],
    getRowId: ({ item }) => keyOf(item),
    state: { columnVisibility: columns },
  });
  const model = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => model[index]?.id ?? index,
    overscan: 8,
    initialRect: FIRST_PAINT,
  });
  useFocusOf(active, (key) => {
    const index = model.findIndex((row) => row.id === key);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  });

  const visible = table.getVisibleLeafColumns();
  const tracks = [...(selection ? [PICK_TRACK] : []), ...visible.map(({ id }) => trackOf(id as ColumnId))].join(' ');
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div
      role="table"
      aria-label="Runs"
      aria-rowcount={more ? -1 : model.length + 1}
      style={{ '--tracks': tracks } as CSSProperties}
      className={cn(stale && 'grayscale')}
    >
      <div role="rowgroup" className="sticky top-0 z-20 border-b border-hairline bg-paper max-md:sr-only">
        <div role="row" aria-rowindex={1} className={cn(GRID, 'h-7')}>
          {selection ? (
            <div role="columnheader" className={CELL}>
              <Checkbox
                className="thumb"
                aria-label="Select all runs that are shown"
                checked={selection.ofShown}
                onClick={selection.toggleShown}
              />
            </div>
          ) : null}
          {visible.map((column) => (
            <div
              key={column.id}
              role="columnheader"
              className={cn(CELL, 'text-xs font-medium text-ink-2', column.id === 'duration' && 'text-right')}
            >
              {String(column.columnDef.header)}
            </div>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        data-rows
        style={{ paddingTop: before, paddingBottom: after }}
        onFocus={(event) => onActive(event.target.closest('[data-run]')?.getAttribute('data-run') ?? active)}
      >
        {items.map((item) => {
          const row = model[item.index];
          if (!row) return null;
          return (
            <div
              key={row.id}
              ref={virtual.measureElement}
              data-index={item.index}
              role="row"
              aria-rowindex={item.index + 2}
              className={cn(
                GRID,
                'relative text-sm transition-colors hover:bg-ink/3 md:h-7',
                'max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:border-b max-md:border-hairline max-md:bg-card max-md:px-4 max-md:py-3',
                selection && 'max-md:pl-12',
                (row.id === active || selection?.has(row.id)) && 'bg-ink/6',
                row.original.gone && 'grayscale'
              )}
            >
              {selection ? (
                <div
                  role="cell"
                  className={cn(
                    CELL,
                    'relative z-10 max-md:absolute max-md:inset-y-0 max-md:left-0 max-md:grid max-md:w-12 max-md:place-items-center'
                  )}
                >
                  <Checkbox
                    className="thumb"
                    tabIndex={-1}
                    aria-label={`Select ${row.original.item.workflowId}`}
                    checked={selection.has(row.id)}
                    onClick={({ shiftKey }) => selection.toggle(row.id, shiftKey)}
                  />
                </div>
              ) : null}
              {row.getVisibleCells().map((cell) => (
                <div
                  key={cell.id}
                  role="cell"
                  className={cn(
                    CELL,
                    cardPlaceOf(cell.column.id as ColumnId),
                    cell.column.id === 'duration' && 'text-right'
                  )}
                >
                  <table.FlexRender cell={cell} />
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Moves the focus to the current row once it is rendered. */
function useFocusOf(active: string | null, show: (key: string) => void): void {
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (active === null || active === shown.current) return;
    const link = linkOf(active);
    if (link) {
      shown.current = active;
      if (document.activeElement !== link) link.focus({ preventScroll: false });
    } else {
      show(active);
    }
  });
  useEffect(() => {
    if (active === null) shown.current = null;
  }, [active]);
}

export const linkOf = (key: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-run="${CSS.escape(key)}"]`);
