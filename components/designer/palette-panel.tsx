'use client';

/**
 * Everything that can be inserted: dragged into a slot, or pressed to be inserted behind the selected step. Of many
 * connections those are open that the flow uses; operations that only undo or look up what another did come last. Only
 * the visible rows are in the page, because there may be thousands. For the keyboard it is one tab stop.
 */
import { ChevronRight } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { grouped } from '@/components/ui/fair-share';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/field';
import { PaletteIcon } from './canvas/insert-menu';
import { STEPS, type PaletteItem } from './palette';
import type { DesignerCatalogue } from './use-catalogue';

interface PalettePanelProps {
  items: readonly PaletteItem[];
  /** Operations that are not there yet. */
  missing: DesignerCatalogue['missing'];
  /** The activities that the flow calls. */
  used: ReadonlySet<string>;
  /** Why nothing can be inserted; null: it can. */
  readOnly: string | null;
  onInsert: (item: PaletteItem) => void;
  /** Without it nothing is dragged. */
  onDrag: ((event: PointerEvent, item: PaletteItem) => void) | undefined;
}

export const PalettePanel = memo(function PalettePanel({
  items,
  missing,
  used,
  readOnly,
  onInsert,
  onDrag,
}: PalettePanelProps) {
  const [text, setText] = useState('');
  /** By group: what the person chose. */
  const [open, setOpen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const isSearch = text.trim() !== '';
  const groups = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = items.filter(
      ({ title, words, says }) =>
        wanted === '' || [title, says, ...words].some((each) => each.toLowerCase().includes(wanted))
    );
    return grouped(found, ({ group }) => group);
  }, [items, text]);
  const connections = useMemo(
    () => new Set(items.flatMap(({ activity, group }) => (activity === null ? [] : [group]))).size,
    [items]
  );
  const isOpenAtFirst = (list: readonly PaletteItem[]) =>
    connections <= MOST_OPEN ||
    list.some(({ activity, group }) => activity === null || used.has(activity) || group === STEPS);
  const rows: Row[] = groups.flatMap(([group, list]): Row[] => {
    const isFolded = !isSearch && !(open.get(group) ?? isOpenAtFirst(list));
    const showsAll = isSearch || whole.has(group) || list.every(({ serves }) => serves);
    // A large group that nobody opened leaves room for the others.
    const isShort = list.length > MOST_AT_FIRST && !isSearch && !open.has(group) && !whole.has(group);
    const isShown = ({ activity, serves }: PaletteItem) =>
      isShort ? activity !== null && used.has(activity) : showsAll || !serves;
    const shown = isFolded ? [] : list.filter(isShown);
    const count = isFolded ? 0 : list.length - shown.length;
    return [
      { kind: 'group', group, connection: list[0]!.connection, isFolded },
      ...shown.map((item): Row => ({ kind: 'item', item })),
      ...(count > 0 ? [{ kind: 'more' as const, group, count, isShort }] : []),
    ];
  });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box,
    estimateSize: (index) => HEIGHTS[rows[index]!.kind],
    getItemKey: (index) => keyOf(rows[index]!),
    paddingStart: 8,
    paddingEnd: 8,
    overscan: 8,
  });
  // Heights depend on what the rows are, which folding and searching change.
  const heights = rows.map(({ kind }) => kind[0]).join('');
  useLayoutEffect(() => virtual.measure(), [virtual, heights]);
  return (
    <aside aria-label="Steps to insert" className="flex h-full min-h-0 flex-col bg-card">
      <div className="border-b border-hairline p-2">
        <Input
          type="search"
          aria-label="Search for a step to insert"
          placeholder="Search for a step"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      {missing ? (
        <div role="status" className="flex items-center gap-2 border-b border-hairline px-3 py-2 text-xs text-ink-2">
          {missing.isFailed ? (
            <>
              <span className="flex-1">{missing.count} operations could not be read.</span>
              <Button size="sm" onClick={missing.retry}>
                Try again
              </Button>
            </>
          ) : (
            `Reading ${missing.count} operations…`
          )}
        </div>
      ) : null}
      <div ref={setBox} onKeyDown={alongRows} className="min-h-0 flex-1 overflow-y-auto px-2">
        {groups.length === 0 ? (
          <p className="px-1 py-4 text-sm text-ink-2">Nothing has this name. Clear the search to see everything.</p>
        ) : null}
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start, size }, at) => {
            const row = rows[index]!;
            const tabIndex = at === 0 ? 0 : -1;
            return (
              <div key={key} className="absolute inset-x-0" style={{ top: start, height: size }}>
                {row.kind === 'group' ? (
                  <h2>
                    <button
                      type="button"
                      tabIndex={tabIndex}
                      aria-expanded={!row.isFolded}
                      title={row.connection === null ? row.group : `${row.group} · ${row.connection}`}
                      onClick={() => setOpen((before) => new Map(before).set(row.group, row.isFolded))}
                      className="flex h-7 w-full items-center gap-1 rounded-sm px-1 text-left text-xs text-ink-2 hover:text-ink"
                    >
                      <ChevronRight aria-hidden className={cn('size-3 shrink-0', !row.isFolded && 'rotate-90')} />
                      <span className="truncate">{row.group}</span>
                    </button>
                  </h2>
                ) : row.kind === 'item' ? (
                  <Item item={row.item} tabIndex={tabIndex} readOnly={readOnly} onInsert={onInsert} onDrag={onDrag} />
                ) : (
                  <button
                    type="button"
                    tabIndex={tabIndex}
                    onClick={() => setWhole((before) => new Set(before).add(row.group))}
                    className="px-1.5 text-xs text-ink-2 underline-offset-2 hover:text-ink hover:underline"
                  >
                    {row.count} more{row.isShort ? '' : ', for undo and look-up'}
                  </button>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </aside>
  );
});

const Item = memo(function Item({
  item,
  tabIndex,
  readOnly,
  onInsert,
  onDrag,
}: { item: PaletteItem; tabIndex: number } & Pick<PalettePanelProps, 'readOnly' | 'onInsert' | 'onDrag'>) {
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      aria-disabled={readOnly !== null || undefined}
      title={readOnly ?? (item.says ? `${item.title}. ${item.says}` : item.title)}
      onPointerDown={(event) => (readOnly === null ? onDrag?.(event, item) : undefined)}
      onClick={() => (readOnly === null ? onInsert(item) : undefined)}
      className="flex h-9 w-full touch-manipulation items-center gap-2 rounded-md border border-transparent px-1.5 text-left text-sm hover:border-mark/45 hover:bg-ink/4 aria-disabled:opacity-50"
    >
      <PaletteIcon item={item} />
      {/* Titles may differ only at their ends. */}
      <span className="line-clamp-2 min-w-0 leading-[17px] wrap-anywhere">{item.title}</span>
    </button>
  );
});

/** Tab stops at the first row that is there: from it the arrow keys go on, so that the drawing is near by keys. */
function alongRows(event: KeyboardEvent<HTMLElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const next = rows[rows.findIndex((row) => row === document.activeElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

type Row =
  | { kind: 'group'; group: string; connection: string | null; isFolded: boolean }
  | { kind: 'item'; item: PaletteItem }
  | { kind: 'more'; group: string; count: number; isShort: boolean };
/** In pixels, with the gap below. */
const HEIGHTS = { group: 32, item: 40, more: 32 } as const;
const keyOf = (row: Row): string => (row.kind === 'item' ? row.item.id : `${row.kind} ${row.group}`);

/** A group with more shows at first only what the flow uses of it. */
const MOST_AT_FIRST = 40;
/** Groups of operations that are open together if the flow uses none of them. */
const MOST_OPEN = 3;
