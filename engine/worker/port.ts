/**
 * The two ports between the service and the embedded worker.
 *
 * The service passes workflow tasks and activity tasks in Temporal's own terms (events, commands, payloads), and the
 * worker answers in the same terms. So a worker that polls over gRPC differs only in the transport.
 */
import type { temporal } from '../proto';
import type { RunKey } from '../run-name';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Command = temporal.api.command.v1.ICommand;
type Failure = temporal.api.failure.v1.IFailure;
type Payload = temporal.api.common.v1.IPayload;

export interface WorkflowTaskRun {
  runKey: RunKey;
  namespace: string;
  workflowId: string;
  runId: string;
  firstRunId: string;
  workflowType: string;
  taskQueue: string;
}

/** A workflow task for a cached or a replayed run. */
export interface WorkflowTask {
  run: WorkflowTaskRun;
  /** Starts at 1. Above 1 the previous attempt failed or timed out. */
  attempt: number;
  /** Event id of the last WorkflowTaskStarted whose task completed; 0 for the first task. */
  previousStartedEventId: number;
  /**
   * The revision that decided the last completed task; '' if that task named none. Before the first task: that of the run
   * which continued as this one, otherwise ''.
   */
  revision: string;
  /** Event id of this task's WorkflowTaskStarted. */
  startedEventId: number;
  /**
   * Events after the WorkflowTaskStarted of the previous completed task, up to and including the WorkflowTaskStarted
   * of this task.
   */
  newEvents: HistoryEvent[];
  /** All events from 1 up to and including this task's WorkflowTaskStarted. Called only if the run is not cached. */
  loadHistory(): Promise<HistoryEvent[]>;
  historySizeBytes: number;
  suggestContinueAsNew: boolean;
  /**
   * Update requests to deliver with this task. `acceptedEventId` is set if the update was accepted before (a later
   * attempt or a replay).
   */
  updates: { id: string; protocolInstanceId: string; request: temporal.api.update.v1.IRequest }[];
  /**
   * The queries of a task that has only queries are answered as after the last event of `loadHistory`, which may be an
   * earlier one: by an instance of its own, which is not kept.
   */
  isApart?: boolean;
  /** Queries to answer after the events. A task with queries only has no new events and writes nothing. */
  queries: { id: string; query: temporal.api.query.v1.IWorkflowQuery }[];
}

/** The content of RespondWorkflowTaskCompleted or RespondWorkflowTaskFailed. */
export type WorkflowTaskResult =
  | {
      kind: 'completed';
      /**
       * In order, the terminal command last. Acceptances and outcomes of updates are among the commands, as
       * PROTOCOL_MESSAGE.
       */
      commands: Command[];
      /** The protocol messages that those commands name (acceptance, rejection, response). */
      messages: temporal.api.protocol.v1.IMessage[];
      queryResults: Record<string, temporal.api.query.v1.IWorkflowQueryResult>;
      sdkMetadata: temporal.api.sdk.v1.IWorkflowTaskCompletedMetadata;
      /**
       * The revision of the version that ran, e.g. 'v3.0'; '' for hand-written workflows. Written to the worker
       * version of WorkflowTaskCompleted.
       */
      revision: string;
      /** The nodes that now wait for a signal without a timeout. No event shows them. */
      signalWaits?: readonly string[];
    }
  | {
      kind: 'failed';
      cause: temporal.api.enums.v1.WorkflowTaskFailedCause;
      failure: Failure;
      /** Present if the code and the history disagree. */
      nondeterminism?: { eventId: number; expected: string; actual: string };
    };

export interface WorkflowWorker {
  /** True for workflow types that a published version or the given bundle serves. */
  serves(workflowType: string): boolean;
  runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult>;
  /**
   * Removes the cached workflow of a run (the run closed, was parked or reset, or its commit failed). Has no effect
   * on runs that are not cached.
   */
  evict(runKey: RunKey): void;
  close(): Promise<void>;
}

/** One attempt of an activity. */
export interface ActivityTask {
  /** Opaque and unique per attempt; names run, scheduled event, attempt and epoch. */
  token: string;
  namespace: string;
  workflowId: string;
  runId: string;
  workflowType: string;
  /** The revision whose workflow task scheduled the activity; '' if that task named none. */
  revision: string;
  activityId: string;
  activityType: string;
  taskQueue: string;
  attempt: number;
  input: Payload[];
  headers: Record<string, Payload>;
  heartbeatDetails: Payload[];
  scheduledTimeMs: number;
  currentAttemptScheduledTimeMs: number;
  startedTimeMs: number;
  /** Milliseconds; 0 means none. */
  scheduleToCloseTimeoutMs: number;
  startToCloseTimeoutMs: number;
  heartbeatTimeoutMs: number;
}

export type ActivityOutcome =
  | { kind: 'completed'; result: Payload[] }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'canceled'; details: Payload[] };

export interface ActivityWorker {
  serves(activityType: string): boolean;
  /**
   * Runs one attempt to its end. Never rejects: an error becomes a failed outcome. `heartbeat` passes details to the
   * engine (the worker limits the calls to one per 80 % of the heartbeat timeout).
   */
  run(task: ActivityTask, heartbeat: (details: Payload[]) => void): Promise<ActivityOutcome>;
  /**
   * Aborts the signal of the attempt, because the workflow requested a cancellation, the attempt timed out, or the
   * run closed.
   */
  cancel(token: string, reason: 'CANCELLED' | 'TIMED_OUT' | 'WORKFLOW_CLOSED' | 'WORKER_SHUTDOWN'): void;
  close(): Promise<void>;
}
