'use client';

/** The items of a loop in a run. Only the visible rows are in the page, because there may be a thousand. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useState } from 'react';
import { StatusMark } from '@/components/status/status-mark';
import { Duration } from '@/components/ui/time';
import { clauseOf } from '@/engine/run-view/failure';
import { isActive } from '@/engine/run-view/loops';
import type { ItemView } from '@/engine/run-view/model';
import { Part } from './part';

const ROW = 32;

export function ItemList({
  items,
  of,
  nowMs = null,
  onChoose,
}: {
  items: readonly ItemView[];
  of: 'item' | 'round';
  /** Of a trial, whose time is not that of the clock: the time of the moment that is shown. */
  nowMs?: number | null;
  /** What a press on an item does; null: it is no button. */
  onChoose?: (path: readonly number[]) => (() => void) | null;
}) {
  const [box, setBox] = useState<HTMLElement | null>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const word = of === 'round' ? 'Round' : 'Item';
  return (
    <Part title={of === 'round' ? 'Rounds' : 'Items'}>
      <div
        ref={setBox}
        tabIndex={0}
        role="group"
        aria-label={`${word}s of this loop`}
        className="max-h-64 overflow-auto"
      >
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const { path, state, failure, startedMs, endedMs } = items[index]!;
            const choose = onChoose?.(path) ?? null;
            return (
              <li
                key={key}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 flex items-center gap-2 text-sm"
                style={{ top: start, height: ROW }}
              >
                <StatusMark state={state} size={16} word="none" />
                {choose ? (
                  <button
                    type="button"
                    className="figures shrink-0 underline decoration-hairline underline-offset-2 hover:decoration-ink"
                    onClick={choose}
                  >
                    {word} {path.join('.')}
                  </button>
                ) : (
                  <span className="figures shrink-0">
                    {word} {path.join('.')}
                  </span>
                )}
                <span
                  className="min-w-0 flex-1 truncate text-xs text-ink-2"
                  title={failure ? clauseOf(failure) : undefined}
                >
                  {failure ? clauseOf(failure) : null}
                </span>
                {startedMs === null || (endedMs === null && !isActive(state)) ? null : (
                  <span className="shrink-0 text-xs text-ink-2">
                    <Duration startMs={startedMs} endMs={endedMs ?? nowMs} />
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </Part>
  );
}
