import { MousePointerClick } from 'lucide-react';
import type { Metadata } from 'next';
import { EmptyState } from '@/components/ui/states';
import { Keys } from '@/components/ui/surface';

export const metadata: Metadata = { title: 'Approvals' };

/** Beside the list, while no task is chosen. */
export default function ApprovalsPage() {
  return (
    <EmptyState icon={<MousePointerClick aria-hidden />} title="Choose a task" className="h-full">
      What is asked, and what each answer would do, stands here.
      <span className="mt-3 flex items-center justify-center gap-2 text-xs">
        <Keys keys={['j', 'k']} /> walk through the list <Keys keys={['Enter']} /> opens
      </span>
    </EmptyState>
  );
}
