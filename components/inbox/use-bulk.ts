'use client';

/**
 * One decision for several tasks: a preview, then the ordinary request for each of them.
 *
 * [BLK1] Each task has an id of its own for the decision, which stays the same when it is sent again: no task is decided
 *        twice, whatever got lost.
 * [BLK2] What went wrong for one task is kept with it and stops no other.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { DecideTask, DecisionPreview, DecisionPreviews, DecisionReceipt, InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { newId } from '@/components/live/request-id';

/** Requests that are under way at once. */
const AT_ONCE = 4;

export type BulkResult = { task: InboxTask; failure: AppFailure | null };
export interface BulkState {
  /** By task id; null while it is read. */
  preview: ReadonlyMap<string, DecisionPreview> | null;
  previewFailure: AppFailure | null;
  retryPreview: () => void;
  /** In the order of the tasks; empty before anything was sent. */
  results: readonly BulkResult[];
  /** Number of tasks that were sent; null: nothing is being sent. */
  sending: { done: number; of: number } | null;
  send: (tasks: readonly InboxTask[], comment: string) => Promise<void>;
}

export function useBulk(tasks: readonly InboxTask[], decision: DecideTask['decision']): BulkState {
  const client = useQueryClient();
  const ids = useRef(new Map<string, string>());
  const [results, setResults] = useState<readonly BulkResult[]>([]);
  const [sending, setSending] = useState<BulkState['sending']>(null);
  const asked = tasks.map(({ taskId, dataHash }) => ({ taskId, dataHash }));
  const preview = useQuery({
    queryKey: ['inbox-preview', decision, asked],
    queryFn: ({ signal }) => postJson<DecisionPreviews>(routes.previewDecisions(), { decision, tasks: asked }, signal),
    gcTime: 0,
    // What people have read must not change under their hands; each decision is checked again.
    staleTime: Infinity,
    enabled: asked.length > 0,
  });

  const sendOne = async (task: InboxTask, comment: string): Promise<BulkResult> => {
    const decisionId = ids.current.get(task.taskId) ?? newId();
    ids.current.set(task.taskId, decisionId);
    const body: DecideTask = { decisionId, decision, comment, dataHash: task.dataHash };
    try {
      await postJson<DecisionReceipt>(routes.decideTask(task.taskId), body);
      return { task, failure: null };
    } catch (error) {
      return { task, failure: failureFrom(error) };
    }
  };

  return {
    preview: preview.data ? new Map(preview.data.tasks.map((each) => [each.taskId, each])) : null,
    previewFailure: preview.error ? failureFrom(preview.error) : null,
    retryPreview: () => void preview.refetch(),
    results,
    sending,
    send: async (chosen, comment) => {
      const found = new Map(results.map((result) => [result.task.taskId, result]));
      const waiting = [...chosen];
      let done = 0;
      setSending({ done, of: chosen.length });
      const work = async () => {
        for (let task = waiting.shift(); task; task = waiting.shift()) {
          found.set(task.taskId, await sendOne(task, comment));
          done++;
          setSending({ done, of: chosen.length });
          setResults([...found.values()]);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      setSending(null);
      void client.invalidateQueries({ queryKey: ['inbox'] });
    },
  };
}
