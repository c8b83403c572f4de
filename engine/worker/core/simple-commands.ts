/** Commands without a state machine: patch markers, upserts, answers to updates, and the terminal commands. */
import Long from 'long';
import { type coresdk, temporal } from '../../proto';
import type { Command, HistoryEvent } from '../../history/api';
import { reviveDuration, reviveRetryPolicy } from './duration';
import type { PendingCommand } from './pending-command';

const { CommandType, EventType } = temporal.api.enums.v1;
type WorkflowCommand = coresdk.workflow_commands.IWorkflowCommand;

const PATCH_MARKER = 'core_patch';
const PATCH_DETAILS = 'patch-data';

function pending(title: string, command: Command, matches: (event: HistoryEvent) => boolean): PendingCommand {
  return { title, command, matches, recorded: () => {}, sent: false };
}
const ofType = (type: temporal.api.enums.v1.EventType) => (event: HistoryEvent) => event.eventType === type;

export function patchCommand(patchId: string, deprecated: boolean): PendingCommand {
  const data = new TextEncoder().encode(JSON.stringify({ id: patchId, deprecated }));
  const payload = { metadata: { encoding: new TextEncoder().encode('json/plain') }, data };
  return pending(
    `RecordMarker patch ${patchId}`,
    {
      commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
      recordMarkerCommandAttributes: {
        markerName: PATCH_MARKER,
        details: { [PATCH_DETAILS]: { payloads: [payload] } },
      },
    },
    (event) => patchOf(event) === patchId
  );
}

/** The patch of a MarkerRecorded event, null for any other event. */
export function patchOf(event: HistoryEvent): string | null {
  return patchMarker(event)?.id ?? null;
}

/** The code may remove the call that wrote such a marker, because nothing depends on the marker any more. */
export function isDeprecatedPatch(event: HistoryEvent): boolean {
  return patchMarker(event)?.deprecated === true;
}

function patchMarker(event: HistoryEvent): { id: string; deprecated?: boolean } | null {
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== PATCH_MARKER) return null;
  const data = marker.details?.[PATCH_DETAILS]?.payloads?.[0]?.data;
  return data ? (JSON.parse(Buffer.from(data).toString()) as { id: string; deprecated?: boolean }) : null;
}

export function upsertSearchAttributes(
  command: coresdk.workflow_commands.IUpsertWorkflowSearchAttributes
): PendingCommand {
  return pending(
    'UpsertWorkflowSearchAttributes',
    {
      commandType: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
      upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: command.searchAttributes },
    },
    ofType(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
  );
}

export function modifyProperties(command: coresdk.workflow_commands.IModifyWorkflowProperties): PendingCommand {
  return pending(
    'ModifyWorkflowProperties',
    {
      commandType: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
      modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: command.upsertedMemo },
    },
    ofType(EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED)
  );
}

export interface UpdateAnswer {
  message: temporal.api.protocol.v1.IMessage;
  /** Null for a rejection, because a rejection is not recorded in the history. */
  command: PendingCommand | null;
}

/** `sequencingEventId`: the event before which the update was delivered. It gives the order in a replay. */
export function updateAnswer(
  answer: coresdk.workflow_commands.IUpdateResponse,
  sequencingEventId: number,
  updateId: string
): UpdateAnswer {
  const instance = answer.protocolInstanceId ?? '';
  const { Acceptance, Rejection, Response } = temporal.api.update.v1;
  const message = (kind: string, type: string, value: Uint8Array): temporal.api.protocol.v1.IMessage => ({
    id: `${instance}/${kind}`,
    protocolInstanceId: instance,
    body: { type_url: `type.googleapis.com/temporal.api.update.v1.${type}`, value },
  });
  const command = (messageId: string, title: string, matches: (event: HistoryEvent) => boolean) =>
    pending(
      title,
      {
        commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
        protocolMessageCommandAttributes: { messageId },
      },
      matches
    );
  const acceptedRequestMessageId = `${instance}/request`;
  if (answer.accepted) {
    const acceptedRequestSequencingEventId = Long.fromNumber(sequencingEventId);
    const body = Acceptance.encode({ acceptedRequestMessageId, acceptedRequestSequencingEventId }).finish();
    return {
      message: message('accept', 'Acceptance', body),
      command: command(
        `${instance}/accept`,
        `accept update ${updateId}`,
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId === instance
      ),
    };
  }
  if (answer.rejected) {
    const body = Rejection.encode({
      rejectedRequestMessageId: acceptedRequestMessageId,
      failure: answer.rejected,
    }).finish();
    return { message: message('reject', 'Rejection', body), command: null };
  }
  const outcome = { success: { payloads: answer.completed ? [answer.completed] : [] } };
  const body = Response.encode({ meta: { updateId }, outcome }).finish();
  return {
    message: message('complete', 'Response', body),
    command: command(
      `${instance}/complete`,
      `complete update ${updateId}`,
      (event) => event.workflowExecutionUpdateCompletedEventAttributes?.meta?.updateId === updateId
    ),
  };
}

/** A rejection after the acceptance is the outcome of the update: the handler of the update failed. */
export function failedUpdate(answer: coresdk.workflow_commands.IUpdateResponse, updateId: string): UpdateAnswer {
  const instance = answer.protocolInstanceId ?? '';
  const body = temporal.api.update.v1.Response.encode({
    meta: { updateId },
    outcome: { failure: answer.rejected },
  }).finish();
  const answered = updateAnswer({ protocolInstanceId: instance, completed: {} }, 0, updateId);
  const message = { ...answered.message, body: { ...answered.message.body, value: body } };
  return { message, command: answered.command };
}

/** What the next run of a chain has of this one, if the code does not say otherwise. */
export interface Carried {
  memo: temporal.api.common.v1.IMemo | null;
  retryPolicy: temporal.api.common.v1.IRetryPolicy | null;
  searchAttributes: Record<string, temporal.api.common.v1.IPayload>;
}

/** The command that ends the run; null for every other command. */
export function terminalCommand(command: WorkflowCommand, carried: Carried): PendingCommand | null {
  if (command.continueAsNewWorkflowExecution)
    return continueAsNew(command.continueAsNewWorkflowExecution, command.userMetadata ?? null, carried);
  if (command.completeWorkflowExecution) {
    const { result } = command.completeWorkflowExecution;
    return pending(
      'CompleteWorkflowExecution',
      {
        commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        completeWorkflowExecutionCommandAttributes: { result: result ? { payloads: [result] } : null },
      },
      ofType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
    );
  }
  if (command.failWorkflowExecution) {
    const { failure } = command.failWorkflowExecution;
    return pending(
      'FailWorkflowExecution',
      {
        commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
        failWorkflowExecutionCommandAttributes: { failure },
      },
      ofType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
    );
  }
  if (command.cancelWorkflowExecution) {
    return pending(
      'CancelWorkflowExecution',
      {
        commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
        cancelWorkflowExecutionCommandAttributes: {},
      },
      ofType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
    );
  }
  return null;
}

/** As the official core: augment_continue_as_new_with_current_values in workflow_machines.rs. */
function continueAsNew(
  next: coresdk.workflow_commands.IContinueAsNewWorkflowExecution,
  userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
  carried: Carried
): PendingCommand {
  const has = (fields: object | null | undefined) => Object.keys(fields ?? {}).length > 0;
  const current = has(carried.searchAttributes) ? { indexedFields: carried.searchAttributes } : null;
  return pending(
    `ContinueAsNewWorkflowExecution ${next.workflowType}`,
    {
      commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
      userMetadata,
      continueAsNewWorkflowExecutionCommandAttributes: {
        workflowType: { name: next.workflowType },
        taskQueue: { name: next.taskQueue },
        input: next.arguments?.length ? { payloads: next.arguments } : null,
        workflowRunTimeout: reviveDuration(next.workflowRunTimeout),
        workflowTaskTimeout: reviveDuration(next.workflowTaskTimeout),
        backoffStartInterval: reviveDuration(next.backoffStartInterval),
        memo: has(next.memo) ? { fields: next.memo } : carried.memo,
        header: has(next.headers) ? { fields: next.headers } : null,
        retryPolicy: next.retryPolicy ? reviveRetryPolicy(next.retryPolicy) : carried.retryPolicy,
        searchAttributes: next.searchAttributes ?? current,
        initialVersioningBehavior: next.initialVersioningBehavior,
      },
    },
    ofType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
  );
}
