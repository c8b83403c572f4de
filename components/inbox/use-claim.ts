'use client';

/** Claims, releases or assigns tasks. Nothing is shown before the server has answered; a refusal says who was first. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AppFailure } from '@/app/_contract/errors';
import type { ClaimReceipt, InboxTask, InboxTaskDetail } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { taskKey } from './use-task';

type Named = Pick<InboxTask, 'taskId' | 'claim'>;
type Change = Named & ({ how: 'claim' | 'release' } | { how: 'assign'; to: string | null });

export interface ClaimState {
  claim: (task: Named) => void;
  release: (task: Named) => void;
  assign: (task: Named, to: string | null) => void;
  sending: Change['how'] | null;
  failure: AppFailure | null;
  reset: () => void;
}

export function useClaim(onRefused?: (failure: AppFailure) => void): ClaimState {
  const client = useQueryClient();
  const { mutate, isPending, variables, error, reset } = useMutation({
    mutationFn: (change: Change): Promise<ClaimReceipt> => {
      const { taskId, claim } = change;
      const from = claim?.id ?? null;
      switch (change.how) {
        case 'claim':
          return postJson(routes.claimTask(taskId), { from });
        case 'release':
          return postJson(routes.releaseTask(taskId), {});
        case 'assign':
          return postJson(routes.assignTask(taskId), { from, to: change.to });
      }
    },
    meta: { shownByForm: true },
    retry: false,
    onSuccess: ({ taskId, claim }) =>
      client.setQueryData<InboxTaskDetail>(taskKey(taskId), (now) =>
        now ? { ...now, task: { ...now.task, claim } } : now
      ),
    onError: (thrown) => onRefused?.(failureFrom(thrown)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['inbox'] }),
  });
  return {
    claim: (task) => mutate({ ...named(task), how: 'claim' }),
    release: (task) => mutate({ ...named(task), how: 'release' }),
    assign: (task, to) => mutate({ ...named(task), how: 'assign', to }),
    sending: isPending ? variables.how : null,
    failure: error && !isPending ? failureFrom(error) : null,
    reset,
  };
}

const named = ({ taskId, claim }: Named): Named => ({ taskId, claim });
