'use client';

/**
 * What a person has folded in a drawing, remembered in this browser by the name of the drawing. It is a view: it is
 * never part of a document. Without storage it lasts as long as the page.
 */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { FlowNode } from '@/engine/flow/document';
import { readJson } from '@/engine/flow/values/json';
import { foldsAround, NO_FOLDS, type Folded } from '@/engine/flow/layout/folds';

export interface Folds {
  folded: Folded;
  fold: (...keys: string[]) => void;
  unfold: (...keys: string[]) => void;
  unfoldAll: () => void;
  /** Unfolds what hides a node. */
  reveal: (steps: readonly FlowNode[], id: string) => void;
  /** A node has another id now. */
  rename: (from: string, to: string) => void;
}

/** The name of a published flow's drawing: what is folded on its page is folded on the pages of its runs. */
export const foldsOfFlow = (flow: string): string => `flow ${flow}`;
/** Of two states of a flow, with what was removed. */
export const foldsOfComparison = (flow: string): string => `compare ${flow}`;
export const foldsOfTemplate = (template: string): string => `template ${template}`;

const CHANGED = 'folds-changed';
/** The last reading of each drawing: the same set while nothing changes. */
const known = new Map<string, { text: string; folded: Folded }>();

export function useFolds(name: string): Folds {
  const key = `folds:${name}`;
  const folded = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => NO_FOLDS
  );
  const change = useCallback((make: (now: Folded) => Iterable<string>) => write(key, [...make(read(key))]), [key]);
  return useMemo(
    (): Folds => ({
      folded,
      fold: (...keys) => change((now) => new Set([...now, ...keys])),
      unfold: (...keys) => change((now) => [...now].filter((each) => !keys.includes(each))),
      unfoldAll: () => change(() => []),
      reveal(steps, id) {
        const around = foldsAround(steps, folded, id);
        if (around.length > 0) change((now) => [...now].filter((each) => !around.includes(each)));
      },
      rename: (from, to) => change((now) => [...now].map((each) => renamed(each, from, to))),
    }),
    [folded, change]
  );
}

const renamed = (key: string, from: string, to: string): string =>
  key
    .split('..')
    .map((id) => (id === from ? to : id))
    .join('..');

function read(key: string): Folded {
  let text: string | null = null;
  try {
    text = localStorage.getItem(key);
  } catch {
    return known.get(key)?.folded ?? NO_FOLDS;
  }
  const last = known.get(key);
  if (last && last.text === (text ?? '')) return last.folded;
  const folded = text === null ? NO_FOLDS : setIn(text);
  known.set(key, { text: text ?? '', folded });
  return folded;
}
function setIn(text: string): Folded {
  try {
    const keys: unknown = readJson(text);
    return new Set(Array.isArray(keys) ? keys.filter((each) => typeof each === 'string') : []);
  } catch {
    return NO_FOLDS;
  }
}

function write(key: string, keys: readonly string[]): void {
  const before = read(key);
  if (keys.length === before.size && keys.every((each) => before.has(each))) return;
  const text = keys.length === 0 ? '' : JSON.stringify(keys);
  known.set(key, { text, folded: keys.length === 0 ? NO_FOLDS : new Set(keys) });
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // The page keeps it.
  }
  globalThis.dispatchEvent(new Event(CHANGED));
}

function subscribe(onChange: () => void): () => void {
  globalThis.addEventListener(CHANGED, onChange);
  globalThis.addEventListener('storage', onChange);
  return () => {
    globalThis.removeEventListener(CHANGED, onChange);
    globalThis.removeEventListener('storage', onChange);
  };
}
