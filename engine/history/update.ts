/**
 * The update machine.
 *
 *   (none) --admit--> admitted (memory only) --task opens--> sent --Acceptance--> accepted (event) --Response-->
 *   completed (event)
 *                                                            sent --Rejection, or unanswered--> (none), no trace
 *   sent --task fails or times out--> admitted;  accepted --run closes--> aborted: its outcome is a failure
 *   admitted or sent --run closes--> gone: waiters get NOT_FOUND
 *
 * Accepted stores the request, so an accepted update survives a rebuild; an admitted one is the caller's to send again.
 */
import Long from 'long';
import { temporal } from '../proto';
import { isReserved, requireOpen, takeHistoryRoom } from './admission';
import { RequestError, type RunState, type UpdateState } from './api';
import { reject } from './commands/command';
import type { Decision } from './decision';
import { payloadsBytes } from './limits';
import { unprocessedOutcome } from './update-state';

const { EventType, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
const { Acceptance, Rejection, Response } = temporal.api.update.v1;
type Message = temporal.api.protocol.v1.IMessage;

export function admit(decision: Decision, request: temporal.api.update.v1.IRequest): void {
  const { state } = decision;
  const { limits } = state.rules;
  const updateId = request.meta?.updateId;
  if (!updateId) throw new RequestError('INVALID_ARGUMENT', 'meta.updateId is not set', { field: 'meta.updateId' });
  const known = state.updates.get(updateId);
  if (known) {
    if (known.outcome) decision.effect({ kind: 'updateStage', updateId, stage: 'completed', outcome: known.outcome });
    else if (known.acceptedEventId)
      decision.effect({ kind: 'updateStage', updateId, stage: 'accepted', outcome: null });
    return;
  }
  requireOpen(state);
  if (state.pause) throw new RequestError('FAILED_PRECONDITION', 'Workflow is paused. Cannot update the workflow.');
  if (!request.input?.name)
    throw new RequestError('INVALID_ARGUMENT', 'input.name is not set', { field: 'input.name' });
  const bytes = payloadsBytes(request.input.args);
  if (bytes > limits.maxPayloadBytes) {
    const message = `limit maxPayloadBytes: the update's arguments have ${bytes} bytes, at most ${limits.maxPayloadBytes} are allowed`;
    throw new RequestError('INVALID_ARGUMENT', message, { field: 'input.args' });
  }
  const reserved = isReserved(request.input.name);
  if (!reserved && state.inFlightUpdates >= limits.maxInFlightUpdates) {
    throw new RequestError(
      'RESOURCE_EXHAUSTED',
      `limit maxInFlightUpdates: ${limits.maxInFlightUpdates} updates of this run are in flight`
    );
  }
  if (!reserved && state.updates.size >= limits.maxTotalUpdates) {
    throw new RequestError(
      'FAILED_PRECONDITION',
      `limit maxTotalUpdates: this run has had ${limits.maxTotalUpdates} updates`
    );
  }
  if (reserved) state.uncountedBytes += bytes;
  else takeHistoryRoom(state, bytes);
  state.updates.set(updateId, {
    updateId,
    request,
    acceptedEventId: 0,
    admittedEventId: 0,
    offered: false,
    completedEventId: 0,
    sent: false,
    outcome: null,
  });
  state.inFlightUpdates += 1;
  state.unsentUpdates += 1;
}

/** The task that opens delivers every admitted update. */
export function sendUpdates(state: RunState): void {
  if (state.unsentUpdates === 0) return;
  for (const update of state.updates.values()) update.sent = true;
  state.unsentUpdates = 0;
}

/** The task that delivered the updates failed or timed out. */
export function unsendUpdates(state: RunState): void {
  if (state.inFlightUpdates === 0) return;
  for (const update of state.updates.values()) {
    if (!update.sent || update.acceptedEventId) continue;
    update.sent = false;
    state.unsentUpdates += 1;
  }
}

export type UpdateAnswer =
  | { kind: 'accepted'; update: UpdateState; body: temporal.api.update.v1.IAcceptance }
  | { kind: 'rejected'; update: UpdateState; body: temporal.api.update.v1.IRejection }
  | { kind: 'completed'; update: UpdateState; body: temporal.api.update.v1.IResponse };

/**
 * Decodes the messages of a completion, by message id, in their order. Changes nothing. Throws if a message is
 * invalid.
 */
export function readAnswers(state: RunState, messages: readonly Message[]): Map<string, UpdateAnswer> {
  const answers = new Map<string, UpdateAnswer>();
  const accepted = new Set<string>();
  const settled = new Set<string>();
  const cause = Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
  for (const message of messages) {
    const updateId = message.protocolInstanceId ?? '';
    const update = state.updates.get(updateId);
    if (!update || !update.sent) reject(cause, `message ${message.id}: update ${updateId} was not sent with this task`);
    if (!message.id || answers.has(message.id)) reject(cause, `message id ${message.id} is missing or occurs twice`);
    const type = message.body?.type_url?.split('/').pop() ?? '';
    const value = message.body?.value ?? new Uint8Array();
    const open = update.acceptedEventId > 0 || accepted.has(updateId);
    const done = update.outcome !== null || settled.has(updateId);
    if (type === 'temporal.api.update.v1.Acceptance') {
      if (open || done) reject(cause, `update ${updateId} is accepted twice`);
      accepted.add(updateId);
      answers.set(message.id, { kind: 'accepted', update, body: Acceptance.decode(value) });
    } else if (type === 'temporal.api.update.v1.Rejection') {
      if (open || done) reject(cause, `update ${updateId} is rejected after it was accepted`);
      settled.add(updateId);
      answers.set(message.id, { kind: 'rejected', update, body: Rejection.decode(value) });
    } else if (type === 'temporal.api.update.v1.Response') {
      if (!open || done) reject(cause, `update ${updateId} completes without being accepted, or twice`);
      settled.add(updateId);
      answers.set(message.id, { kind: 'completed', update, body: Response.decode(value) });
    } else reject(cause, `message ${message.id} has the unknown type ${type || '(none)'}`);
  }
  return answers;
}

export function answer(decision: Decision, { kind, update, body }: UpdateAnswer, taskScheduledEventId: number): void {
  const { updateId } = update;
  if (kind === 'accepted') {
    decision.write({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      workflowExecutionUpdateAcceptedEventAttributes: {
        protocolInstanceId: updateId,
        acceptedRequestMessageId: body.acceptedRequestMessageId || `${updateId}/request`,
        acceptedRequestSequencingEventId: body.acceptedRequestSequencingEventId?.toNumber()
          ? body.acceptedRequestSequencingEventId
          : Long.fromNumber(taskScheduledEventId),
        acceptedRequest: update.request,
      },
    });
    decision.effect({ kind: 'updateStage', updateId, stage: 'accepted', outcome: null });
  } else if (kind === 'completed') {
    decision.write({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
      workflowExecutionUpdateCompletedEventAttributes: {
        meta: update.request.meta,
        acceptedEventId: Long.fromNumber(update.acceptedEventId),
        outcome: body.outcome,
      },
    });
    decision.effect({ kind: 'updateStage', updateId, stage: 'completed', outcome: body.outcome ?? null });
  } else drop(decision, update, { failure: body.failure });
}

/** Updates that were delivered with the task and that its completion does not answer. */
export function dropUnanswered(decision: Decision): void {
  const { state } = decision;
  if (state.inFlightUpdates === 0) return;
  for (const update of state.updates.values()) {
    if (update.sent && update.acceptedEventId === 0) drop(decision, update, unprocessedOutcome);
  }
}

function drop(decision: Decision, update: UpdateState, outcome: temporal.api.update.v1.IOutcome): void {
  decision.state.updates.delete(update.updateId);
  decision.state.inFlightUpdates -= 1;
  decision.effect({ kind: 'updateStage', updateId: update.updateId, stage: 'rejected', outcome });
}
