import { ChevronDown, ChevronsUp, ChevronUp } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { Priority } from '@/engine/saga/contract';

const MARKS = {
  low: { Icon: ChevronDown, words: 'Low priority', className: '' },
  high: { Icon: ChevronUp, words: 'High priority', className: 'font-medium text-ink' },
  urgent: { Icon: ChevronsUp, words: 'Urgent', className: 'font-medium text-fail' },
} as const;

/** Nothing for the normal one. */
export function PriorityMark({ priority }: { priority: Priority }) {
  if (priority === 'normal') return null;
  const { Icon, words, className } = MARKS[priority];
  return (
    <span className={cn('inline-flex items-center gap-0.5 whitespace-nowrap', className)}>
      <Icon aria-hidden className="size-3.5" />
      {words}
    </span>
  );
}
