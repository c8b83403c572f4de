/**
 * The pause of a run. A Temporal server of version 1.29 has none; the events, the status and what goes on meanwhile are
 * those of later servers (service/history/api/{pauseworkflow,unpauseworkflow} and ApplyWorkflowExecutionPausedEvent in
 * service/history/workflow/mutable_state_impl.go).
 *
 *   open --pause--> paused     WorkflowExecutionPaused
 *   paused --unpause--> open   WorkflowExecutionUnpaused
 *   paused --terminate, time out, reset--> closed
 *
 * - [RPA1] No workflow task and no attempt begins while a run is paused. One that is under way ends: its result is
 *   kept, and the activities that it schedules wait. What it asked of other runs is sent.
 * - [RPA2] What happens meanwhile is recorded, and the workflow learns of it after the pause: signals, a request to
 *   cancel, fired timers, results and timeouts of activities, what children and other runs answer.
 * - [RPA3] Deadlines run: of the run, of its timers, and of its activities, save those that would begin an attempt.
 * - [RPA4] Updates are refused, so approvals are too; those that were admitted before wait.
 * - [RPA5] After the pause the next workflow task begins, if there is a reason for one, and every attempt that is due.
 *   An activity that is itself paused stays so.
 * - [RPA6] A request to pause or to end a pause that is repeated with its request id has no effect, whatever happened
 *   since; the same id may be used for both. Any other pause of a paused run is refused, and so is the end of a pause that there is not. (A Temporal
 *   server recognises only the request of the pause that there is.)
 * - [RPA7] A reset of a paused run gives a run that is not paused. A pause waits for the end of the workflow task, so no
 *   point of a reset is within one, and a pause after the point is not applied again, as on later servers.
 *
 * Lists show paused runs, and paused activities of a run by their type, in the search attribute `TemporalPauseInfo`, as
 * later servers do. It is not in any event.
 */
import { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import { PAUSED_RUN, STATUS } from '../run-name';
import { activityDue, track } from './activity';
import { requireOpen, requireRoom } from './admission';
import { RequestError, type HistoryEvent, type PauseRequest, type RunState } from './api';
import type { Decision } from './decision';

const { EventType } = temporal.api.enums.v1;
const refused = (message: string) => new RequestError('FAILED_PRECONDITION', message);

export function pauseRun(decision: Decision, request: PauseRequest): void {
  const { state } = decision;
  if (state.pauseRequestIds.has(request.requestId)) return;
  requireOpen(state);
  if (state.pause) throw refused('workflow is already paused.');
  requireRoom(state);
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED,
    workerMayIgnore: true,
    workflowExecutionPausedEventAttributes: { ...request },
  });
}

export function unpauseRun(decision: Decision, request: PauseRequest): void {
  const { state } = decision;
  if (state.unpauseRequestIds.has(request.requestId)) return;
  requireOpen(state);
  if (!state.pause) throw refused('workflow is not paused.');
  requireRoom(state);
  decision.happen({
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED,
    workerMayIgnore: true,
    workflowExecutionUnpausedEventAttributes: { ...request },
  });
  for (const activity of [...state.activities.values()]) {
    track(state, activity);
    activityDue(decision, activity);
  }
}

export function applyPaused(state: RunState, event: HistoryEvent): void {
  const { identity, reason, requestId } = event.workflowExecutionPausedEventAttributes!;
  const atMs = timestampMs(event.eventTime);
  state.pause = { atMs, identity: identity ?? '', reason: reason ?? '', requestId: requestId ?? '' };
  if (requestId) state.pauseRequestIds.add(requestId);
}

export function applyUnpaused(state: RunState, event: HistoryEvent): void {
  const { requestId } = event.workflowExecutionUnpausedEventAttributes!;
  state.pause = null;
  if (requestId) state.unpauseRequestIds.add(requestId);
}

// --- lists ---

/** The attribute's value, null for none: that of later servers, and the mark by which a filter finds paused runs. */
export function pauseInfo(state: RunState): string[] | null {
  const { pause, pausedActivities, activities, workflowId } = state;
  if (state.status !== STATUS.running) return null;
  const marks = pause
    ? [PAUSED_RUN, `Workflow:${workflowId}`, ...(pause.reason ? [`Reason:${pause.reason}`] : [])]
    : [];
  if (pausedActivities > 0) {
    const types = new Set<string>();
    for (const activity of activities.values()) if (activity.pause) types.add(activity.activityType);
    marks.push(...[...types].sort().map((type) => `property:activityType=${type}`));
  }
  return marks.length > 0 ? marks : null;
}
