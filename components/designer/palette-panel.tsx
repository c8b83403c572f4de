'use client';

/** Everything that can be inserted: dragged into a slot, or pressed to be inserted behind the selected step. */
import { useMemo, useState, type PointerEvent } from 'react';
import { Input } from '@/components/ui/field';
import { PaletteIcon } from './canvas/insert-menu';
import type { PaletteItem } from './palette';

interface PalettePanelProps {
  items: readonly PaletteItem[];
  /** Why nothing can be inserted; null: it can. */
  readOnly: string | null;
  onInsert: (item: PaletteItem) => void;
  onDrag: (event: PointerEvent, item: PaletteItem) => void;
}

export function PalettePanel({ items, readOnly, onInsert, onDrag }: PalettePanelProps) {
  const [text, setText] = useState('');
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
        {groups.map(({ group, list }) => (
          <section key={group} aria-label={group} className="mb-3">
            <h2 className="px-1 pb-1 text-xs text-ink-2">{group}</h2>
            <ul className="flex flex-col gap-1">
              {list.map((item) => (
                <li key={item.id}>
                  <button
                    type="button"
                    aria-disabled={readOnly !== null || undefined}
                    title={readOnly ?? (item.says || undefined)}
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
          </section>
        ))}
      </div>
    </aside>
  );
}
