'use client';

import { ChevronRight, CircleAlert, TriangleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Details } from '@/components/ui/details';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { useProblemsOf } from '../editing';

/**
 * A part of the form with a heading. With `summary` it can be closed, and the summary says what it has. `open`: at
 * first; afterwards only the person opens and closes it. The heading names the group, because a step and its undo have
 * the same fields.
 */
export function Section({
  title,
  summary,
  open = false,
  action,
  children,
  of,
}: {
  title: ReactNode;
  summary?: ReactNode;
  open?: boolean;
  action?: ReactNode;
  children: ReactNode;
  /** The fields whose problems are counted while it is closed. */
  of?: { node: string | null; fields: readonly string[] };
}) {
  const titleId = useId();
  const problems = useProblemsOf(of?.node ?? null, of?.fields ?? []);
  if (summary === undefined)
    return (
      <section role="group" aria-labelledby={titleId} className="border-t border-hairline px-4 py-3">
        <header className="mb-2 flex min-h-7 items-center justify-between gap-2">
          <h3 id={titleId} className="text-sm font-semibold">
            {title}
          </h3>
          {action}
        </header>
        <div className="flex flex-col gap-3">{children}</div>
      </section>
    );
  return (
    <Details openAtFirst={open} aria-labelledby={titleId} className="group border-t border-hairline">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 px-4 py-2 -outline-offset-2 hover:bg-ink/3 [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 shrink-0 text-mark transition-transform group-open:rotate-90" />
        <h3 id={titleId} className="shrink-0 text-sm font-semibold">
          {title}
        </h3>
        <span className="min-w-0 flex-1 truncate text-right text-xs text-ink-2 group-open:invisible">{summary}</span>
        <ProblemCount problems={problems} />
      </summary>
      <div className="flex flex-col gap-3 px-4 pb-4 pt-1">{children}</div>
    </Details>
  );
}

/** How many errors and warnings what is closed has. Hints are shown when it is opened. */
export function ProblemCount({ problems }: { problems: readonly Diagnostic[] }) {
  const counted = problems.filter(({ severity }) => severity !== 'info');
  if (counted.length === 0) return null;
  const isError = counted.some(({ severity }) => severity === 'error');
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <span className={cn('inline-flex shrink-0 items-center gap-1 text-xs', isError ? 'text-fail' : 'text-back')}>
      <Icon aria-hidden className="size-3" />
      {counted.length}
      <span className="sr-only">{counted.length === 1 ? 'problem' : 'problems'}</span>
    </span>
  );
}

/** What is rarely needed, behind a line of its own inside a section. */
export function More({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  return (
    <details className="group/more">
      <summary className="flex min-h-8 pointer-coarse:min-h-11 cursor-pointer list-none items-center gap-1 rounded-md py-1 text-xs font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 shrink-0 transition-transform group-open/more:rotate-90" />
        <span className="min-w-0 [overflow-wrap:anywhere]">{summary}</span>
      </summary>
      <div className="flex flex-col gap-3 pt-2">{children}</div>
    </details>
  );
}

/** A frame around one entry of a list: a branch, a signal, a variable. */
export function Entry({ className, children, ...rest }: React.ComponentProps<'div'>) {
  return (
    <div {...rest} className={cn('flex flex-col gap-3 rounded-md border border-hairline bg-card p-3', className)}>
      {children}
    </div>
  );
}
