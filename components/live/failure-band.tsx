'use client';

import type { AppFailure } from '@/app/_contract/errors';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';
import { RelativeTime } from '@/components/ui/time';

/** A refusal shown within a page: what happened, how old the data is, and what can be done, with the button. */
export function FailureBand({
  failure,
  asOfMs,
  onRetry,
  className,
}: {
  failure: AppFailure;
  /** When the data next to it was read; null if there is none. */
  asOfMs?: number | null;
  onRetry?: () => void;
  className?: string;
}) {
  return (
    <ErrorState
      compact
      title={failure.message}
      reference={failure.reference}
      className={className}
      action={
        onRetry ? (
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        ) : null
      }
    >
      {failure.whatToDo}
      {failure.problems?.length ? (
        <ul className="mt-1 list-disc pl-4">
          {failure.problems.map(({ at, message }) => (
            <li key={`${at} ${message}`}>
              <span className="font-mono text-xs">{at}</span> {message}
            </li>
          ))}
        </ul>
      ) : null}
      {asOfMs ? (
        <>
          {' '}
          The data below was read <RelativeTime atMs={asOfMs} />.
        </>
      ) : null}
    </ErrorState>
  );
}
