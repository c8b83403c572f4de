'use client';

/** `?` on every page: the keys that what is shown now has, and those that all pages have. */
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';
import { KeysDialog } from './keys-dialog';
import { useListKeys } from './use-list-keys';

export interface PageKey {
  keys: readonly string[];
  /** 'Next task, previous task' */
  does: string;
}
interface PageKeys {
  /** Returns how to take them back. */
  register: (keys: readonly PageKey[]) => () => void;
  show: () => void;
}

const EVERYWHERE: readonly PageKey[] = [
  { keys: ['Mod', 'K'], does: 'Search, and everything that can be done here' },
  { keys: ['Esc'], does: 'Close what is open above the page' },
  { keys: ['?'], does: 'These keys' },
];
const Context = createContext<PageKeys>({ register: () => () => undefined, show: () => undefined });

export function PageKeysProvider({ children }: { children: ReactNode }) {
  const [registered, setRegistered] = useState<readonly (readonly PageKey[])[]>([]);
  const [open, setOpen] = useState(false);
  const register = useCallback((keys: readonly PageKey[]) => {
    setRegistered((now) => [...now, keys]);
    return () => setRegistered((now) => now.filter((each) => each !== keys));
  }, []);
  const show = useCallback(() => setOpen(true), []);
  useListKeys({ onHelp: show });
  return (
    <Context value={{ register, show }}>
      {children}
      <KeysDialog open={open} onOpenChange={setOpen} keys={[...registered.flat(), ...EVERYWHERE]} />
    </Context>
  );
}

/** Says which keys this part of the page has. A constant: another array is another part. */
export function usePageKeys(keys: readonly PageKey[]): void {
  const { register } = use(Context);
  useEffect(() => register(keys), [register, keys]);
}

/** Opens what `?` opens, for who has no keyboard or does not know of it. */
export const useShowKeys = (): (() => void) => use(Context).show;
