'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import type { FailureCode } from '@/app/_contract/errors';
import { AwayNote } from '@/components/shell/away';
import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';

/**
 * Shown if a page throws: because of a bug, or because the database went away between two pages. Nothing that was
 * done before is lost. The reference identifies the line in the server's log.
 */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  // Of an error that is thrown on the server only the digest arrives in the browser. For a refusal it is the code.
  if (error.digest === ('databaseAway' satisfies FailureCode))
    return (
      <div className="mx-auto max-w-2xl p-4">
        <AwayNote onBack={again} />
      </div>
    );
  return (
    <div className="mx-auto max-w-2xl p-4">
      <ErrorState
        title="This page has failed"
        reference={error.digest}
        action={<Button onClick={again}>Reload the page</Button>}
      >
        Runs are not affected. If it fails again, send the reference to the administrator of Backstitch.
      </ErrorState>
    </div>
  );
}
