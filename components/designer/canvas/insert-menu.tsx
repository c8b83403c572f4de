'use client';

/** What is inserted at a slot: typing filters, Enter inserts. Opened by '+' on the drawing and by A. */
import { Command } from 'cmdk';
import { Popover } from 'radix-ui';
import { useMemo, useState } from 'react';
import { KindIcon } from '@/components/canvas/kind-icon';
import { fairShare, grouped } from '@/components/ui/fair-share';
import { searchScore } from '@/components/ui/search-score';
import { usePainted } from '@/components/ui/use-after-paint';
import { usePhone } from '@/components/ui/use-wide';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import type { PaletteItem } from '../palette';

export interface Extra {
  id: string;
  title: string;
  says: string;
  run: () => void;
}

/** What was copied last, and what was set aside. */
export function extrasOf(
  draft: Draft,
  clipboard: readonly DraftNode[],
  onPaste: () => void,
  onPlace: (id: string) => void
): Extra[] {
  const [first] = clipboard;
  const title = first && (clipboard.length === 1 ? `Paste ${titleOf(first)}` : `Paste ${clipboard.length} steps`);
  const aside = draft.tray.map((node) => {
    return { id: `tray-${node.id}`, title: titleOf(node), says: 'Set aside', run: () => onPlace(node.id) };
  });
  return title ? [{ id: 'paste', title, says: 'Copied last', run: onPaste }, ...aside] : aside;
}

interface InsertMenuProps {
  /** The mark at which it opens; null: closed. */
  anchor: HTMLElement | null;
  items: readonly PaletteItem[];
  /** Above the items: what is in the clipboard, what was set aside. */
  extras: readonly Extra[];
  onInsert: (item: PaletteItem) => void;
  onClose: () => void;
}

export function InsertMenu({ anchor, items, extras, onInsert, onClose }: InsertMenuProps) {
  const virtual = useMemo(() => ({ current: anchor }), [anchor]);
  const phone = usePhone();
  return (
    <Popover.Root open={anchor !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      {anchor ? <Popover.Anchor virtualRef={virtual as { current: HTMLElement }} /> : null}
      <Popover.Portal>
        <Popover.Content
          aria-label="Insert a step"
          // Beside the mark there is no room on a phone.
          side={phone ? 'bottom' : 'right'}
          align="start"
          sideOffset={10}
          collisionPadding={8}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="appear z-50 w-80 max-w-[calc(100vw-1rem)] rounded-lg border border-hairline bg-raised shadow-float"
        >
          <InsertList items={items} extras={extras} onInsert={onInsert} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function InsertList({ items, extras, onInsert }: Pick<InsertMenuProps, 'items' | 'extras' | 'onInsert'>) {
  const [search, setSearch] = useState('');
  const { groups, more } = useMemo(() => offered(items, search), [items, search]);
  const isPainted = usePainted();
  const shown = isPainted ? groups : firstOf(groups, SEEN_FIRST);
  const others = extras.filter(({ id, title }) => searchScore(search, [title, id]) > 0);
  return (
    <Command label="Insert a step" loop shouldFilter={false}>
      <Command.Input
        autoFocus
        placeholder="Search for a step"
        value={search}
        onValueChange={setSearch}
        className="h-10 w-full border-b border-hairline bg-transparent px-3 text-sm outline-none"
      />
      <Command.List className="max-h-[min(24rem,var(--radix-popover-content-available-height))] overflow-y-auto p-1">
        <Command.Empty className="px-2 py-6 text-center text-sm text-ink-2">
          Nothing has this name. Operations are made in Settings, Connections.
        </Command.Empty>
        {others.map((extra) => (
          <Command.Item key={extra.id} value={extra.id} onSelect={extra.run} className={ROW}>
            <Text title={extra.title} says={extra.says} />
          </Command.Item>
        ))}
        {shown.map(([group, list]) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-2"
          >
            {list.map((item) => (
              <Command.Item key={item.id} value={item.id} onSelect={() => onInsert(item)} className={ROW}>
                <PaletteIcon item={item} />
                <Text title={item.title} says={item.says} />
              </Command.Item>
            ))}
          </Command.Group>
        ))}
        {isPainted && more > 0 ? (
          <p className="px-2 py-2 text-xs text-ink-2">{more} more. Search to find them.</p>
        ) : null}
      </Command.List>
    </Command>
  );
}

const MOST_SHOWN = 80;
/** More than the list has room for: the others are drawn after the frame that opens the menu. */
const SEEN_FIRST = 10;

type Groups = readonly [string, readonly PaletteItem[]][];

/** The first items, in the same order. */
export function firstOf(groups: Groups, most: number): Groups {
  let left = most;
  return groups.flatMap(([group, list]): Groups => {
    const taken = list.slice(0, Math.max(0, left));
    left -= taken.length;
    return taken.length > 0 ? [[group, taken]] : [];
  });
}

/** The best matches first; without a search, some of every group. */
export function offered(
  items: readonly PaletteItem[],
  search: string
): { groups: [string, readonly PaletteItem[]][]; more: number } {
  const groupOf = ({ group }: PaletteItem) => group;
  if (search.trim() === '') {
    // What undoes or looks up what another operation did comes with that one: nobody begins with it.
    const all = grouped(
      items.toSorted((a, b) => Number(a.serves) - Number(b.serves)),
      groupOf
    );
    const shares = fairShare(
      all.map(([, list]) => list),
      MOST_SHOWN
    );
    const groups = all.map(([group], index): [string, PaletteItem[]] => [group, shares[index]!]);
    return { groups: groups.filter(([, list]) => list.length > 0), more: Math.max(0, items.length - MOST_SHOWN) };
  }
  const found = items
    .map((item) => ({ item, score: searchScore(search, [item.title, ...item.words, item.id]) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
  return { groups: grouped(found.slice(0, MOST_SHOWN), groupOf), more: Math.max(0, found.length - MOST_SHOWN) };
}

const ROW =
  'flex min-h-10 cursor-default select-none items-center gap-2.5 rounded-sm px-2 py-1 outline-none data-[selected=true]:bg-ink/8';

export function PaletteIcon({ item }: { item: PaletteItem }) {
  return (
    <span className="grid size-6 shrink-0 place-items-center rounded-md bg-ink/6 text-ink-2">
      <KindIcon node={{ kind: item.kind, activity: item.activity ?? undefined }} className="size-3.5" />
    </span>
  );
}
function Text({ title, says }: { title: string; says: string }) {
  return (
    <span className="min-w-0 flex-1">
      <span className="block truncate text-sm font-medium">{title}</span>
      {says ? <span className="block truncate text-xs text-ink-2">{says}</span> : null}
    </span>
  );
}
