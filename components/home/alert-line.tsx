import { Siren } from 'lucide-react';
import Link from 'next/link';
import { alertTitle } from '@/app/_contract/alert-words';
import type { OpenAlerts } from '@/app/_contract/alerts';
import { pages } from '@/app/_contract/routes';
import { RelativeTime } from '@/components/ui/time';
import { useCount } from '@/components/ui/writing';

/** The newest alert that nobody has acknowledged, and how many there are. */
export function AlertLine({ count, newest }: { count: number; newest: NonNullable<OpenAlerts['newest']> }) {
  const written = useCount();
  return (
    <Link
      href={pages.alerts()}
      className="flex min-h-10 items-center gap-x-3 rounded-lg border border-fail/40 bg-card px-4 py-1.5 text-sm hover:bg-ink/3 pointer-coarse:min-h-11"
    >
      <Siren aria-hidden className="size-4 shrink-0 text-fail" />
      <span className="min-w-0 flex-1 wrap-anywhere">
        {alertTitle(newest.condition, newest.facts)}
        <span className="text-ink-2">
          {' · '}
          <RelativeTime atMs={newest.openedMs} />
        </span>
      </span>
      <span className="shrink-0 text-xs text-ink-2">
        {count === 1 ? 'An open alert' : `${written(count)} open alerts`}
      </span>
    </Link>
  );
}
