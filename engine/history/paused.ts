/**
 * The mark in lists for a run with paused activities, as on a Temporal server: the search attribute
 * `TemporalPauseInfo` (service/history/workflow/mutable_state_impl.go, updatePauseInfoSearchAttribute), which is not in
 * any event.
 */
import { STATUS } from '../run-name';
import type { RunState } from './api';

export const PAUSE_INFO = 'TemporalPauseInfo';

/** The attribute's value, null for none. */
export function pauseInfo(state: RunState): string[] | null {
  if (state.status !== STATUS.running || state.pausedActivities === 0) return null;
  const types = new Set<string>();
  for (const { pause, activityType } of state.activities.values()) if (pause) types.add(activityType);
  return [...types].sort().map((type) => `property:activityType=${type}`);
}
