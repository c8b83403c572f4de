/**
 * Signals and cancel requests to other runs, as the workflow's code sees them.
 *
 *   created --command sent, Initiated--> pending --Signaled | CancelRequested | Failed--> closed
 *   created --cancel of a signal, not sent yet--> closed (the command is removed; resolved within the task)
 *   pending --cancel of a signal--> pending (it was sent)
 *
 * A request that this worker made by itself (the cancel of a child) resolves nothing in the code, as in the official
 * core.
 */
import { temporal, type coresdk } from '../../../proto';
import type { Failure, HistoryEvent } from '../../../history/api';
import { externalEnd } from '../../../history/externals';
import type { Job } from '../../sandbox/protocol';
import type { PendingCommand } from '../pending-command';

const {
  CommandType,
  EventType,
  SignalExternalWorkflowExecutionFailedCause: SignalCause,
  CancelExternalWorkflowExecutionFailedCause: CancelCause,
} = temporal.api.enums.v1;

interface Target {
  namespace: string;
  workflowId: string;
  runId: string;
}

export class ExternalMachines {
  /** Signals whose command was not recorded yet, by the number of the code. */
  readonly #signals = new Map<number, PendingCommand>();
  /** The number of the code by the id of the Initiated event; null for a request that the code does not know. */
  readonly #pending = new Map<number, { kind: 'signal' | 'cancel'; seq: number | null }>();

  /** `namespace`: the run's own. */
  signal(
    command: coresdk.workflow_commands.ISignalExternalWorkflowExecution,
    userMetadata: temporal.api.sdk.v1.IUserMetadata | null
  ): PendingCommand {
    const { args, headers, signalName, childWorkflowId } = command;
    const seq = command.seq ?? 0;
    const { namespace, workflowId, runId } = targetOf(command.workflowExecution, childWorkflowId);
    const pending: PendingCommand = {
      title: `SignalExternalWorkflowExecution ${signalName} to ${workflowId}`,
      sent: false,
      command: {
        commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
        userMetadata,
        signalExternalWorkflowExecutionCommandAttributes: {
          namespace,
          execution: { workflowId, runId },
          signalName,
          input: args?.length ? { payloads: args } : null,
          header: headers && Object.keys(headers).length > 0 ? { fields: headers } : null,
          childWorkflowOnly: Boolean(childWorkflowId),
        },
      },
      matches: ({ signalExternalWorkflowExecutionInitiatedEventAttributes: event }) =>
        event?.signalName === signalName && event?.workflowExecution?.workflowId === workflowId,
      recorded: ({ eventId }) => {
        this.#signals.delete(seq);
        this.#pending.set(Number(eventId), { kind: 'signal', seq });
      },
    };
    this.#signals.set(seq, pending);
    return pending;
  }

  /** What the cancellation of a signal by the code leads to: nothing once its command was sent. */
  cancelSignal(seq: number): { takeBack: PendingCommand; job: Job } | null {
    const takeBack = this.#signals.get(seq);
    if (!takeBack || takeBack.sent) return null;
    this.#signals.delete(seq);
    const failure = { message: 'Signal was cancelled before being sent', canceledFailureInfo: {} };
    return { takeBack, job: resolved('signal', seq, failure) };
  }

  /** `seq`: null if the code does not wait for an answer. */
  requestCancel(
    seq: number | null,
    { namespace, workflowId, runId }: Target,
    reason: string,
    childWorkflowOnly = false
  ): PendingCommand {
    return {
      title: `RequestCancelExternalWorkflowExecution ${workflowId}`,
      sent: false,
      command: {
        commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
        requestCancelExternalWorkflowExecutionCommandAttributes: {
          namespace,
          workflowId,
          runId,
          reason,
          childWorkflowOnly,
        },
      },
      matches: ({ requestCancelExternalWorkflowExecutionInitiatedEventAttributes: event }) =>
        event?.workflowExecution?.workflowId === workflowId,
      recorded: ({ eventId }) => void this.#pending.set(Number(eventId), { kind: 'cancel', seq }),
    };
  }

  /** 'foreign': the event ends a request that this run never made. */
  end(event: HistoryEvent): Job | null | 'foreign' {
    const initiatedEventId = Number(externalEnd(event)?.initiatedEventId);
    const pending = this.#pending.get(initiatedEventId);
    if (!pending) return 'foreign';
    this.#pending.delete(initiatedEventId);
    return pending.seq === null ? null : resolved(pending.kind, pending.seq, failureOf(event));
  }
}

export const targetOf = (
  execution: coresdk.common.INamespacedWorkflowExecution | null | undefined,
  childWorkflowId: string | null | undefined = null
): Target => ({
  namespace: execution?.namespace ?? '',
  workflowId: childWorkflowId || execution?.workflowId || '',
  runId: execution?.runId ?? '',
});

function resolved(kind: 'signal' | 'cancel', seq: number, failure: Failure | undefined): Job {
  return kind === 'signal'
    ? { variant: 'resolveSignalExternalWorkflow', resolveSignalExternalWorkflow: { seq, failure } }
    : { variant: 'resolveRequestCancelExternalWorkflow', resolveRequestCancelExternalWorkflow: { seq, failure } };
}

/** The failures of the official core: its texts, and the names of its causes as types. */
function failureOf(event: HistoryEvent): Failure | undefined {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: {
      const cause = event.signalExternalWorkflowExecutionFailedEventAttributes?.cause ?? 0;
      const limit = cause === SignalCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED;
      const reason = limit
        ? 'The per-workflow signal limit was exceeded'
        : cause === SignalCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_UNSPECIFIED
          ? 'unknown'
          : 'it was not found';
      return failure(`Unable to signal external workflow because ${reason}`, SignalCause[cause] ?? '');
    }
    case EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: {
      const cause = event.requestCancelExternalWorkflowExecutionFailedEventAttributes?.cause ?? 0;
      const unknown = cause === CancelCause.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_UNSPECIFIED;
      const reason = unknown ? 'unknown' : 'not found';
      return failure(`Unable to cancel external workflow because ${reason}`, CancelCause[cause] ?? '');
    }
    default:
      return undefined;
  }
}

const failure = (message: string, cause: string): Failure => ({
  message,
  applicationFailureInfo: { type: typeOf(cause) },
});

/** SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND → NamespaceNotFound */
const typeOf = (cause: string): string =>
  cause
    .replace(/^.*_FAILED_CAUSE_/, '')
    .toLowerCase()
    .replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
