'use client';

import type { DraftVisitor } from '@/app/_contract/live';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { titleBoxOf } from './title-box';

export type Other = Pick<DraftVisitor, 'tab' | 'name' | 'selected'>;

/** The names of other people, at the step that each of them has selected. */
export function PresenceMarks({ layout, others }: { layout: FlowLayout; others: readonly Other[] }) {
  return others.map(({ tab, name, selected }) => {
    const place = selected === null ? null : titleBoxOf(layout, selected);
    return place ? (
      <span
        key={tab}
        title={`${name} is here`}
        style={{ left: place.x - 36, top: place.y - 20 }}
        className="absolute max-w-40 origin-bottom-left truncate small:[scale:calc(1/var(--zoom))] rounded-sm bg-ink px-1.5 text-2xs leading-4 text-paper"
      >
        {name}
      </span>
    ) : null;
  });
}
