/** What a run's closing event changes: everything that was pending is gone. */
import type { RunStatus } from '../run-name';
import type { HistoryEvent, RunState } from './api';
import { timestampMs } from '../proto-time';
import { abortedOutcome } from './update-state';

export function applyClosed(state: RunState, event: HistoryEvent, status: RunStatus): void {
  state.status = status;
  state.closeTimeMs = timestampMs(event.eventTime);
  state.closeEvent = event;
  state.activities.clear();
  state.retryingActivities = 0;
  state.openTasks.clear();
  state.signalWaits = [];
  state.activityIds.clear();
  state.timers.clear();
  state.externals.clear();
  state.deadlines.clear();
  state.buffered = [];
  state.workflowTask = null;
  state.scheduledTask = null;
  state.workflowTaskAtMs = 0;
  state.unsentUpdates = 0;
  state.inFlightUpdates = 0;
  for (const update of state.updates.values()) {
    if (update.acceptedEventId === 0) state.updates.delete(update.updateId);
    else if (update.completedEventId === 0) update.outcome = abortedOutcome;
  }
}
