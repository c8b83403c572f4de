import { MousePointerClick } from 'lucide-react';
import type { Metadata } from 'next';
import { EmptyState } from '@/components/ui/states';
import { Keys } from '@/components/ui/surface';

export const metadata: Metadata = { title: 'Approvals' };

/** Beside the list, while no task is chosen. */
export default function ApprovalsPage() {
  return (
    <EmptyState icon={<MousePointerClick aria-hidden />} title="Choose a task" className="h-full">
      What is asked, and what each answer would do, stands here. <Keys keys={['j']} /> and <Keys keys={['k']} /> walk
      through the list, <Keys keys={['Enter']} /> opens.
    </EmptyState>
  );
}
