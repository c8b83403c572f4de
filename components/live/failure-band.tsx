'use client';

import type { AppFailure } from '@/app/_contract/errors';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';
import { RelativeTime } from '@/components/ui/time';

/**
 * '/connection/settings/testPath' → 'Test path'; '/input/properties/a' → 'Input › a'; a step by its id; null: all that was
 * sent.
 */
export function fieldAt(at: string): string | null {
  if (at !== '' && !at.includes('/')) return `Step '${at}'`;
  const parts = at.split('/').filter(Boolean);
  const last = parts.at(-1);
  if (last === undefined) return null;
  // A field that somebody has named says nothing without what it is a field of.
  if (parts.at(-2) === 'properties') {
    const owner = fieldAt(`/${parts.slice(0, -2).join('/')}`);
    return owner === null ? `'${last}'` : `${owner} › ${last}`;
  }
  const words = last.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const name = /^\d+$/.test(last) ? `entry ${Number(last) + 1}` : words;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A refusal shown within a page: what happened, how old the data is, and what can be done, with the button. */
export function FailureBand({
  failure,
  asOfMs,
  onRetry,
  placeOf = fieldAt,
  className,
}: {
  failure: AppFailure;
  /** When the data next to it was read; null if there is none. */
  asOfMs?: number | null;
  onRetry?: () => void;
  /** What a place is called; null: the message says it. */
  placeOf?: (at: string) => string | null;
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
          {failure.problems.map(({ at, message }) => {
            const field = placeOf(at);
            return (
              <li key={`${at} ${message}`}>
                {field === null ? null : (
                  <>
                    <span title={at} className="font-medium">
                      {field}
                    </span>
                    {': '}
                  </>
                )}
                {message}
              </li>
            );
          })}
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
