import type { SagaPhase } from '@/engine/saga/contract';
import type { RunStanding, RunStatus } from './runs';

/**
 * Status and saga phase combined; the same distinction as STANDING_CLAUSES makes. A run that needs a decision is counted
 * as such also while it is paused.
 */
export function standingOf(
  status: RunStatus,
  phase: SagaPhase | null,
  standing: number | null,
  isPaused = false
): RunStanding {
  switch (status) {
    case 'running':
      if (phase === 'needs-hand') return 'needsHand';
      if (isPaused) return 'paused';
      return phase === 'unwinding' ? 'unwinding' : 'running';
    case 'completed':
      return (standing ?? 0) > 0 ? 'completedStanding' : 'completed';
    case 'failed':
      return (standing ?? 0) > 0 ? 'failedStanding' : phase === 'unwound' ? 'failedUndone' : 'failed';
    case 'canceled':
      return (standing ?? 0) > 0 ? 'canceledStanding' : phase === 'unwound' ? 'canceledUndone' : 'canceled';
    case 'terminated':
      return (standing ?? 0) > 0 ? 'terminatedStanding' : 'terminated';
    case 'timedOut':
      return (standing ?? 0) > 0 ? 'timedOutStanding' : 'timedOut';
    default:
      return status;
  }
}
