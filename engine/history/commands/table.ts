/** Every command of the protocol. A command type that is missing here does not compile. */
import { temporal } from '../../proto';
import { cancelTimer } from './cancel-timer';
import { cancelWorkflowExecution } from './cancel-workflow-execution';
import type { CommandEvent, CommandKind } from './command';
import { completeWorkflowExecution } from './complete-workflow-execution';
import { continueAsNewWorkflowExecution } from './continue-as-new-workflow-execution';
import { failWorkflowExecution } from './fail-workflow-execution';
import { modifyWorkflowProperties } from './modify-workflow-properties';
import { protocolMessage } from './protocol-message';
import { recordMarker } from './record-marker';
import { requestCancelActivityTask } from './request-cancel-activity-task';
import { requestCancelExternalWorkflowExecution } from './request-cancel-external-workflow-execution';
import { scheduleActivityTask } from './schedule-activity-task';
import { signalExternalWorkflowExecution } from './signal-external-workflow-execution';
import { startChildWorkflowExecution } from './start-child-workflow-execution';
import { startTimer } from './start-timer';
import { unsupported } from './unsupported';
import { upsertSearchAttributes } from './upsert-search-attributes';

const { CommandType: Type, WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;
type CommandType = temporal.api.enums.v1.CommandType;

const commands: Record<CommandType, CommandKind> = {
  [Type.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK]: scheduleActivityTask,
  [Type.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK]: requestCancelActivityTask,
  [Type.COMMAND_TYPE_START_TIMER]: startTimer,
  [Type.COMMAND_TYPE_CANCEL_TIMER]: cancelTimer,
  [Type.COMMAND_TYPE_RECORD_MARKER]: recordMarker,
  [Type.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: upsertSearchAttributes,
  [Type.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES]: modifyWorkflowProperties,
  [Type.COMMAND_TYPE_PROTOCOL_MESSAGE]: protocolMessage,
  [Type.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION]: completeWorkflowExecution,
  [Type.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION]: failWorkflowExecution,
  [Type.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION]: cancelWorkflowExecution,
  [Type.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: continueAsNewWorkflowExecution,
  [Type.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION]: startChildWorkflowExecution,
  [Type.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]: requestCancelExternalWorkflowExecution,
  [Type.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: signalExternalWorkflowExecution,
  [Type.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION]: unsupported(
    'ScheduleNexusOperation',
    Cause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES
  ),
  [Type.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION]: unsupported(
    'COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION',
    Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED
  ),
  [Type.COMMAND_TYPE_UNSPECIFIED]: unsupported(
    'COMMAND_TYPE_UNSPECIFIED',
    Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED
  ),
};

/** The kind of a command that was received, whose type may be a number that is not in this table. */
export function commandKind(type: CommandType | null | undefined): CommandKind {
  const known: CommandKind | undefined = commands[type ?? Type.COMMAND_TYPE_UNSPECIFIED];
  return known ?? unsupported(`command type ${type}`, Cause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED);
}

/** The events that commands cause, by event type. Each event type belongs to one command. */
export const commandEvents = new Map<number, CommandEvent>(
  Object.values(commands).flatMap(({ events }) =>
    Object.entries(events).map(([type, event]): [number, CommandEvent] => [Number(type), event])
  )
);
