'use client';

/**
 * One decision for several tasks: a preview, then the ordinary request for each of them.
 *
 * [BLK1] Each task has an id of its own for the decision, which stays the same when it is sent again: no task is decided
 *        twice, whatever got lost.
 * [BLK3] Taking them back takes back each that can still be; the others say why not.
 * [BLK2] What went wrong for one task is kept with it and stops no other.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { DecideTask, DecisionPreview, DecisionPreviews, DecisionReceipt, InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { newId } from '@/components/live/request-id';
import { sendTakeBack } from './take-back';

/** Requests that are under way at once. */
const AT_ONCE = 4;

export interface BulkResult {
  task: InboxTask;
  failure: AppFailure | null;
  /** Until when it can be taken back; null: not at all. */
  goesOnAtMs: number | null;
  /** It was taken back; or why it was not. */
  back: true | AppFailure | null;
}
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
  /** [BLK3] */
  takeBack: () => Promise<void>;
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
    const turn = task.howMany === 'inSequence' ? { turn: task.votes.length } : {};
    const body: DecideTask = { decisionId, decision, comment, dataHash: task.dataHash, ...turn };
    try {
      const { goesOnAtMs } = await postJson<DecisionReceipt>(routes.decideTask(task.taskId), body);
      return { task, failure: null, goesOnAtMs, back: null };
    } catch (error) {
      return { task, failure: failureFrom(error), goesOnAtMs: null, back: null };
    }
  };

  /** A few at once. */
  const forEach = async (
    chosen: readonly InboxTask[],
    one: (task: InboxTask, before: BulkResult | undefined) => Promise<BulkResult>
  ): Promise<void> => {
    const found = new Map(results.map((result) => [result.task.taskId, result]));
    const waiting = [...chosen];
    let done = 0;
    setSending({ done, of: chosen.length });
    const work = async () => {
      for (let task = waiting.shift(); task; task = waiting.shift()) {
        found.set(task.taskId, await one(task, found.get(task.taskId)));
        done++;
        setSending({ done, of: chosen.length });
        setResults([...found.values()]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setSending(null);
    void client.invalidateQueries({ queryKey: ['inbox'] });
  };

  return {
    preview: preview.data ? new Map(preview.data.tasks.map((each) => [each.taskId, each])) : null,
    previewFailure: preview.error ? failureFrom(preview.error) : null,
    retryPreview: () => void preview.refetch(),
    results,
    sending,
    send: (chosen, comment) => forEach(chosen, (task) => sendOne(task, comment)),
    takeBack: () => {
      const chosen = results.filter(({ goesOnAtMs, back }) => goesOnAtMs !== null && back !== true);
      return forEach(
        chosen.map(({ task }) => task),
        async (task, before) => {
          try {
            await sendTakeBack(task.taskId);
            ids.current.delete(task.taskId);
            return { ...before!, back: true };
          } catch (error) {
            return { ...before!, back: failureFrom(error) };
          }
        }
      );
    },
  };
}
