'use client';

/** A request about a run from a dialog: in flight, refused with the reason in the dialog, or answered. */
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { failureFrom, postJson } from '@/components/live/api';
import { useRequestId } from './use-request-id';

export interface Send<A> {
  pending: boolean;
  failure: AppFailure | null;
  /** Adds a request id to `body`. Never rejects: a refusal is returned in `failure`. */
  send: (url: string, body: object) => Promise<A | null>;
}

export function useSend<A>(): Send<A> {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const request = useRequestId();
  const send = async (url: string, body: object): Promise<A | null> => {
    setPending(true);
    setFailure(null);
    try {
      const answer = await postJson<A>(url, { ...body, requestId: request.of([url, body]) });
      request.answered();
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
