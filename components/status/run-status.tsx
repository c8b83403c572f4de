/** The status of a run as one mark and a few words. */
import { cn } from '@/components/ui/cn';
import { runWords, type RunState } from '@/components/words';
import type { NodeState } from '@/engine/run-view/model';
import { StatusMark } from './status-mark';

const TONES: Partial<Record<NodeState, string>> = {
  failed: 'text-fail',
  undoFailed: 'text-fail',
  unwinding: 'text-back',
  undone: 'text-ink',
};

export function RunStatus({ className, size = 16, ...run }: RunState & { className?: string; size?: number }) {
  const { mark, words } = runWords(run);
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-sm', className)}>
      <StatusMark state={mark} size={size} word="none" />
      <span className={cn('figures', TONES[mark])}>{words}</span>
    </span>
  );
}
