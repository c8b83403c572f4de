'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useTransition } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { pages } from '@/app/_contract/routes';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';

const ASK_AGAIN_MS = 3_000;
const PASSING: AppFailure['code'][] = ['engineAway', 'databaseAway', 'outcomeUnknown'];

/**
 * Shown in place of a page that could not be read. The page is requested again by itself, because most such causes
 * end without any action.
 */
export function FailurePage({ failure }: { failure: AppFailure }) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const again = () => start(() => router.refresh());
  const passing = PASSING.includes(failure.code);
  useEffect(() => {
    if (!passing) return;
    const timer = setInterval(() => router.refresh(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [passing, router]);
  return (
    <div className="mx-auto max-w-2xl p-4">
      <ErrorState
        title={<h1>{failure.message}</h1>}
        reference={failure.reference}
        action={
          failure.code === 'notAllowed' ? (
            <Button asChild>
              <Link href={pages.home()}>Go to Home</Link>
            </Button>
          ) : (
            <Button onClick={again} pending={pending}>
              Try again
            </Button>
          )
        }
      >
        {failure.whatToDo}
      </ErrorState>
    </div>
  );
}
