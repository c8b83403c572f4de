'use client';

import { useQuery } from '@tanstack/react-query';
import type { AppFailure } from '@/app/_contract/errors';
import type { InboxTaskDetail } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';

const ASK_AGAIN_MS = 4_000;
export const taskKey = (taskId: string) => ['inbox', 'task', taskId] as const;

export interface TaskState {
  detail: InboxTaskDetail;
  /** The last request failed; `detail` is the data from before. */
  failure: AppFailure | null;
  readAtMs: number;
  retry: () => void;
}

/**
 * One task with the consequences of each answer, kept current by the topic 'inbox'. `first` was read with the page.
 */
export function useTask(first: InboxTaskDetail): TaskState {
  const { taskId } = first.task;
  const query = useQuery({
    queryKey: taskKey(taskId),
    queryFn: ({ signal }) => getJson<InboxTaskDetail>(routes.task(taskId), signal),
    initialData: first,
    // The consequences could not be read because the engine is away; they are read again when it is back.
    refetchInterval: ({ state }) => (state.data?.consequencesProblem ? ASK_AGAIN_MS : false),
  });
  return {
    detail: query.data,
    failure: query.error ? failureFrom(query.error) : null,
    readAtMs: query.dataUpdatedAt,
    retry: () => void query.refetch(),
  };
}
