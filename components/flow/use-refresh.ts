'use client';

/** After a change to what of a flow starts runs: its lists are read again, and so is its page, which the server renders. */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';

export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  const router = useRouter();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['flows'] }),
      client.invalidateQueries({ queryKey: ['drafts'] }),
    ]);
    router.refresh();
  };
}
