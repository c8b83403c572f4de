/** The end of a run: its closing event with all that follows from it. The next run of its chain is in chain.ts. */
import type { HistoryEvent, StartRun } from './api';
import type { Decision } from './decision';
import { oweAtClose } from './messages';
import { abortedOutcome } from './update-state';

/** `next`: the run that follows in the same commit. */
export function close(decision: Decision, event: HistoryEvent, next: StartRun | null = null): void {
  const { state } = decision;
  for (const { epoch, scheduledEventId, attempt } of state.activities.values()) {
    if (epoch > 0) decision.effect({ kind: 'cancelActivity', scheduledEventId, attempt, reason: 'WORKFLOW_CLOSED' });
  }
  for (const { updateId, acceptedEventId, completedEventId } of state.updates.values()) {
    if (completedEventId > 0) continue;
    const outcome = acceptedEventId > 0 ? abortedOutcome : null;
    decision.effect({ kind: 'updateStage', updateId, stage: 'aborted', outcome });
  }
  decision.write(event);
  // Also at the end of one run of a chain: its children do not go on with the next one, as on a Temporal server.
  oweAtClose(decision, next !== null);
  if (next) decision.effect({ kind: 'newRun', start: next });
  decision.effect({ kind: 'visibility' });
  decision.effect({ kind: 'closed', status: state.status });
}
