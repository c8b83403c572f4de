'use client';

/** What changed between two states in a few lines, with a link to the whole comparison. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useMemo } from 'react';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { compareDrafts } from '@/engine/flow/edit/comparison';
import { draftOf, type Draft } from '@/engine/flow/edit/draft';
import { listed } from './differences';
import { changeWords, flowWords, summaryWords } from './words';

/** A revision of a published version as a draft; null while it is read, or if it cannot be read. */
export function useVersionDraft(flow: string | null, version: number | null, revision: string | null): Draft | null {
  const { data } = useQuery({
    queryKey: ['version-draft', flow, version, revision],
    queryFn: async () =>
      draftOf((await getJson<FlowDetail>(routes.flow(flow!, version!, revision ?? undefined))).shown.manifest.document),
    enabled: flow !== null && version !== null,
    // A revision never changes; which one of a version is live does.
    staleTime: revision === null ? 0 : Infinity,
  });
  return data ?? null;
}

export interface ChangesSummaryProps {
  title: string;
  from: Draft;
  to: Draft;
  /** Where the whole comparison is. */
  href: string;
}

const MOST = 5;

export function ChangesSummary({ title, from, to, href }: ChangesSummaryProps) {
  const comparison = useMemo(() => compareDrafts(from, to), [from, to]);
  const steps = listed(comparison);
  const lines = [...flowWords(comparison.flow, from, to), ...steps.flatMap((change) => changeWords(change, from, to))];
  return (
    <section aria-label={title} className="rounded-md border border-hairline">
      <header className="flex flex-wrap items-baseline justify-between gap-x-3 border-b border-hairline px-3 py-1.5">
        <h3 className="text-xs font-medium">{title}</h3>
        <Link href={href} className="text-xs underline underline-offset-2">
          Compare
        </Link>
      </header>
      <ul className="max-h-40 overflow-y-auto px-3 py-1.5 text-sm">
        {lines.length === 0 ? <li className="text-ink-2">Nothing differs.</li> : null}
        {lines.slice(0, MOST).map((line) => (
          <li key={line} className="py-0.5 wrap-anywhere">
            {line}
          </li>
        ))}
        {lines.length > MOST ? (
          <li className="py-0.5 text-xs text-ink-2">{`In all: ${summaryWords(steps, comparison.flow)}.`}</li>
        ) : null}
      </ul>
    </section>
  );
}
