'use client';

import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { StartedWithProvider } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { Button } from '@/components/ui/button';

/** Leads to the provider and, signed in, to `back`. */
export function ProviderButton({
  name,
  back,
  onFailure,
}: {
  name: string;
  back: string;
  onFailure: (failure: AppFailure | null) => void;
}) {
  const [pending, setPending] = useState(false);
  const start = async () => {
    setPending(true);
    onFailure(null);
    try {
      const { url } = await postJson<StartedWithProvider>(routes.startWithProvider(), { back });
      location.assign(url);
    } catch (error) {
      onFailure(failureFrom(error));
      setPending(false);
    }
  };
  return (
    <Button className="h-9" pending={pending} onClick={() => void start()}>
      Sign in with {name}
    </Button>
  );
}
