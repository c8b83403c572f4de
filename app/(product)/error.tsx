'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import type { FailureCode } from '@/app/_contract/errors';
import { AwayNote } from '@/components/shell/away';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';

/** A page that broke: a bug of ours, or a database that went away between two pages. What was done before stays done; the reference finds the server's log line. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  // Of what is thrown on the server the digest alone arrives: a refusal's is its code.
  if (error.digest === ('databaseAway' satisfies FailureCode))
    return (
      <div className="mx-auto max-w-2xl p-4">
        <AwayNote onBack={again} />
      </div>
    );
  return (
    <div className="mx-auto max-w-2xl p-4">
      <ErrorState
        title="This page broke"
        reference={error.digest}
        action={<Button onClick={again}>Show it again</Button>}
      >
        Runs are not touched by this. If it breaks again, send the reference to whoever runs Backstitch.
      </ErrorState>
    </div>
  );
}
