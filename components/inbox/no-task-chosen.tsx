'use client';

import { MousePointerClick } from 'lucide-react';
import type { InboxList } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { EmptyState } from '@/components/ui/states';
import { Keys } from '@/components/ui/surface';

/** Shown next to the list while no task is selected. Next to an empty list nothing is shown. */
export function NoTaskChosen() {
  const { data } = useList<InboxList>('inbox', routes.inbox());
  if (!data || data.waiting + data.waitingForOthers === 0) return null;
  return (
    <EmptyState icon={<MousePointerClick aria-hidden />} title="Select a task" className="h-full">
      Its question and the consequences of each answer are shown here.
      <span className="mt-3 flex items-center justify-center gap-2 text-xs">
        <Keys keys={['j', 'k']} /> move through the list <Keys keys={['Enter']} /> opens
      </span>
    </EmptyState>
  );
}
