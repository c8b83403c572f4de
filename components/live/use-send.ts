'use client';

/**
 * A change that a dialog sends: in flight, refused with the reason in the dialog, or answered. A request that is sent
 * again after a lost answer has the same request id; operations that must not happen twice read it.
 */
import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { failureFrom, postJson } from './api';
import { useRequestId } from './request-id';

export interface Send {
  pending: boolean;
  failure: AppFailure | null;
  /** Adds a request id to `body`. Null if the change was refused; never rejects. */
  send: <A>(url: string, body: object) => Promise<A | null>;
}

/** `refreshes`: what is read again before `send` resolves. */
export function useSend(refreshes?: QueryKey): Send {
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const request = useRequestId();
  const send = async <A>(url: string, body: object): Promise<A | null> => {
    setPending(true);
    setFailure(null);
    try {
      const answer = await postJson<A>(url, { ...body, requestId: request.of([url, body]) });
      request.answered();
      if (refreshes) await client.invalidateQueries({ queryKey: refreshes });
      return answer;
    } catch (error) {
      setFailure(failureFrom(error));
      return null;
    } finally {
      setPending(false);
    }
  };
  return { pending, failure, send };
}
