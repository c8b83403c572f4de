/**
 * A child workflow as the workflow's code sees it; the states and the texts are those of the official core
 * (child_workflow_state_machine.rs).
 *
 *   created --command sent, Initiated--> pending --Started--> started --close--> closed
 *                                        pending --StartChildWorkflowExecutionFailed--> closed
 *   created --cancel, not sent yet--> closed (the command is removed; its start is resolved within the task)
 *   pending | started --cancel, TRY_CANCEL | ABANDON--> closed (resolved within the task; TRY_CANCEL also sends a request)
 *   pending | started --cancel, WAIT_CANCELLATION_…--> as before, a request is sent; the close decides
 */
import Long from 'long';
import { coresdk, temporal } from '../../../proto';
import type { Failure, HistoryEvent } from '../../../history/api';
import type { Job } from '../../sandbox/protocol';
import { reviveDuration, reviveRetryPolicy } from '../duration';
import { ownFailure, ownPayload } from '../payload';
import type { PendingCommand } from '../pending-command';

const { EventType, CommandType, RetryState, TaskQueueKind, TimeoutType } = temporal.api.enums.v1;
const { ChildWorkflowCancellationType: CancellationType } = coresdk.child_workflow;
type Start = coresdk.workflow_commands.IStartChildWorkflowExecution;

export class ChildMachine {
  readonly seq: number;
  readonly pending: PendingCommand;
  #initiatedEventId = 0;
  #startedEventId = 0;
  #runId = '';
  /** The code no longer waits for it. */
  #resolved = false;

  constructor(
    private readonly start: Start,
    userMetadata: temporal.api.sdk.v1.IUserMetadata | null,
    onInitiated: (initiatedEventId: number) => void
  ) {
    this.seq = start.seq ?? 0;
    this.pending = {
      title: `StartChildWorkflowExecution ${start.workflowId} (${start.workflowType})`,
      sent: false,
      command: {
        commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
        userMetadata,
        startChildWorkflowExecutionCommandAttributes: attributesOf(start),
      },
      matches: ({ startChildWorkflowExecutionInitiatedEventAttributes: event }) =>
        event?.workflowId === start.workflowId && event?.workflowType?.name === start.workflowType,
      recorded: (event) => {
        this.#initiatedEventId = Number(event.eventId);
        onInitiated(this.#initiatedEventId);
      },
    };
  }

  /** Where a request to cancel goes. */
  get target() {
    return { namespace: this.start.namespace ?? '', workflowId: this.start.workflowId ?? '', runId: this.#runId };
  }

  /** The consequences of a cancellation by the code. `asks`: another run is requested to cancel. */
  cancel(reason: string): { takeBack?: true; asks?: true; job?: Job } {
    if (this.#resolved) return {};
    if (!this.pending.sent) {
      this.#resolved = true;
      const message = `Child Workflow Execution cancelled before scheduled: ${reason}`;
      const failure = this.#failure(message, { canceledFailureInfo: {} });
      return { takeBack: true, job: this.#startJob({ cancelled: { failure } }) };
    }
    const type = this.start.cancellationType ?? CancellationType.ABANDON;
    const asks = type === CancellationType.ABANDON ? undefined : true;
    if (type !== CancellationType.ABANDON && type !== CancellationType.TRY_CANCEL) return { asks };
    this.#resolved = true;
    return { asks, job: this.#canceled() };
  }

  /** The job for a start that was recorded, or has failed; null if the code no longer waits. */
  started(event: HistoryEvent): Job | null {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (started) {
      this.#startedEventId = Number(event.eventId);
      this.#runId = started.workflowExecution?.runId ?? '';
    }
    if (this.#resolved) return null;
    if (started) return this.#startJob({ succeeded: { runId: this.#runId } });
    this.#resolved = true;
    const { workflowId, workflowType } = this.start;
    const cause = event.startChildWorkflowExecutionFailedEventAttributes?.cause as number;
    return this.#startJob({ failed: { workflowId, workflowType, cause } });
  }

  /** The job for a closing event; null if the code no longer waits. */
  close(event: HistoryEvent): Job | null {
    if (this.#resolved) return null;
    this.#resolved = true;
    switch (event.eventType) {
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: {
        const result = event.childWorkflowExecutionCompletedEventAttributes?.result?.payloads?.[0];
        return this.#closeJob({ completed: { result: result ? ownPayload(result) : undefined } });
      }
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: {
        const { failure, retryState } = event.childWorkflowExecutionFailedEventAttributes ?? {};
        const cause = failure ? ownFailure(failure) : undefined;
        return this.#closeJob({
          failed: { failure: this.#failure('Child Workflow execution failed', cause, retryState) },
        });
      }
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT: {
        const { retryState } = event.childWorkflowExecutionTimedOutEventAttributes ?? {};
        const timeoutFailureInfo = { timeoutType: TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE };
        const cause: Failure = { message: 'Timed out', timeoutFailureInfo };
        return this.#closeJob({
          failed: { failure: this.#failure('Child Workflow execution timed out', cause, retryState) },
        });
      }
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: {
        const cause: Failure = { message: 'Terminated', terminatedFailureInfo: {} };
        return this.#closeJob({ failed: { failure: this.#failure('Child Workflow execution terminated', cause) } });
      }
      default:
        return this.#canceled();
    }
  }

  #canceled(): Job {
    const failure = this.#failure('Child Workflow execution cancelled', { canceledFailureInfo: {} });
    return this.#closeJob({ cancelled: { failure } });
  }

  #failure(
    message: string,
    cause: Failure | undefined,
    retryState: number | null | undefined = RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
  ): Failure {
    const { namespace, workflowId, workflowType } = this.start;
    return {
      message,
      cause,
      childWorkflowExecutionFailureInfo: {
        namespace,
        workflowExecution: { workflowId, runId: this.#runId },
        workflowType: { name: workflowType },
        initiatedEventId: Long.fromNumber(this.#initiatedEventId),
        startedEventId: Long.fromNumber(this.#startedEventId),
        retryState,
      },
    };
  }

  #startJob(status: Omit<coresdk.workflow_activation.IResolveChildWorkflowExecutionStart, 'seq'>): Job {
    return {
      variant: 'resolveChildWorkflowExecutionStart',
      resolveChildWorkflowExecutionStart: { seq: this.seq, ...status },
    };
  }
  #closeJob(result: coresdk.child_workflow.IChildWorkflowResult): Job {
    return { variant: 'resolveChildWorkflowExecution', resolveChildWorkflowExecution: { seq: this.seq, result } };
  }
}

function attributesOf(start: Start): temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes {
  return {
    namespace: start.namespace,
    workflowId: start.workflowId,
    workflowType: { name: start.workflowType },
    taskQueue: { name: start.taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
    input: start.input?.length ? { payloads: start.input } : null,
    workflowExecutionTimeout: reviveDuration(start.workflowExecutionTimeout),
    workflowRunTimeout: reviveDuration(start.workflowRunTimeout),
    workflowTaskTimeout: reviveDuration(start.workflowTaskTimeout),
    parentClosePolicy: start.parentClosePolicy as number | undefined,
    workflowIdReusePolicy: start.workflowIdReusePolicy,
    retryPolicy: reviveRetryPolicy(start.retryPolicy),
    cronSchedule: start.cronSchedule,
    header: { fields: start.headers },
    memo: start.memo && Object.keys(start.memo).length > 0 ? { fields: start.memo } : null,
    searchAttributes: start.searchAttributes,
    priority: start.priority,
  };
}
