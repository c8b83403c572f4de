'use client';

/** What can be done with several selected steps, in the band above the drawing. */
import { Copy, CopyPlus, FoldVertical, GitFork, Move, PanelBottomClose, Trash2, Workflow, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Menu, MenuItem } from '@/components/ui/menu';
import type { Act } from './actions';

const BUTTONS: readonly { act: string; icon: ReactNode }[] = [
  { act: 'move', icon: <Move aria-hidden /> },
  { act: 'copy', icon: <Copy aria-hidden /> },
  { act: 'duplicate', icon: <CopyPlus aria-hidden /> },
  { act: 'fold', icon: <FoldVertical aria-hidden /> },
  { act: 'extract', icon: <Workflow aria-hidden /> },
  { act: 'aside', icon: <PanelBottomClose aria-hidden /> },
  { act: 'remove', icon: <Trash2 aria-hidden /> },
];

interface SelectionBarProps {
  count: number;
  acts: ReadonlyMap<string, Act>;
  /** Null: they are one card. */
  onEnd: (() => void) | null;
  /** Gives the selection the focus when the menu closes. */
  onFocus: () => void;
}

export function SelectionBar({ count, acts, onEnd, onFocus }: SelectionBarProps) {
  const wraps = [...acts.values()].filter(({ id }) => id.startsWith('wrap-'));
  const whyNot = wraps.every((each) => each.whyNot !== null) ? (wraps[0]?.whyNot ?? null) : null;
  return (
    <div
      role="toolbar"
      aria-label={`${count} selected steps`}
      className="flex min-h-9 shrink-0 flex-wrap items-center gap-0.5 border-b border-hairline bg-card px-3 py-1"
    >
      <span role="status" className="figures pr-2 text-xs font-medium">
        {count} steps
      </span>
      {whyNot === null ? (
        <Menu
          align="start"
          onClosed={onFocus}
          trigger={
            <Button size="sm" variant="ghost">
              <GitFork aria-hidden />
              Put into…
            </Button>
          }
        >
          {wraps.map(({ id, words, run }) => (
            <MenuItem key={id} onSelect={run}>
              {words}
            </MenuItem>
          ))}
        </Menu>
      ) : (
        <Button size="sm" variant="ghost" disabledReason={whyNot}>
          <GitFork aria-hidden />
          Put into…
        </Button>
      )}
      {BUTTONS.map(({ act, icon }) => {
        const found = acts.get(act);
        return found ? (
          <IconButton
            key={act}
            size="sm"
            label={found.words}
            disabledReason={found.whyNot}
            className={found.danger ? 'text-fail' : undefined}
            onClick={found.run}
          >
            {icon}
          </IconButton>
        ) : null;
      })}
      {onEnd ? (
        <IconButton size="sm" label="Select only the first one" className="ml-auto" onClick={onEnd}>
          <X aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}
