'use client';

import { Fragment } from 'react';
import { MenuItem, MenuSeparator } from '@/components/ui/menu';
import { shownKeys } from '@/components/ui/mod-key';
import { Keys } from '@/components/ui/surface';
import type { Act } from './actions';

/** The entries of a node's menu. What a kind of step cannot do at all is left out. */
/** `acts`: the newest ones, also when an entry is pressed. */
export function ActionItems({ acts }: { acts: () => ReadonlyMap<string, Act> }) {
  const groups = ['edit', 'add', 'arrange', 'remove'] as const;
  const possible = [...acts().values()].filter(({ whyNot }) => whyNot === null);
  return groups.map((group, index) => {
    const entries = possible.filter((each) => each.group === group);
    if (entries.length === 0) return null;
    return (
      <Fragment key={group}>
        {index > 0 ? <MenuSeparator /> : null}
        {entries.map(({ id, words, keys, danger }) => (
          <MenuItem
            key={id}
            danger={danger}
            keys={keys.length > 0 ? <Keys keys={shownKeys(keys)} /> : undefined}
            onSelect={() => {
              const act = acts().get(id);
              if (act?.whyNot === null) act.run();
            }}
          >
            {words}
          </MenuItem>
        ))}
      </Fragment>
    );
  });
}
