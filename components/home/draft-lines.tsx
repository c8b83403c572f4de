'use client';

/** The drafts with changes that nobody has published, so that a person finds again what was drawn last. */
import Link from 'next/link';
import type { DraftRow } from '@/app/_contract/drafts';
import { pages } from '@/app/_contract/routes';
import { draftState, draftTitle, unpublishedOf } from '@/components/flow/rows';
import { Card, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';

/** Nothing if every draft is published as it is. */
export function DraftLines({ drafts, most }: { drafts: readonly DraftRow[]; most: number }) {
  const unpublished = unpublishedOf(drafts);
  if (unpublished.length === 0) return null;
  return (
    <Card>
      <CardHeader
        title="Not published yet"
        actions={
          <Link href={pages.flows()} className="text-xs text-ink-2 underline underline-offset-2 hover:text-ink">
            All drafts
          </Link>
        }
      />
      <ul aria-label="Drafts that are not published yet" className="divide-y divide-hairline">
        {unpublished.slice(0, most).map((draft) => (
          <li key={draft.id}>
            <Link
              href={pages.draft(draft.id)}
              className="flex flex-wrap items-baseline justify-between gap-x-3 px-4 py-2.5 text-sm hover:bg-ink/3"
            >
              <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{draftTitle(draft)}</span>
              <span className="text-xs text-ink-2">
                {draft.base === null ? null : `${draftState(draft)}, `}changed <RelativeTime atMs={draft.changedMs} />{' '}
                by {draft.changedBy.name}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
