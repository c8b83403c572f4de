'use client';

/**
 * Sends a decision. Nothing is shown before the server has answered: the page then shows the receipt or the new state
 * of the task. If no answer comes, it is not known whether the decision arrived: the task is read again. Sending the
 * decision again is safe, because it keeps its id.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { FAILURES, type AppFailure, type FailureCode } from '@/app/_contract/errors';
import type { DecideTask, DecisionReceipt, InboxTask, InboxTaskDetail } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { ApiError, failureFrom, postJson } from '@/components/live/api';
import type { Decision, DraftState } from './draft';
import { taskKey } from './use-task';

/** The decision may have arrived: only reading the task again can show it. */
const UNANSWERED: readonly FailureCode[] = ['engineAway', 'databaseAway', 'outcomeUnknown', 'unexpected'];
/** Another person decided first, or the data of the task has changed: the page shows the task as it is now. */
const OVERTAKEN: readonly FailureCode[] = ['alreadyDecided', 'dataChanged', 'taskNotFound'];

export interface DecideState {
  send: (decision: Decision) => void;
  /** As `send`; rejects with the refusal, in the words of `failure`. */
  sendForm: (decision: Decision) => Promise<void>;
  sending: Decision | null;
  /** Why the decision was not accepted; null while it is being sent and after a receipt. */
  failure: AppFailure | null;
  /**
   * This page made the decision: the server confirmed it, or the task has the id under which the decision was sent.
   */
  own: boolean;
  reset: () => void;
}

export interface DecideEnds {
  /** The server accepted the decision. */
  onDecided: (receipt: Pick<DecisionReceipt, 'goesOnAtMs'>) => void;
  /** The data of the task differs from what the person read: the task is read again. */
  onOvertaken: () => void;
}

export function useDecide(task: InboxTask, draft: DraftState, ends: DecideEnds): DecideState {
  const client = useQueryClient();
  const turn = task.howMany === 'inSequence' ? { turn: task.votes.length } : {};
  const { mutate, mutateAsync, isPending, variables, error, data, reset } = useMutation({
    mutationFn: async (decision: Decision) => {
      if (!navigator.onLine) throw new ApiError(NOT_SENT);
      const body: DecideTask = {
        decisionId: draft.idOf({ ...decision, ...turn }),
        decision: decision.key,
        ...(decision.values === undefined ? {} : { values: decision.values }),
        comment: draft.comment.trim(),
        dataHash: task.dataHash,
        ...turn,
      };
      const receipt = await postJson<DecisionReceipt>(routes.decideTask(task.taskId), body);
      const { comment, decisionId } = body;
      return { ...receipt, comment: comment || null, values: body.values ?? null, decisionId };
    },
    meta: { shownByForm: true },
    // While the browser is offline, a decision is refused at once. It must not be sent later, when the person no
    // longer expects it.
    networkMode: 'always',
    retry: false,
    onSuccess: ({ taskId: _, outcome, ...more }) => {
      const { goesOnAtMs } = more;
      // Others are asked too: the task is read again, with this vote.
      if (outcome === 'voted') {
        ends.onDecided({ goesOnAtMs });
        draft.drop();
        void client.invalidateQueries({ queryKey: ['inbox'] });
        return;
      }
      const settled = { outcome, ...more };
      client.setQueryData<InboxTaskDetail>(taskKey(task.taskId), (now) =>
        now
          ? {
              ...now,
              task: { ...now.task, settled, takeBackUntilMs: goesOnAtMs },
              consequences: null,
              consequencesProblem: null,
            }
          : now
      );
      ends.onDecided({ goesOnAtMs });
      void client.invalidateQueries({ queryKey: ['inbox'] });
    },
    onError: (thrown, decision) => {
      const { code } = failureFrom(thrown);
      if (code === NOT_SENT.code && failureFrom(thrown) === NOT_SENT) return;
      if (!UNANSWERED.includes(code)) draft.forget({ ...decision, ...turn });
      void client.invalidateQueries({ queryKey: ['inbox'] });
      if (OVERTAKEN.includes(code)) ends.onOvertaken();
    },
  });
  const own = (data !== undefined && data.outcome !== 'voted') || draft.sentAs(task.settled?.decisionId ?? null);
  const settled = task.settled !== null && own;
  const { drop } = draft;
  // It was taken back: what somebody decides next is not the decision of this page.
  const wasSettled = useRef(task.settled !== null);
  const isOpen = task.settled === null;
  useEffect(() => {
    if (isOpen && wasSettled.current) reset();
    wasSettled.current = !isOpen;
  }, [isOpen, reset]);
  useEffect(() => {
    if (settled) drop();
  }, [settled, drop]);
  return {
    send: (decision) => mutate(decision),
    sendForm: async (decision) => {
      try {
        await mutateAsync(decision);
      } catch (error) {
        throw new ApiError(inWords(failureFrom(error)));
      }
    },
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
    message:
      failure.code === 'outcomeUnknown'
        ? failure.message
        : `No answer came, so it is not known whether it arrived. ${failure.message}`,
    whatToDo:
      `Send it again: the same decision counts once. ${failure.code === 'unexpected' ? FAILURES.unexpected.whatToDo : ''}`.trim(),
  };
}
