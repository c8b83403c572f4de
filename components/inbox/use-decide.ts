'use client';

/**
 * Sending a decision. Never optimistic: what is shown afterwards is the server's receipt, or what the task is now. Where no
 * answer came, nobody knows: the task is read again, and sending once more is safe, since the decision keeps its id.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { FAILURES, type AppFailure, type FailureCode } from '@/app/_contract/errors';
import type { DecideTask, DecisionReceipt, InboxTask, InboxTaskDetail } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { ApiError, failureFrom, postJson } from '@/components/live/api';
import type { Decision, DraftState } from './draft';
import { taskKey } from './use-task';

/** It may have arrived: only another look at the task can tell. */
const UNANSWERED: readonly FailureCode[] = ['engineAway', 'databaseAway', 'outcomeUnknown', 'unexpected'];
/** Somebody else was faster, or the task is another than what was read: the page shows what it is now. */
const OVERTAKEN: readonly FailureCode[] = ['alreadyDecided', 'dataChanged', 'taskNotFound'];

export interface DecideState {
  send: (decision: Decision) => void;
  sending: Decision | null;
  /** Why it did not go through; null while sending and after a receipt. */
  failure: AppFailure | null;
  /** This page decided it: the server said so, or the task carries the id under which it was sent. */
  own: boolean;
  reset: () => void;
}

export interface DecideEnds {
  /** The server took it. */
  onDecided: () => void;
  /** The task is another than what was decided about: it is read again. */
  onOvertaken: () => void;
}

export function useDecide(task: InboxTask, draft: DraftState, ends: DecideEnds): DecideState {
  const client = useQueryClient();
  const { mutate, isPending, variables, error, data, reset } = useMutation({
    mutationFn: async (decision: Decision) => {
      if (!navigator.onLine) throw new ApiError(NOT_SENT);
      const body: DecideTask = {
        decisionId: draft.idOf(decision),
        decision,
        comment: draft.comment.trim(),
        dataHash: task.dataHash,
      };
      const receipt = await postJson<DecisionReceipt>(routes.decideTask(task.taskId), body);
      return { ...receipt, comment: body.comment || null, decisionId: body.decisionId };
    },
    meta: { shownByForm: true },
    // Being offline is answered at once, not when the network is back: the decision would come as a surprise.
    networkMode: 'always',
    retry: false,
    onSuccess: ({ taskId: _, ...settled }) => {
      client.setQueryData<InboxTaskDetail>(taskKey(task.taskId), (now) =>
        now ? { ...now, task: { ...now.task, settled }, consequences: null, consequencesProblem: null } : now
      );
      ends.onDecided();
      void client.invalidateQueries({ queryKey: ['inbox'] });
    },
    onError: (thrown, decision) => {
      const { code } = failureFrom(thrown);
      if (code === NOT_SENT.code && failureFrom(thrown) === NOT_SENT) return;
      if (!UNANSWERED.includes(code)) draft.forget(decision);
      void client.invalidateQueries({ queryKey: ['inbox'] });
      if (OVERTAKEN.includes(code)) ends.onOvertaken();
    },
  });
  const own = data !== undefined || draft.sentAs(task.settled?.decisionId ?? null);
  const settled = task.settled !== null && own;
  const { drop } = draft;
  useEffect(() => {
    if (settled) drop();
  }, [settled, drop]);
  return {
    send: (decision) => mutate(decision),
    sending: isPending ? variables : null,
    failure: error && !isPending && !own ? inWords(failureFrom(error)) : null,
    own,
    reset,
  };
}

const NOT_SENT: AppFailure = {
  code: 'engineAway',
  message: 'Not sent. Nothing was decided.',
  whatToDo: 'You are offline. What you wrote is kept; send it when the connection is back.',
};

function inWords(failure: AppFailure): AppFailure {
  if (failure === NOT_SENT || !UNANSWERED.includes(failure.code)) return failure;
  return {
    ...failure,
    message: `No answer came, so it is not known whether it arrived. ${failure.message.replace(/^Not sent: /, '')}`,
    whatToDo:
      `Send it again: the same decision counts once. ${failure.code === 'unexpected' ? FAILURES.unexpected.whatToDo : ''}`.trim(),
  };
}
