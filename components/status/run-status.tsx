/** How a run stands, in one mark and a few words: its status and its saga read together. */
import { cn } from '@/components/ui/cn';
import type { NodeState, RunFacts } from '@/engine/run-view/model';
import type { SagaPhase } from '@/engine/saga/contract';
import { StatusMark } from './status-mark';

export interface RunStanding {
  status: RunFacts['status'];
  phase: SagaPhase | null;
  /** Effects that stand or may stand; null when the saga never said. */
  standing: number | null;
}

/** Mark and words of a run. 'Failed, all undone' and 'Failed, 2 still stand' are different things to an operator. */
export function readRunStatus({ status, phase, standing }: RunStanding): { state: NodeState; words: string } {
  const left = standing !== null && standing > 0 ? `${standing} still ${standing === 1 ? 'stands' : 'stand'}` : null;
  const ended = (word: string) => (left ? `${word}, ${left}` : phase === 'unwound' ? `${word}, all undone` : word);
  switch (status) {
    case 'running':
      if (phase === 'needs-hand') return { state: 'undoFailed', words: 'Needs a hand' };
      if (phase === 'unwinding') return { state: 'unwinding', words: 'Unwinding' };
      return { state: 'running', words: 'Running' };
    case 'completed':
      return { state: 'done', words: left ? `Completed, ${left}` : 'Completed' };
    case 'failed':
      return { state: left ? 'failed' : phase === 'unwound' ? 'undone' : 'failed', words: ended('Failed') };
    case 'canceled':
      return { state: 'cancelled', words: ended('Cancelled') };
    case 'terminated':
      return { state: 'terminated', words: left ? `Terminated, ${left}` : 'Terminated' };
    case 'timedOut':
      return { state: 'failed', words: left ? `Timed out, ${left}` : 'Timed out' };
    case 'continuedAsNew':
      return { state: 'done', words: 'Continued as new' };
  }
}

const TONES: Partial<Record<NodeState, string>> = {
  failed: 'text-fail',
  undoFailed: 'text-fail',
  unwinding: 'text-back',
  undone: 'text-ink',
};

export function RunStatus({ className, size = 16, ...run }: RunStanding & { className?: string; size?: number }) {
  const { state, words } = readRunStatus(run);
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-sm', className)}>
      <StatusMark state={state} size={size} word="none" />
      <span className={cn('figures', TONES[state])}>{words}</span>
    </span>
  );
}
