'use client';

import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useEffect, useState, type ReactNode } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { pressAgain } from '@/components/shell/early-press';
import { toast, Toaster } from '@/components/ui/toast';
import { showWholeText } from '@/components/ui/whole-text';
import { TooltipProvider } from '@/components/ui/tooltip';
import { useFocusKept } from '@/components/ui/use-focus-kept';
import { ApiError, failureFrom } from './api';

/** The providers of every page. Lists keep their last data while they are read again and while the server is away. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 5_000,
            // Also without a network: the request fails then, and the page says so instead of waiting.
            networkMode: 'always',
            // Retry if something is away; do not retry after a refusal.
            retry: (count, error) => isAway(error) && count < 1,
            refetchInterval: ({ state }) => (isAway(state.error) ? 3_000 : isUncounted(state.data) ? 60_000 : false),
          },
        },
        mutationCache: new MutationCache({
          onError: (error, _variables, _context, mutation) => {
            if (mutation.meta?.shownByForm) return;
            const failure = failureFrom(error);
            toast.error(failure.message, { description: adviceOf(failure) });
          },
        }),
      })
  );
  useFocusKept();
  useEffect(() => showWholeText(document), []);
  useEffect(pressAgain, []);
  return (
    <NuqsAdapter>
      <QueryClientProvider client={client}>
        <TooltipProvider>
          {children}
          <Toaster />
        </TooltipProvider>
      </QueryClientProvider>
    </NuqsAdapter>
  );
}

/** What to do, and what is wrong where: the first few, since this goes away by itself. */
function adviceOf({ whatToDo, problems = [] }: AppFailure): ReactNode {
  const shown = problems.slice(0, 3);
  return (
    <>
      {whatToDo}
      {shown.length > 0 ? (
        <ul className="mt-1 list-disc pl-4 break-words">
          {shown.map(({ at, message }) => (
            <li key={`${at} ${message}`}>
              <span className="font-mono text-xs">{at}</span> {message}
            </li>
          ))}
          {problems.length > shown.length ? <li>and {problems.length - shown.length} more</li> : null}
        </ul>
      ) : null}
    </>
  );
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && (error.failure.code === 'engineAway' || error.failure.code === 'databaseAway');
}

/** A list whose runs could not be counted, or its first page: the server counts again after a minute. */
function isUncounted(data: unknown): boolean {
  const { isUncounted: itself, pages } = (data ?? {}) as { isUncounted?: true; pages?: unknown[] };
  return itself === true || (Array.isArray(pages) && isUncounted(pages[0]));
}
