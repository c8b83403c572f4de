'use client';

import { Fragment } from 'react';
import type { DraftVisitor } from '@/app/_contract/live';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { initials } from '../initials';
import { titleBoxOf } from './title-box';

export type Other = Pick<DraftVisitor, 'tab' | 'name' | 'selected'>;

/**
 * The names of other people, at the step that each of them has selected. At a small zoom a name would cover the step
 * above: there are its initials, beside the card.
 */
export function PresenceMarks({ layout, others }: { layout: FlowLayout; others: readonly Other[] }) {
  return others.map(({ tab, name, selected }) => {
    const place = selected === null ? null : titleBoxOf(layout, selected);
    if (!place) return null;
    const words = `${name} is here`;
    return (
      <Fragment key={tab}>
        <span
          title={words}
          style={{ left: place.x - 36, top: place.y - 20 }}
          className="absolute max-w-40 origin-bottom-left truncate rounded-sm bg-ink px-1.5 text-2xs leading-4 text-paper small:[scale:calc(1/var(--zoom))] band:hidden"
        >
          {name}
        </span>
        <span
          title={words}
          style={{ left: place.x + place.width + 8, top: place.y - 4 }}
          className="absolute hidden origin-top-left rounded-sm bg-ink px-1 text-2xs leading-4 text-paper band:block band:[scale:calc(1/var(--zoom))]"
        >
          {initials(name)}
        </span>
      </Fragment>
    );
  });
}
