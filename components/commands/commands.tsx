'use client';

/**
 * Ctrl K on every page: a search for whatever can be done or gone to from here. A page says what it adds
 * (`useCommands`); where one can go and what was found in flows and runs is there on every page.
 */
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { holdsMod } from '@/components/ui/mod-key';
import { useLatest } from '@/components/ui/use-latest';
import type { Command } from './command';
import { CommandMenu } from './command-menu';

interface Shown {
  opening: number;
  /** What had the focus, and has it again when the menu is gone. */
  before: Element | null;
}
type Source = () => readonly Command[];
interface Commands {
  /** Returns how to take it back. */
  register: (source: Source, first: boolean) => () => void;
  show: () => void;
}
const Context = createContext<Commands>({ register: () => () => undefined, show: () => undefined });

export function CommandsProvider({ children }: { children: ReactNode }) {
  const sources = useRef(new Map<Source, { first: boolean }>());
  /** Which opening of the menu is shown; null: none. */
  const [shown, setShown] = useState<Shown | null>(null);
  // A page that comes while the menu is open adds its own.
  const [pagesSeen, setPagesSeen] = useState(0);
  const register = useCallback((source: Source, first: boolean) => {
    sources.current.set(source, { first });
    setPagesSeen((seen) => seen + 1);
    return () => void sources.current.delete(source);
  }, []);
  const show = useCallback(() => {
    setShown((now) => {
      // What the menu took the focus from has it again only a moment after the menu is gone.
      const before = now ? now.before : document.activeElement;
      return { opening: (now?.opening ?? 0) + 1, before };
    });
  }, []);
  const ofPage = useCallback(() => {
    const inOrder = [...sources.current].sort(([, a], [, b]) => Number(b.first) - Number(a.first));
    return inOrder.flatMap(([source]) => source());
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.key.toLowerCase() !== 'k' || !holdsMod(event)) return;
      // The browser has a search of its own on this key.
      event.preventDefault();
      // A question on the screen is answered first.
      if (!floats()) show();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [show]);
  // Another opening may have come while this one closed.
  const isShown = useLatest((opening: number) => shown?.opening === opening);
  return (
    <Context value={useMemo(() => ({ register, show }), [register, show])}>
      {children}
      {shown ? (
        <CommandMenu
          key={shown.opening}
          before={shown.before}
          ofPage={ofPage}
          pagesSeen={pagesSeen}
          isShown={() => isShown(shown.opening)}
          onClose={() => setShown((now) => (now?.opening === shown.opening ? null : now))}
        />
      ) : null}
    </Context>
  );
}

/**
 * Adds commands while the caller is on the page. `read` is called when the menu opens, and again before one runs.
 * `first`: before those of the rest of the page, because they are about what is selected.
 */
export function useCommands(read: Source, { first = false } = {}): void {
  const { register } = use(Context);
  const newest = useLatest(read);
  useEffect(() => register(newest, first), [register, newest, first]);
}

/** Opens what Ctrl K opens, for who has no keyboard or does not know of it. */
export const useShowCommands = (): (() => void) => use(Context).show;

const floats = () => document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
