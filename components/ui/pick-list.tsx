'use client';

/** A list to choose one entry from, with a search field above it; for use inside a popover. */
import { Search } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { cn } from './cn';
import { fairShare, grouped } from './fair-share';

export interface PickItem {
  key: string;
  label: string;
  /** Below the label, in small letters. */
  detail?: string;
  /** At the right end: its type, its effect. */
  hint?: ReactNode;
  /** Items with the same group are listed together, in the order of the list. */
  group?: string;
  /** Further words by which it is found. */
  words?: string;
  icon?: ReactNode;
}

const MOST_SHOWN = 200;

/** Items that contain every word of the search, in their order. */
export function found(items: readonly PickItem[], search: string): PickItem[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ label, detail = '', group = '', words: more = '' }) => {
    const text = `${label} ${detail} ${group} ${more}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function PickList({
  items,
  label,
  placeholder = 'Search',
  empty = 'Nothing matches.',
  chosen,
  onPick,
}: {
  items: readonly PickItem[];
  /** Name of the list for screen readers. */
  label: string;
  placeholder?: string;
  empty?: ReactNode;
  /** Key of the current entry. */
  chosen?: string;
  onPick: (key: string) => void;
}) {
  const [search, setSearch] = useState('');
  const matching = useMemo(() => found(items, search), [items, search]);
  const shown = useMemo(() => {
    const groups = grouped(matching, ({ group = '' }) => group).map(([, list]) => list);
    const shares = fairShare(groups, MOST_SHOWN);
    // The current entry is among them.
    const isChosen = ({ key }: PickItem) => key === chosen;
    const index = groups.findIndex((list) => list.some(isChosen));
    const share = shares[index];
    if (share && !share.some(isChosen)) share[share.length - 1] = groups[index]!.find(isChosen)!;
    return shares.flat();
  }, [matching, chosen]);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      shown.findIndex(({ key }) => key === chosen)
    )
  );
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const at = Math.min(active, shown.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView?.({ block: 'nearest' });
  }, [at, search]);
  const move = (to: number) => setActive(Math.max(0, Math.min(shown.length - 1, to)));
  return (
    <div className="flex min-h-0 flex-col">
      <div className="relative border-b border-hairline">
        <Search aria-hidden className="absolute left-3 top-1/2 size-4 -translate-y-1/2 text-mark" />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown[at] ? `${id}-${at}` : undefined}
          aria-label={label}
          placeholder={placeholder}
          autoComplete="off"
          value={search}
          className="h-10 pointer-coarse:h-11 w-full rounded-t-lg bg-transparent pl-9 pr-3 text-base pointer-coarse:text-lg -outline-offset-2 placeholder:text-ink-2"
          onChange={({ target }) => {
            setSearch(target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
            if (to !== undefined) {
              event.preventDefault();
              move(to);
            } else if (event.key === 'Enter' && shown[at]) {
              event.preventDefault();
              onPick(shown[at].key);
            }
          }}
        />
      </div>
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="max-h-72 overflow-y-auto p-1">
        {shown.map((item, index) => (
          <PickRow
            key={item.key}
            id={`${id}-${index}`}
            item={item}
            heading={item.group !== shown[index - 1]?.group ? item.group : undefined}
            isActive={index === at}
            onPick={() => onPick(item.key)}
          />
        ))}
      </ul>
      {shown.length === 0 ? <p className="px-3 pb-3 text-sm text-ink-2">{empty}</p> : null}
      {matching.length > shown.length ? (
        <p className="border-t border-hairline px-3 py-2 text-xs text-ink-2">
          {matching.length - shown.length} more. Search to find them.
        </p>
      ) : null}
    </div>
  );
}

function PickRow({
  id,
  item,
  heading,
  isActive,
  onPick,
}: {
  id: string;
  item: PickItem;
  heading: string | undefined;
  isActive: boolean;
  onPick: () => void;
}) {
  return (
    <>
      {heading ? (
        <li role="presentation" className="px-2 pb-0.5 pt-2 text-xs text-ink-2 first:pt-1">
          {heading}
        </li>
      ) : null}
      <li
        id={id}
        role="option"
        aria-selected={isActive}
        // The focus stays in the search field until the entry is chosen.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onPick}
        className={cn(
          'flex min-h-8 pointer-coarse:min-h-11 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm hover:bg-ink/6 [&_svg]:size-4 [&_svg]:shrink-0',
          isActive && 'bg-ink/8'
        )}
      >
        {item.icon}
        <span className="min-w-0 flex-1">
          <span className="block [overflow-wrap:anywhere]">{item.label}</span>
          {item.detail ? (
            <span className="block font-mono text-2xs text-ink-2 [overflow-wrap:anywhere]">{item.detail}</span>
          ) : null}
        </span>
        {item.hint ? <span className="shrink-0 text-xs text-ink-2">{item.hint}</span> : null}
      </li>
    </>
  );
}
