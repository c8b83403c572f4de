/** Rebuilds a run in memory from stored events and side state, and handles a takeover. */
import { STATUS } from '../run-name';
import type { StoredRun } from '../store/port';
import { recoverActivity, track } from './activity';
import type { HistoryEvent, Rules, RunState } from './api';
import { apply, written } from './apply';
import type { Decision } from './decision';
import { sendAgain } from './messages';
import { decodeSide } from './side';
import { Run } from './state';
import { unsendUpdates } from './update';
import { dropRejected } from './update-state';

export function rebuild(stored: StoredRun, events: HistoryEvent[], rules: Rules): RunState {
  const state = new Run(stored.runKey, stored.namespace, stored.workflowId, stored.runId, stored.firstRunId, '', rules);
  for (const event of events) {
    written(state, event);
    apply(state, event);
  }
  if (state.nextEventId !== stored.nextEventId || state.status !== stored.status) {
    throw new Error(
      `history of run ${stored.runId} ends before event ${state.nextEventId} with status ${state.status}; ` +
        `the execution row says ${stored.nextEventId} and ${stored.status}`
    );
  }
  dropRejected(state);
  decodeSide(state, stored.side);
  for (const event of state.buffered) apply(state, event);
  for (const activity of state.activities.values()) track(state, activity);
  return state;
}

export function recover(decision: Decision): void {
  const { state } = decision;
  if (state.status !== STATUS.running) return;
  state.workflowTask = null;
  unsendUpdates(state);
  decision.flush();
  for (const activity of [...state.activities.values()]) {
    recoverActivity(decision, activity);
    const { scheduledEventId, attempt } = activity;
    if (activity.epoch === decision.epoch) decision.effect({ kind: 'dispatchActivity', scheduledEventId, attempt });
    else if (activity.queuedTimeMs > 0) decision.effect({ kind: 'offerActivity', scheduledEventId, attempt });
  }
  sendAgain(decision);
}
