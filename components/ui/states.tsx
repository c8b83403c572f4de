/** What is shown instead of content: an empty state or a failure, each with one action. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn('flex flex-col items-center justify-center gap-3 px-6 py-12 text-center', className)}>
      {icon ? <div className="text-mark [&_svg]:size-6">{icon}</div> : null}
      <div className="max-w-96">
        <div className="text-base font-medium">{title}</div>
        {children ? <div className="mt-1 text-sm text-ink-2">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

/**
 * A failure: what happened, what it means, what can be done, with the button. `reference` identifies the line in the
 * server's log.
 */
export function ErrorState({
  title,
  children,
  action,
  reference,
  compact = false,
  className,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  reference?: string | null;
  /** Shown as a band within the page instead of a block of its own. */
  compact?: boolean;
  className?: string;
}) {
  return (
    <div
      role="alert"
      className={cn(
        'flex flex-wrap items-start gap-3 rounded-lg border border-fail/40 bg-fail-tint text-ink',
        compact ? 'px-3 py-2' : 'px-4 py-4',
        className
      )}
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
      <div className="min-w-0 flex-1">
        <div className="text-sm font-medium break-words">{title}</div>
        {children ? <div className="mt-0.5 text-sm text-ink-2">{children}</div> : null}
        {reference ? <p className="mt-1 font-mono text-xs text-ink-2">Reference {reference}</p> : null}
      </div>
      {action ? <div className="flex gap-2">{action}</div> : null}
    </div>
  );
}
