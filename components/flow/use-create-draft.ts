'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import type { CreateDraft, DraftSummary } from '@/app/_contract/drafts';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';

/**
 * Creates a draft and opens it. The same request after a lost answer has the same id, so that it creates one draft.
 * `shownByForm`: the caller shows the refusal; otherwise it is a toast.
 */
export function useCreateDraft({ shownByForm = false } = {}) {
  const router = useRouter();
  const client = useQueryClient();
  const last = useRef<{ request: string; id: string } | null>(null);
  const { mutate, isPending, isSuccess, error, reset } = useMutation({
    meta: { shownByForm },
    mutationFn: (from: CreateDraft['from']) => {
      const request = JSON.stringify(from);
      if (last.current?.request !== request) last.current = { request, id: crypto.randomUUID() };
      return postJson<DraftSummary>(routes.drafts(), { id: last.current.id, from });
    },
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ['drafts'] });
      router.push(pages.draft(id));
    },
  });
  return { create: mutate, pending: isPending || isSuccess, failure: error ? failureFrom(error) : null, reset };
}
