'use client';

import { Button } from '@/components/ui/button';
import { ErrorState } from '@/components/ui/states';

/** A page that broke: a bug of ours. What was done before stays done; the reference finds the server's log line. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="mx-auto max-w-2xl p-4">
      <ErrorState
        title="This page broke"
        reference={error.digest}
        action={<Button onClick={reset}>Show it again</Button>}
      >
        Runs are not touched by this. If it breaks again, send the reference to whoever runs Backstitch.
      </ErrorState>
    </div>
  );
}
