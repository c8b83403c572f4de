/**
 * The store port: what the engine requires of durable storage. There are two implementations (postgres, memory) and
 * one contract suite.
 *
 * Invariants that every implementation keeps:
 * - There is one writer. `acquire` takes over the lease: it commits epoch + 1, and only then allows any read. Every
 *   commit proves its epoch in the same statement that writes (design D5). A commit of an older epoch writes nothing
 *   and throws `FencedError`.
 * - A commit is atomic over all its runs. It throws `ConflictError` if the next event id of a run is not the expected
 *   one.
 * - `wakeAt` is a durable lower bound of the time when the run needs the engine, and not its next deadline.
 *
 * Never add: decisions about events. The store only stores and returns bytes.
 */
import type { ClockReading } from '../clock';
import type { RunAddress, RunKey, RunStatus, TimestampMs } from '../run-name';
import type { ChangePosition, RunChange, StoredChange } from '../visibility/change';
import type { Filter, SearchAttributeValue, VisibilityRecord } from '../visibility/record';

/** A row of the execution table: enough to find a run and to rebuild its mutable state from history. */
export interface StoredRun extends RunAddress {
  runKey: RunKey;
  firstRunId: string;
  nextEventId: number;
  status: RunStatus;
  wakeAt: TimestampMs | null;
  /**
   * Mutable state that is not in the history (attempts, buffered events, request ids …), encoded by engine/history.
   */
  side: Uint8Array;
}

/** One encoded `temporal.api.history.v1.History`: the events written by one commit of one run. */
export interface HistoryBatch {
  firstEventId: number;
  events: Uint8Array;
}

/** One run's share of a commit. */
export interface RunCommit {
  runKey: RunKey;
  /** Next event id before this commit; 1 when the run is created here. */
  expectedNextEventId: number;
  nextEventId: number;
  /** Zero or more batches, contiguous from expectedNextEventId to nextEventId. */
  history: HistoryBatch[];
  status: RunStatus;
  side: Uint8Array;
  /** undefined does not change the stored value, so that hot updates stay HOT. */
  wakeAt?: TimestampMs | null;
  /** Present if this commit creates the run. */
  create?: RunCreation;
  /** Present if the visibility record changes. */
  visibility?: VisibilityRecord;
  /** Present if other systems may hear of this commit. */
  change?: RunChange;
}

export interface RunCreation extends RunAddress {
  firstRunId: string;
  /**
   * The run that the caller saw as the current one of this workflow id; null for none. The commit fails with
   * `CurrentRunConflictError` if another run has become the current one. A commit that creates a run makes it the
   * current one.
   */
  expectedCurrentRunId: string | null;
}

export interface NamespaceRecord {
  name: string;
  id: string;
  description: string;
  ownerEmail: string;
  /** As whoever registered it gave them. */
  data: Record<string, string>;
  retentionDays: number;
  /** False: the period was never set to be enforced, and runs are kept for ever. */
  retentionEnforced: boolean;
  /** No run is started by request. */
  isDeprecated: boolean;
  /** Null unless it is being deleted: when nothing of it is left, and this time has come, its record is removed too. */
  removeAt: TimestampMs | null;
  /** Registered search attributes beyond the system's own: name → Temporal IndexedValueType number. */
  searchAttributes: Record<string, number>;
}

export interface ScheduleAddress {
  namespace: string;
  scheduleId: string;
}

export interface StoredSchedule extends ScheduleAddress {
  /** Encoded by the service (stored-schedule.ts). */
  state: Uint8Array;
}

/** A batch operation (service/batches.ts). */
export interface StoredBatch {
  namespace: string;
  jobId: string;
  startTime: TimestampMs;
  /** Null while it is carried out. */
  closeTime: TimestampMs | null;
  /** Encoded `temporal.api.workflowservice.v1.StartBatchOperationRequest`. */
  request: Uint8Array;
  /** JSON, of the service. */
  progress: object;
}

/** What became of one run of a batch. 'nothing': it has closed or is gone, or there was nothing to do. */
export const BATCH_OUTCOMES = ['done', 'nothing', 'refused'] as const;
export type BatchOutcome = (typeof BATCH_OUTCOMES)[number];
export interface BatchResult {
  /** From 0, in the order in which the runs were asked. */
  number: number;
  workflowId: string;
  runId: string;
  outcome: BatchOutcome;
  /** Why it was refused, or why there was nothing to do. */
  problem: string | null;
  at: TimestampMs;
}
export interface BatchResultsQuery {
  namespace: string;
  jobId: string;
  /** Null: all. */
  outcome: BatchOutcome | null;
  /** Those of higher numbers, in their order; -1: from the first one. */
  after: number;
  limit: number;
}

export interface EngineTime extends ClockReading {
  /** The latest time that a run had. It is after `nowMs` once the clock was set back. */
  latestMs: TimestampMs;
}

export interface ListQuery {
  namespace: string;
  filter: Filter | null;
  /** The maximum number of runs to return. Order: newest start first, then the highest run key. */
  limit: number;
  /** Continue after this record. */
  after: { startTime: TimestampMs; runKey: RunKey } | null;
}

/** Closed runs of one type in the order of their close. */
export interface ClosedQuery {
  namespace: string;
  workflowType: string;
  /** Closed at this time or earlier. */
  untilMs: TimestampMs;
  limit: number;
  /** Continue after this record. */
  after: { closeTime: TimestampMs; runKey: RunKey } | null;
}

export interface ChangeQuery {
  namespace: string;
  after: ChangePosition;
  /** Of changes that are looked at, in all namespaces. */
  limit: number;
}

export interface ChangePage {
  changes: StoredChange[];
  /** Continue after this position: everything up to it was looked at. */
  through: ChangePosition;
  /** There are no more now. */
  isEnd: boolean;
  /** Changes up to this position were removed, because they were old; null: none yet. */
  removed: ChangePosition | null;
}

export const MOST_ATTENTION = 500;

export interface AttentionQuery {
  namespace: string;
  /** Failed runs that closed before are left out. What remains of others is listed whenever they closed. */
  closedSinceMs: TimestampMs;
}

/**
 * Why runs need attention. `failed`, `retries`: a step fails (service/attention.ts). `stuck`: workflow tasks keep failing.
 * `asks`: a saga waits for a decision. `remains`: the run has closed, and effects of it remain or may remain.
 */
export type AttentionKind = 'failed' | 'retries' | 'stuck' | 'asks' | 'remains';

/** Runs of one workflow type that need attention for one reason. */
export interface AttentionGroup {
  workflowType: string;
  kind: AttentionKind;
  /** '-' where none is known. */
  step: string;
  /** '' for `asks` and `remains`. */
  error: string;
  count: number;
  /** The earliest and the latest: when they closed, or since when a step is retried, else when they started. */
  firstMs: TimestampMs;
  lastMs: TimestampMs;
  /** The latest run. */
  workflowId: string;
  runId: string;
  /** What its error says; '' if that is not listed. */
  text: string;
}

/** Steps of a workflow type that ended within a minute and took about as long (engine/step-bounds.ts). */
export interface StepTimeRow {
  namespace: string;
  /** Its begin. */
  minute: TimestampMs;
  workflowType: string;
  /** The id of the node. */
  step: string;
  bucket: number;
  count: number;
}

/** At most; more of them are no answer (StoreTooSlowError). */
export const MOST_ENDED_CELLS = 50_000;
export interface EndedQuery {
  namespace: string;
  /** Closed runs that no other run of their chain follows, or steps that ended. */
  of: 'runs' | 'steps';
  sinceMs: TimestampMs;
  /** The length of a cell, for steps whole minutes. 0: one cell for each type and step. */
  perMs: number;
  /** For steps one of the bounds (engine/step-bounds.ts). */
  slowerThanMs: number;
}
/** What ended of one type, or of one step, within one cell of time. */
export interface EndedCell {
  workflowType: string;
  /** '' for runs. */
  step: string;
  /** Its begin, a multiple of its length; 0 for the only one. */
  atMs: TimestampMs;
  ended: number;
  /** Runs that failed or timed out; 0 for steps. */
  failed: number;
  slower: number;
}

/** What an open run does; the first one that applies. `waiting`: for a person's approval, or longer for a time. */
export const OPEN_STATES = ['needs_person', 'paused', 'unwinding', 'retrying', 'waiting', 'running'] as const;
export type OpenState = (typeof OPEN_STATES)[number];

/** Of all namespaces. */
export interface RunCounts {
  open: Record<OpenState, number>;
  /** Closed runs of which effects remain or may remain, and how many effects these are. */
  remaining: { runs: number; effects: number };
}

export interface Store {
  /** Takes the writer's lease from its holder. */
  acquire(holder: string): Promise<LeasedStore>;
  close(): Promise<void>;
}

export interface WaitingEngine {
  /** As in `acquire`. */
  holder: string;
  since: TimestampMs;
}

export interface LeasedStore {
  readonly epoch: number;
  /**
   * Resolves when this holder has lost the lease (the liveness lock is gone, or a commit was fenced). Nothing may be
   * acknowledged after that.
   */
  readonly lost: Promise<Error>;
  /**
   * Resolves if the lease still belongs to this holder, according to the database now. Throws FencedError,
   * StoreUnavailableError.
   */
  prove(): Promise<void>;
  /** Highest run key that was ever in use, also of a run that was deleted; 0 for none. */
  maxRunKey(): Promise<RunKey>;

  /**
   * Writes all of it or nothing. Throws FencedError, ConflictError, CurrentRunConflictError, StoreUnavailableError,
   * StoreRejectedError.
   */
  commit(runs: readonly RunCommit[]): Promise<void>;

  /**
   * Removes a run with its history and its visibility record; if it is the current run of its workflow id, there is
   * none afterwards. All of it or nothing, so there is never a run without its history, or a history without its run.
   * Does nothing for a run that does not exist. Throws FencedError, StoreUnavailableError.
   */
  deleteRun(runKey: RunKey): Promise<void>;

  /** Finds a run by its run id, or the current run of the workflow id if `runId` is empty. */
  findRun(namespace: string, workflowId: string, runId: string): Promise<StoredRun | null>;
  readRun(runKey: RunKey): Promise<StoredRun | null>;
  /** Batches that hold events of [fromEventId, toEventId), in order. */
  readHistory(runKey: RunKey, fromEventId: number, toEventId: number): Promise<HistoryBatch[]>;
  /** Runs with wake_at <= horizon, earliest first, whose key is not in `except`. */
  due(horizon: TimestampMs, limit: number, except: ReadonlySet<RunKey>): Promise<StoredRun[]>;
  /** The earliest wake_at after the horizon, which is the time for the next scan; null for none. */
  nextWake(horizon: TimestampMs): Promise<TimestampMs | null>;

  /**
   * Makes ranges of these search attributes (IndexedValueType numbers) quick to find. Lists find the same before, only
   * slower. With many runs it takes minutes; those that are there already take nothing. A new lease begins again.
   */
  indexAttributes(attributes: readonly (readonly [name: string, indexedType: number])[]): Promise<void>;

  list(query: ListQuery): Promise<VisibilityRecord[]>;
  closed(query: ClosedQuery): Promise<VisibilityRecord[]>;
  /** The types of which closed runs are stored, with the earliest close of each. It costs as much as there are types. */
  closedTypes(namespace: string): Promise<{ workflowType: string; firstClose: TimestampMs }[]>;
  /** Without `groupBy` one group with an empty key. */
  count(
    namespace: string,
    filter: Filter | null,
    groupBy: string | null
  ): Promise<{ key: SearchAttributeValue[]; count: number }[]>;

  /** The engines that wait for this lease: one of them takes over when this one is gone. The longest first. */
  waiting(): Promise<WaitingEngine[]>;

  /**
   * Reads every open run, so it takes as long as there are many of them; closed runs of which nothing remains cost nothing.
   * It takes no connection from other reads.
   */
  countRuns(): Promise<RunCounts>;

  /** The most frequent ones of each kind first, at most MOST_ATTENTION. From one moment. */
  attention(query: AttentionQuery): Promise<AttentionGroup[]>;

  /** Adds to the counts that are stored. Throws FencedError. */
  addStepTimes(rows: readonly StepTimeRow[]): Promise<void>;
  removeStepTimes(before: TimestampMs): Promise<void>;
  /** In the order of time. Reads what ended since then, so its cost is that. */
  countEnded(query: EndedQuery): Promise<EndedCell[]>;

  /**
   * The log of changes, in the order of positions. A change that is not in an answer although its position is at or
   * before `through` never comes: a commit in flight holds the answer back before its own changes.
   */
  changes(query: ChangeQuery): Promise<ChangePage>;
  /**
   * Where the changes since this time begin: after this position come all of them, and those of a moment before may come
   * too. Null: the end, after which changes come that are written from now on.
   */
  changesSince(time: TimestampMs | null): Promise<ChangePosition>;
  /** Removes the changes of the oldest commits, if they are before this time. Resolves to the number of commits, at most `limit`. Throws FencedError. */
  removeChanges(before: TimestampMs, limit: number): Promise<number>;

  /** What the last engine knew of time; null for nothing. `writeTime` of an earlier holder has no effect. */
  readTime(): Promise<EngineTime | null>;
  writeTime(time: EngineTime): Promise<void>;

  readNamespaces(): Promise<NamespaceRecord[]>;
  writeNamespace(record: NamespaceRecord): Promise<void>;
  /** Removes the record, and its batches with their results. Does nothing if there is none. Throws FencedError, StoreUnavailableError. */
  deleteNamespace(name: string): Promise<void>;

  /** All, or the one of this address; in no order. */
  readSchedules(only?: ScheduleAddress): Promise<StoredSchedule[]>;
  /** Creates it, or replaces its state. Throws FencedError, StoreUnavailableError, StoreRejectedError. */
  writeSchedule(schedule: StoredSchedule): Promise<void>;
  /** Does nothing if there is none. Throws FencedError, StoreUnavailableError. */
  deleteSchedule(address: ScheduleAddress): Promise<void>;

  /** Those of all namespaces, open or not, the newest first. */
  readBatches(): Promise<StoredBatch[]>;
  /** Throws FencedError. With the batch, `results`: those that are stored already (by their number) stay. */
  writeBatch(batch: StoredBatch, results?: readonly BatchResult[]): Promise<void>;
  readBatchResults(query: BatchResultsQuery): Promise<BatchResult[]>;
  /** Removes the results, not the batches, of those that closed before. Throws FencedError. */
  deleteBatchResults(closedBefore: TimestampMs): Promise<void>;

  /** Closes the connections. The liveness lock is released, and the epoch does not change. */
  release(): Promise<void>;
}

/** The epoch is no longer the current one, because another engine took over. Final for this process. */
export class FencedError extends Error {
  override name = 'FencedError';
}
/** The next event id of a run was not the expected one. The server reported it, and nothing was written. */
export class ConflictError extends Error {
  override name = 'ConflictError';
  constructor(readonly runKeys: RunKey[]) {
    super(`unexpected next event id of runs ${runKeys.join(', ')}`);
  }
}
/** Another run became the current one of the workflow id. Nothing was written. */
export class CurrentRunConflictError extends Error {
  override name = 'CurrentRunConflictError';
  constructor(readonly workflowIds: string[]) {
    super(`another run is current for ${workflowIds.join(', ')}`);
  }
}
/**
 * The server answered with an error (too large, constraint …). Nothing was written, and the batch may be bisected.
 */
export class StoreRejectedError extends Error {
  override name = 'StoreRejectedError';
}
/** A list or a count needs more time than it may have. */
export class StoreTooSlowError extends Error {
  override name = 'StoreTooSlowError';
}
/** The run could not say what is to be written: a fault in the engine, with the error as its cause. Nothing was written. */
export class UnmadeCommitError extends Error {
  override name = 'UnmadeCommitError';
}
/**
 * The database cannot be reached, or has no room. Whether the commit is durable is unknown: discard the runs' memory
 * and reload.
 */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
  /** SQLSTATE with which the server refused, so that nothing was written; null if that is unknown. */
  readonly refusedWith: string | null;
  constructor(message: string, options?: ErrorOptions & { refusedWith?: string }) {
    super(message, options);
    this.refusedWith = options?.refusedWith ?? null;
  }
}
