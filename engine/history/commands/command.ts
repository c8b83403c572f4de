/**
 * The definition of one kind of command. Each kind has a file of its own in this folder; `table.ts` collects them.
 *
 * - `check` decides whether the command may be performed. It throws the failure of the workflow task, and changes
 *   only the notes of `Checking`, so that a refused completion does not change the run.
 * - `perform` writes the command's events.
 * - `events` says, for each event type that the command causes, what the event changes in the state (`apply`, also
 *   used for a rebuild) and what it must refer to (`references`, used by history/check). The two have no code in
 *   common, on purpose.
 */
import type Long from 'long';
import { type temporal } from '../../proto';
import { RequestError, type Command, type HistoryEvent, type RunState } from '../api';
import type { Decision } from '../decision';
import type { ReferenceBook } from '../reference-book';
import type { UpdateAnswer } from '../update';

export type TaskFailedCause = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** The state, and what the commands before this one of the same completion will have changed in it. */
export interface Checking {
  readonly state: RunState;
  /** Messages of the completion by id. */
  readonly answers: ReadonlyMap<string, UpdateAnswer>;
  /** Activities that were scheduled. */
  readonly activityIds: Set<string>;
  /** Scheduled event ids of the activities whose cancellation was requested. */
  readonly cancelRequests: Set<number>;
  /** Timers that were started (true) or canceled (false). */
  readonly timers: Map<string, boolean>;
  pendingTimers: number;
  /** Workflow ids of the children that the commands before this one start. */
  readonly childIds: Set<string>;
  /** Messages to other runs that the commands before this one ask for, by kind. */
  readonly newMessages: Record<'signal' | 'cancel' | 'child', number>;
  /** Firings that a CancelTimer took back out of the buffer. They no longer count as unseen. */
  firingsTakenBack: number;
  /** Messages that were named. */
  readonly messages: Set<string>;
}

export interface Performing {
  readonly decision: Decision;
  readonly workflowTaskCompletedEventId: Long;
  /** Event id of the task's WorkflowTaskScheduled. */
  readonly taskScheduledEventId: number;
  /** Of the worker. */
  readonly identity: string;
  /** Messages that no command has named yet. */
  readonly answers: Map<string, UpdateAnswer>;
}

export interface CommandEvent {
  apply(state: RunState, event: HistoryEvent): void;
  /** The WorkflowTaskCompleted that the event names; null for the events of updates, which name none. */
  completedBy: ((event: HistoryEvent) => Long | null | undefined) | null;
  /** Rules H6 to H8. The field is absent where the event refers to nothing but its workflow task. */
  references?(book: ReferenceBook, event: HistoryEvent, eventId: number): void;
}

export interface CommandKind {
  check(checking: Checking, command: Command): void;
  perform(performing: Performing, command: Command): void;
  /** By event type. */
  events: Readonly<Record<number, CommandEvent>>;
  /** The command closes the run: it is the last one, and all messages are answered before it. */
  closes?: true;
}

/** The workflow task that sent the command fails with this cause, and nothing of it is written. */
export function reject(cause: TaskFailedCause, message: string): never {
  throw new RequestError('INVALID_ARGUMENT', message, { cause });
}

export function requirePayload(state: RunState, bytes: number, cause: TaskFailedCause, what: string): void {
  const limit = state.rules.limits.maxPayloadBytes;
  if (bytes > limit) reject(cause, `limit maxPayloadBytes: ${what} have ${bytes} bytes, at most ${limit} are allowed`);
}
