'use client';

import { MousePointerClick } from 'lucide-react';
import type { InboxList } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { EmptyState } from '@/components/ui/states';
import { Keys } from '@/components/ui/surface';

/** Beside a list of tasks none of which is chosen. Beside an empty one there is nothing to say. */
export function NoTaskChosen() {
  const { data } = useList<InboxList>('inbox', routes.inbox());
  if (!data || data.waiting + data.waitingForOthers === 0) return null;
  return (
    <EmptyState icon={<MousePointerClick aria-hidden />} title="Choose a task" className="h-full">
      What is asked, and what each answer would do, stands here.
      <span className="mt-3 flex items-center justify-center gap-2 text-xs">
        <Keys keys={['j', 'k']} /> walk through the list <Keys keys={['Enter']} /> opens
      </span>
    </EmptyState>
  );
}
