'use client';

/**
 * Everything that can be inserted: dragged into a slot, or pressed to be inserted behind the selected step. Of many
 * connections those are open that the flow uses; operations that only undo or look up what another did come last.
 */
import { ChevronRight } from 'lucide-react';
import { memo, useMemo, useState, type PointerEvent } from 'react';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/field';
import { PaletteIcon } from './canvas/insert-menu';
import { STEPS, type PaletteItem } from './palette';

interface PalettePanelProps {
  items: readonly PaletteItem[];
  /** The activities that the flow calls. */
  used: ReadonlySet<string>;
  /** Why nothing can be inserted; null: it can. */
  readOnly: string | null;
  onInsert: (item: PaletteItem) => void;
  onDrag: (event: PointerEvent, item: PaletteItem) => void;
}

export const PalettePanel = memo(function PalettePanel({ items, used, readOnly, onInsert, onDrag }: PalettePanelProps) {
  const [text, setText] = useState('');
  /** By group: what the person chose. */
  const [open, setOpen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const isSearch = text.trim() !== '';
  const groups = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = items.filter(
      ({ title, words, says }) =>
        wanted === '' || [title, says, ...words].some((each) => each.toLowerCase().includes(wanted))
    );
    return [...new Set(found.map(({ group }) => group))].map((group) => ({
      group,
      list: found.filter((item) => item.group === group),
    }));
  }, [items, text]);
  const connections = new Set(items.flatMap(({ activity, group }) => (activity === null ? [] : [group]))).size;
  const isOpenAtFirst = (list: readonly PaletteItem[]) =>
    connections <= MOST_OPEN ||
    list.some(({ activity, group }) => activity === null || used.has(activity) || group === STEPS);
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
      <div className="min-h-0 flex-1 overflow-y-auto p-2">
        {groups.length === 0 ? (
          <p className="px-1 py-4 text-sm text-ink-2">Nothing has this name. Clear the search to see everything.</p>
        ) : null}
        {groups.map(({ group, list }) => {
          const isFolded = !isSearch && !(open.get(group) ?? isOpenAtFirst(list));
          const showsAll = isSearch || whole.has(group) || list.every(({ serves }) => serves);
          const shown = isFolded ? [] : list.filter((item) => showsAll || !item.serves);
          const more = isFolded ? 0 : list.length - shown.length;
          return (
            <section key={group} aria-label={group} className="mb-2">
              <h2>
                <button
                  type="button"
                  aria-expanded={!isFolded}
                  onClick={() => setOpen((before) => new Map(before).set(group, isFolded))}
                  className="flex h-7 w-full items-center gap-1 rounded-sm px-1 text-left text-xs text-ink-2 hover:text-ink"
                >
                  <ChevronRight aria-hidden className={cn('size-3 shrink-0', !isFolded && 'rotate-90')} />
                  <span className="truncate">{group}</span>
                </button>
              </h2>
              <ul className="flex flex-col gap-1">
                {shown.map((item) => (
                  <li key={item.id}>
                    <button
                      type="button"
                      aria-disabled={readOnly !== null || undefined}
                      title={readOnly ?? (item.says ? `${item.title}. ${item.says}` : item.title)}
                      onPointerDown={(event) => (readOnly === null ? onDrag(event, item) : undefined)}
                      onClick={() => (readOnly === null ? onInsert(item) : undefined)}
                      className="flex h-9 w-full touch-manipulation items-center gap-2 rounded-md border border-transparent px-1.5 text-left text-sm hover:border-mark/45 hover:bg-ink/4 aria-disabled:opacity-50"
                    >
                      <PaletteIcon item={item} />
                      <span className="truncate">{item.title}</span>
                    </button>
                  </li>
                ))}
              </ul>
              {more > 0 ? (
                <button
                  type="button"
                  onClick={() => setWhole((before) => new Set(before).add(group))}
                  className="mt-1 px-1.5 text-xs text-ink-2 underline-offset-2 hover:text-ink hover:underline"
                >
                  {more === 1 ? '1 more, for undo and look-up' : `${more} more, for undo and look-up`}
                </button>
              ) : null}
            </section>
          );
        })}
      </div>
    </aside>
  );
});

/** Groups of operations that are open together if the flow uses none of them. */
const MOST_OPEN = 3;
