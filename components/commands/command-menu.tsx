'use client';

/** The open command menu: a field, and what it finds under headings. Enter does what is marked. */
import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useMemo, useRef, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { shownKeys } from '@/components/ui/mod-key';
import { Keys } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { LONGEST_ID } from '@/app/_contract/runs';
import { offeredCommands, type Command } from './command';
import { useEverywhere } from './use-everywhere';
import { useFound } from './use-found';

interface CommandMenuProps {
  /** What had the focus. It goes back there, so that a command is about what was selected. */
  before: Element | null;
  ofPage: () => readonly Command[];
  /** Another number: `ofPage` has others now. */
  pagesSeen: number;
  /** False: the menu was opened again before this one was gone, and has the focus. */
  isShown: () => boolean;
  onClose: () => void;
}

export function CommandMenu({ before, ofPage, pagesSeen, isShown, onClose }: CommandMenuProps) {
  const [search, setSearch] = useState('');
  const [isOpen, setOpen] = useState(true);
  const chosen = useRef<{ command: Command; isOfPage: boolean } | null>(null);
  const everywhere = useEverywhere();
  const found = useFound(search);
  // What can be done may change while somebody types: a draft that others edit too.
  const here = useMemo(() => ofPage(), [ofPage, pagesSeen, search]);
  const groups = offeredCommands([...here, ...everywhere, ...found.commands], search);

  const choose = (command: Command) => {
    if (command.whyNot) return void toast(command.whyNot, { id: 'why-not' });
    chosen.current = { command, isOfPage: here.includes(command) };
    setOpen(false);
  };
  const afterClose = () => {
    if (isShown() && before instanceof HTMLElement && before.isConnected) before.focus();
    onClose();
    if (!chosen.current) return;
    const { command, isOfPage } = chosen.current;
    // What it does may have changed while the menu was open: somebody else edits the same draft.
    const newest = isOfPage ? ofPage().find(({ id }) => id === command.id) : command;
    const whyNot = newest ? newest.whyNot : (command.whenGone ?? 'This cannot be done any more.');
    if (whyNot) toast(whyNot, { id: 'why-not' });
    // After the focus has settled: a command may move it.
    else if (newest) setTimeout(newest.run);
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            afterClose();
          }}
          className="appear fixed inset-x-2 top-2 z-50 mx-auto max-w-xl overflow-hidden rounded-lg border border-hairline bg-raised shadow-float focus:outline-none sm:top-[12dvh]"
        >
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <Cmdk label="Search and commands" loop shouldFilter={false}>
            <div className="flex items-center gap-2.5 border-b border-hairline px-4">
              <Search aria-hidden className="size-4 shrink-0 text-ink-2" />
              <Cmdk.Input
                placeholder="Search flows, runs, pages and commands"
                maxLength={LONGEST_ID}
                value={search}
                onValueChange={setSearch}
                className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none sm:text-sm"
              />
              <Keys keys={['Esc']} className="max-sm:hidden" />
            </div>
            <Cmdk.List className="max-h-[min(26rem,70dvh)] scroll-py-2 overflow-y-auto p-1.5">
              {groups.length === 0 ? (
                <p role="status" className="px-3 py-8 text-center text-sm text-ink-2">
                  {found.pending ? 'Searching…' : 'Nothing here has this name.'}
                </p>
              ) : null}
              {groups.map(([group, commands]) => (
                <Cmdk.Group key={group} heading={group} className={GROUP}>
                  {commands.map((command) => (
                    <Row key={command.id} command={command} onChoose={() => choose(command)} />
                  ))}
                </Cmdk.Group>
              ))}
              {found.missing ? <p className="px-3 py-2 text-xs text-ink-2">{found.missing}</p> : null}
            </Cmdk.List>
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ command, onChoose }: { command: Command; onChoose: () => void }) {
  const { id, title, says, icon: Icon, keys = [], whyNot, danger } = command;
  return (
    <Cmdk.Item
      value={id}
      onSelect={onChoose}
      className={cn(
        'flex min-h-10 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 py-1 text-sm outline-none data-[selected=true]:bg-ink/8',
        danger && 'text-fail',
        whyNot && 'text-ink-2'
      )}
    >
      <span className="grid size-4 shrink-0 place-items-center text-ink-2">
        {Icon ? <Icon aria-hidden className="size-4" /> : null}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{title}</span>
        {whyNot ? <span className="block truncate text-xs">{whyNot}</span> : null}
      </span>
      {says ? <span className="figures max-w-[45%] shrink-0 truncate text-xs text-ink-2">{says}</span> : null}
      {keys.length > 0 ? <Keys keys={shownKeys(keys)} className="max-sm:hidden" /> : null}
    </Cmdk.Item>
  );
}

const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-2';
