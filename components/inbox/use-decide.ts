'use client';

/**
 * Sending a decision. Never optimistic: what is shown afterwards is the server's receipt, or what the task is now. Where no
 * answer came, nobody knows: the task is read again, and sending once more is safe, since the decision keeps its id.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
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
  /** Of this page's own decision. */
  receipt: DecisionReceipt | null;
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
      return postJson<DecisionReceipt>(routes.decideTask(task.taskId), body);
    },
    meta: { shownByForm: true },
    // Being offline is answered at once, not when the network is back: the decision would come as a surprise.
    networkMode: 'always',
    retry: false,
    onSuccess: ({ outcome, by, atMs }) => {
      const settled = { outcome, by, comment: draft.comment.trim() || null, atMs };
      client.setQueryData<InboxTaskDetail>(taskKey(task.taskId), (now) =>
        now ? { ...now, task: { ...now.task, settled }, consequences: null, consequencesProblem: null } : now
      );
      draft.drop();
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
  return {
    send: (decision) => mutate(decision),
    sending: isPending ? variables : null,
    failure: error && !isPending ? inWords(failureFrom(error)) : null,
    receipt: data ?? null,
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
