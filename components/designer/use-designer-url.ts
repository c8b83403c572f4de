'use client';

/** What the designer shows, in its URL: the selection, the tab, the step of 'what if', and the state of the history. */
import { debounce, parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useState } from 'react';
import type { Selection } from './canvas/selection';

const TABS = ['fields', 'code', 'problems', 'try', 'failures', 'tests', 'history'] as const;
export type DesignerTab = (typeof TABS)[number];

/** What is drawn has the selection at once. The address follows, because Next.js draws the whole page again with it. */
const LATER = { limitUrlUpdates: debounce(100) };

export function useDesignerUrl() {
  const [url, setUrl] = useQueryStates({
    node: parseAsString,
    part: parseAsStringLiteral(['step', 'undo'] as const).withDefault('step'),
    tab: parseAsStringLiteral(TABS).withDefault('fields'),
    fails: parseAsString,
    at: parseAsInteger,
  });
  const [also, setAlso] = useState<readonly string[]>([]);
  const select = useCallback(
    (next: Selection) => {
      setAlso(next.also);
      const { primary: node, part } = next;
      // What is drawn has the selection at once. The address follows, because Next.js draws the whole page again with
      // it.
      void setUrl({ node, part, ...(node === null ? { fails: null } : {}) }, LATER);
    },
    [setUrl]
  );
  /** A step has another id now, perhaps because somebody else renamed it. */
  const rename = useCallback(
    (from: string, to: string) => {
      const followed = (now: { node: string | null; fails: string | null }) => ({
        ...(now.node === from ? { node: to } : {}),
        ...(now.fails === from ? { fails: to } : {}),
      });
      void setUrl(followed, LATER);
      setAlso((now) => now.map((id) => (id === from ? to : id)));
    },
    [setUrl]
  );
  return { url, setUrl, also, select, rename };
}
