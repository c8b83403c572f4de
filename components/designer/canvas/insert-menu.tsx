'use client';

/** What is inserted at a slot: typing filters, Enter inserts. Opened by '+' on the drawing and by A. */
import { Command } from 'cmdk';
import { Popover } from 'radix-ui';
import { useMemo } from 'react';
import { KindIcon } from '@/components/canvas/kind-icon';
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
  const groups = useMemo(
    () =>
      [...new Set(items.map(({ group }) => group))].map(
        (group) => [group, items.filter((item) => item.group === group)] as const
      ),
    [items]
  );
  return (
    <Popover.Root open={anchor !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      {anchor ? <Popover.Anchor virtualRef={virtual as { current: HTMLElement }} /> : null}
      <Popover.Portal>
        <Popover.Content
          aria-label="Insert a step"
          side="right"
          align="start"
          sideOffset={10}
          collisionPadding={8}
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="appear z-50 w-80 rounded-lg border border-hairline bg-raised shadow-float"
        >
          <Command label="Insert a step" loop filter={scoreOf}>
            <Command.Input
              autoFocus
              placeholder="Search for a step"
              className="h-10 w-full border-b border-hairline bg-transparent px-3 text-sm outline-none"
            />
            <Command.List className="max-h-[min(24rem,var(--radix-popover-content-available-height))] overflow-y-auto p-1">
              <Command.Empty className="px-2 py-6 text-center text-sm text-ink-2">
                Nothing has this name. Operations are made in Settings, Connections.
              </Command.Empty>
              {extras.map((extra) => (
                <Command.Item
                  key={extra.id}
                  value={extra.id}
                  keywords={[extra.title]}
                  onSelect={extra.run}
                  className={ROW}
                >
                  <Text title={extra.title} says={extra.says} />
                </Command.Item>
              ))}
              {groups.map(([group, list]) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-2"
                >
                  {list.map((item) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      keywords={[item.title, ...item.words]}
                      onSelect={() => onInsert(item)}
                      className={ROW}
                    >
                      <PaletteIcon item={item} />
                      <Text title={item.title} says={item.says} />
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** By words, as people type them: letters that are merely somewhere in a name are no match. */
export function scoreOf(value: string, search: string, keywords: string[] = []): number {
  const wanted = search.trim().toLowerCase();
  const texts = [...keywords, value].map((each) => each.toLowerCase());
  if (wanted === '' || texts.some((text) => text === wanted)) return 1;
  if (texts[0]?.startsWith(wanted)) return 0.9;
  if (texts.some((text) => text.split(/[\s.:-]+/).some((word) => word.startsWith(wanted)))) return 0.7;
  return texts.some((text) => text.includes(wanted)) ? 0.4 : 0;
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
