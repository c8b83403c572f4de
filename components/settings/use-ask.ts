'use client';

/**
 * A change of Settings from a dialog: in flight, refused with the reason in the dialog, or done. Afterwards the lists
 * are read again.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { failureFrom, postJson } from '@/components/live/api';

export interface Ask {
  pending: boolean;
  failure: AppFailure | null;
  /** Null if the change was refused; never rejects. */
  ask: <A>(url: string, body: object) => Promise<A | null>;
}

export function useAsk(): Ask {
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const ask = async <A>(url: string, body: object): Promise<A | null> => {
    setPending(true);
    setFailure(null);
    try {
      const answer = await postJson<A>(url, body);
      await client.invalidateQueries({ queryKey: ['people'] });
      return answer;
    } catch (error) {
      setFailure(failureFrom(error));
      return null;
    } finally {
      setPending(false);
    }
  };
  return { pending, failure, ask };
}
