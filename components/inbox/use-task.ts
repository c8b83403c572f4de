'use client';

import { useQuery } from '@tanstack/react-query';
import type { AppFailure } from '@/app/_contract/errors';
import type { InboxTaskDetail } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import type { Prefetched } from '@/components/live/use-list';

export const taskKey = (taskId: string) => ['inbox', 'task', taskId] as const;

export interface TaskState {
  detail: InboxTaskDetail | null;
  failure: AppFailure | null;
  readAtMs: number | null;
  retry: () => void;
}

/** One task with what follows from each answer, kept current by the topic 'inbox'. */
export function useTask(taskId: string, prefetched?: Prefetched<InboxTaskDetail>): TaskState {
  const first = prefetched?.data?.task.taskId === taskId ? prefetched.data : undefined;
  const query = useQuery({
    queryKey: taskKey(taskId),
    queryFn: ({ signal }) => getJson<InboxTaskDetail>(routes.task(taskId), signal),
    ...(first ? { initialData: first } : {}),
  });
  return {
    detail: query.data ?? null,
    failure: query.error ? failureFrom(query.error) : query.data ? null : (prefetched?.failure ?? null),
    readAtMs: query.dataUpdatedAt || null,
    retry: () => void query.refetch(),
  };
}
