import type { temporal } from '../../proto';
import { invalid } from '../errors';

const LONGEST_FAIRNESS_KEY = 64;

/** Throws INVALID_ARGUMENT, as a Temporal server (common/priorities/priority_util.go). */
export function demandPriority(priority: temporal.api.common.v1.IPriority | null | undefined): void {
  if ((priority?.priorityKey ?? 0) < 0) throw invalid('priority.priority_key', 'is negative');
  if (new TextEncoder().encode(priority?.fairnessKey ?? '').length > LONGEST_FAIRNESS_KEY)
    throw invalid('priority.fairness_key', `has more than ${LONGEST_FAIRNESS_KEY} bytes`);
  if ((priority?.fairnessWeight ?? 0) < 0) throw invalid('priority.fairness_weight', 'is negative');
}
