'use client';

/** The label of a branch as a button with its menu. A click waits a moment, because a second one edits the title. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { Keys } from '@/components/ui/surface';

export interface BranchAct {
  id: 'rename' | 'condition' | 'earlier' | 'later' | 'elsewhere' | 'remove';
  words: string;
  says?: string;
  keys: readonly string[];
  /** Why it cannot be done; null: it can. */
  whyNot: string | null;
  danger?: boolean;
  run: () => void;
}

interface BranchMenuProps {
  id: string;
  label: string;
  acts: readonly BranchAct[];
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
}

/** Within this time a second click makes a double click, in milliseconds. */
const SECOND_CLICK = 220;

export function BranchMenu({ id, label, acts, onKeyDown, onFocus }: BranchMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const waiting = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), []);
  return (
    <Menu
      align="start"
      open={isOpen}
      // A press would open it before it is known whether it is a drag.
      onOpenChange={(next) => (next ? undefined : setOpen(false))}
      trigger={
        <button
          id={id}
          type="button"
          tabIndex={-1}
          aria-label={label}
          onFocus={onFocus}
          onClick={(event) => {
            clearTimeout(waiting.current);
            event.currentTarget.focus();
            // By keys there is no second click.
            if (event.detail === 0) setOpen(true);
            else if (event.detail === 1) waiting.current = window.setTimeout(() => setOpen(true), SECOND_CLICK);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ' ') {
              event.preventDefault();
              event.stopPropagation();
              setOpen(true);
            } else onKeyDown(event);
          }}
          className="h-full w-full cursor-grab rounded-sm hover:ring-1 hover:ring-mark focus-visible:ring-2 focus-visible:ring-ink"
        />
      }
    >
      {acts.map(({ id: act, words, says, keys, whyNot, danger, run }) => (
        <BranchItem key={act} separated={danger === true}>
          <MenuItem
            danger={danger && whyNot === null}
            disabled={whyNot !== null}
            description={whyNot ?? says}
            keys={keys.length > 0 ? <Keys keys={keys} /> : undefined}
            // The menu gives the focus back when it closes: what takes the focus comes after that.
            onSelect={() => setTimeout(run)}
          >
            {words}
          </MenuItem>
        </BranchItem>
      ))}
    </Menu>
  );
}

function BranchItem({ separated, children }: { separated: boolean; children: ReactNode }) {
  return (
    <>
      {separated ? <MenuSeparator /> : null}
      {children}
    </>
  );
}
