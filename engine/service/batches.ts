/**
 * Batch operations: one request for many runs, which are named, or found by a filter of lists.
 *
 * - [BAT1] A batch is durable before it is answered, and goes on after a crash or a takeover. What was asked of a run is
 *   asked again by the same id (of the batch), so it takes effect once.
 *   Which runs are asked is durable before they are: afterwards some of them match no more, and count all the same.
 * - [BAT2] It acts on the runs that match when their turn comes, in the order of lists: the newest first. Runs that start
 *   after it are not among them.
 * - [BAT3] At most so many runs a second as it says, and 50.
 * - [BAT4] A run that is gone, or has closed, needs nothing more. Every other refusal is counted and does not end the batch.
 * - [BAT5] It can be stopped: what was asked until then stays asked.
 * - [BAT6] Who asks for a batch needs the right to what it does, for every run; each run is in the audit log.
 * - [BAT9] What became of each run is stored in the same write as the count of it: done, nothing to do, or refused with
 *   its words. At most 100,000 are kept, and after them 100,000 that were refused; in memory there are those of one chunk.
 *   They are removed 30 days after the batch has ended, when another one begins.
 */
import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import type { Caller } from '../permissions/caller';
import type { Operation } from '../permissions/permissions';
import { temporal } from '../proto';
import type { BatchOutcome, BatchResult, BatchResultsQuery, LeasedStore, ListQuery, StoredBatch } from '../store/port';
import type { Filter } from '../visibility/record';
import { asServiceError } from './errors';

export type BatchRequest = temporal.api.workflowservice.v1.IStartBatchOperationRequest;
export type Target = { workflowId: string; runId: string };

/** How far a batch is. Stored as JSON. */
export interface Progress {
  caller: Caller;
  /** Runs that match, as they were counted when it began. */
  total: number;
  done: number;
  failed: number;
  /** The last failures, at most MOST_FAILURES. */
  failures: (Target & { problem: string })[];
  /** Continue after this run of the list, or with this one of those that were named; null: it has not begun. */
  next: ListQuery['after'] | number;
  /**
   * Found by the query, and being asked now: not counted yet. Undefined in what was stored before there was this, and for
   * runs that are named.
   */
  asking?: Asking | null;
  stopped: { identity: string; reason: string } | null;
  /** What it does, if the request of a Temporal server has no field for it. */
  own?: OwnOperation;
}

/** What our batches do and those of a Temporal server do not. */
export type OwnOperation =
  | { kind: 'pause' | 'unpause'; identity: string }
  | {
      kind: 'resetToStep';
      identity: string;
      /** The node of the flow. */
      step: string;
      /** Messages that came after the point are not delivered again. */
      withoutSignals: boolean;
      withoutUpdates: boolean;
    };

interface Asking {
  targets: Target[];
  /** `next` when they have been asked. */
  next: Progress['next'];
}

export interface Batch {
  readonly namespace: string;
  readonly jobId: string;
  readonly startTime: number;
  closeTime: number | null;
  readonly request: BatchRequest;
  progress: Progress;
  /** [BAT9] Not stored yet. */
  unstored: BatchResult[];
}

/** What a batch does to one run, and what it needs for that. */
export interface BatchAction {
  method: string;
  operation: Operation;
  /** Null: all runs that match its query. */
  filter: Filter | null;
  perform(target: Target): Promise<unknown>;
}

export interface BatchesHost extends Clock {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
}

/** As a Temporal server (worker.batcherRPS). */
const MOST_PER_SECOND = 50;
const MOST_FAILURES = 100;
/** Runs between two writes of the progress. */
const LARGEST_CHUNK = 20;
const RETRY_MS = 5_000;
const MOST_RESULTS = 100_000;
const RESULTS_KEPT_MS = 30 * 24 * 60 * 60_000;

const { StartBatchOperationRequest } = temporal.api.workflowservice.v1;
const keyOf = ({ namespace, jobId }: { namespace: string; jobId: string }) => `${namespace}\0${jobId}`;

export class Batches {
  readonly #batches = new Map<string, Batch>();
  readonly #atWork = new Set<string>();

  constructor(
    private readonly engine: BatchesHost,
    private readonly options: { actionOf(batch: Batch): BatchAction; log?: Logger }
  ) {}

  /** The lease is ours: what was begun goes on. */
  async begin(): Promise<void> {
    const stored = await this.engine.store.readBatches();
    this.#batches.clear();
    for (const each of stored) {
      const batch = {
        ...each,
        request: StartBatchOperationRequest.decode(each.request),
        progress: each.progress as Progress,
        unstored: [],
      };
      this.#batches.set(keyOf(batch), batch);
      if (batch.closeTime === null) this.#carryOut(batch);
    }
  }

  find(namespace: string, jobId: string): Batch | undefined {
    return this.#batches.get(keyOf({ namespace, jobId }));
  }
  /** The newest first. */
  of(namespace: string): Batch[] {
    const own = [...this.#batches.values()].filter((batch) => batch.namespace === namespace);
    return own.sort((a, b) => b.startTime - a.startTime || (a.jobId < b.jobId ? -1 : 1));
  }

  /** Durable when it resolves. */
  async start(batch: Batch): Promise<void> {
    const key = keyOf(batch);
    // Others see it at once, so that there are never two.
    this.#batches.set(key, batch);
    try {
      await this.#write(batch);
    } catch (error) {
      this.#batches.delete(key);
      throw error;
    }
    this.#carryOut(batch);
    const { engine } = this;
    await engine.store.deleteBatchResults(engine.now() - RESULTS_KEPT_MS).catch((error: unknown) => {
      this.options.log?.warn({ err: error }, 'old results of batches cannot be removed now');
    });
  }

  /** What became of its runs, in the order in which they were asked. */
  results(batch: Batch, query: Pick<BatchResultsQuery, 'outcome' | 'after' | 'limit'>): Promise<BatchResult[]> {
    const { namespace, jobId } = batch;
    return this.engine.store.readBatchResults({ namespace, jobId, ...query });
  }

  /** Runs that it has not asked yet, in their order, from `from` on (undefined: the next ones), at most `limit`. */
  async waiting(batch: Batch, from: Progress['next'] | undefined, limit: number): Promise<Asking> {
    const { progress } = batch;
    if (batch.closeTime !== null && !progress.stopped) return { targets: [], next: progress.next };
    if (from !== undefined || !progress.asking)
      return this.#chunk(batch, this.options.actionOf(batch), limit, from === undefined ? progress.next : from);
    return progress.asking;
  }

  /** Durable when it resolves. */
  async stop(batch: Batch, stopped: Progress['stopped']): Promise<void> {
    batch.progress.stopped = stopped;
    batch.closeTime ??= this.engine.now();
    await this.#write(batch);
  }

  /** Of a namespace that is being deleted: they ask nothing more. Their rows are removed with that of the namespace. */
  drop(namespace: string): void {
    for (const batch of this.of(namespace)) this.#batches.delete(keyOf(batch));
  }

  async #write(batch: Batch): Promise<void> {
    const { request, progress, unstored, ...rest } = batch;
    const stored: StoredBatch = { ...rest, request: StartBatchOperationRequest.encode(request).finish(), progress };
    await this.engine.store.writeBatch(stored, unstored);
    batch.unstored = batch.unstored.filter((each) => !unstored.includes(each));
  }

  #carryOut(batch: Batch): void {
    const key = keyOf(batch);
    const { engine } = this;
    const lease = engine.store;
    const isOurs = () =>
      engine.holdsLease && engine.store === lease && !engine.isStopping && this.#batches.get(key) === batch;
    if (this.#atWork.has(key)) return;
    this.#atWork.add(key);
    this.#work(batch, isOurs)
      .catch((error: unknown) => {
        if (!isOurs()) return;
        this.options.log?.warn({ err: error, jobId: batch.jobId }, 'a batch cannot go on yet');
        engine.after(RETRY_MS, () => {
          if (isOurs() && batch.closeTime === null) this.#carryOut(batch);
        });
      })
      .finally(() => {
        this.#atWork.delete(key);
        // The lease was lost and is ours again.
        const current = engine.holdsLease ? this.#batches.get(key) : undefined;
        if (current && current !== batch && current.closeTime === null) this.#carryOut(current);
      });
  }

  async #work(batch: Batch, isOurs: () => boolean): Promise<void> {
    const action = this.options.actionOf(batch);
    const asked = batch.request.maxOperationsPerSecond ?? 0;
    const perSecond = asked > 0 ? Math.min(asked, MOST_PER_SECOND) : MOST_PER_SECOND;
    const size = Math.max(1, Math.min(LARGEST_CHUNK, Math.floor(perSecond)));
    while (isOurs() && batch.closeTime === null) {
      const { targets, next } = batch.progress.asking ?? (await this.#chunk(batch, action, size, batch.progress.next));
      if (!isOurs() || isStopped(batch)) return;
      if (!isNamed(batch) && targets.length > 0 && !batch.progress.asking) {
        batch.progress = { ...batch.progress, asking: { targets, next } };
        await this.#write(batch);
        if (!isOurs() || isStopped(batch)) return;
      }
      if (targets.length === 0) batch.closeTime = this.engine.now();
      else {
        const answers = await Promise.all(targets.map((target) => this.#ask(batch, action, target)));
        // Whether they were carried out is not known: the next engine asks again.
        if (!isOurs()) return;
        this.#count(batch, next, answers);
      }
      await this.#write(batch);
      if (targets.length > 0)
        await new Promise<void>((resolve) => this.engine.after((1_000 * targets.length) / perSecond, resolve));
    }
  }

  /** [BAT9] */
  #count(batch: Batch, next: Progress['next'], answers: readonly (Target & Answer)[]): void {
    const { progress } = batch;
    const at = this.engine.now();
    const asked = progress.done + progress.failed;
    const refused = answers.filter(({ outcome }) => outcome === 'refused');
    const results = answers.map((answer, index): BatchResult => ({ number: asked + index, ...answer, at }));
    const isKept = ({ number, outcome }: BatchResult) =>
      number < MOST_RESULTS || (outcome === 'refused' && progress.failed < MOST_RESULTS);
    batch.unstored = [...batch.unstored, ...results.filter(isKept)];
    const failures = refused.map(({ workflowId, runId, problem }) => ({ workflowId, runId, problem: problem ?? '' }));
    batch.progress = {
      ...progress,
      next,
      asking: null,
      done: progress.done + answers.length - refused.length,
      failed: progress.failed + refused.length,
      failures: [...progress.failures, ...failures].slice(-MOST_FAILURES),
    };
  }

  async #chunk(
    { namespace, request }: Batch,
    { filter }: BatchAction,
    size: number,
    next: Progress['next']
  ): Promise<Asking> {
    const named = request.executions ?? [];
    if (named.length > 0) {
      const from = Number(next ?? 0);
      const chosen = named.slice(from, from + size);
      const targets = chosen.map(({ workflowId, runId }) => ({ workflowId: workflowId ?? '', runId: runId ?? '' }));
      return { targets, next: from + targets.length };
    }
    const after = next as ListQuery['after'];
    const records = await this.engine.store.list({ namespace, filter, limit: size, after });
    const last = records.at(-1);
    const targets = records.map(({ workflowId, runId }) => ({ workflowId, runId }));
    return { targets, next: last ? { startTime: last.startTime, runKey: last.runKey } : after };
  }

  async #ask(
    { namespace, jobId, progress: { caller } }: Batch,
    action: BatchAction,
    target: Target
  ): Promise<Target & Answer> {
    const { method, operation, perform } = action;
    const problem = await perform(target).then(
      () => null,
      (error: unknown) => {
        const failure = asServiceError(error);
        // What the store does not take now is asked again.
        if (failure.code === status.UNAVAILABLE) throw failure;
        return failure;
      }
    );
    const isRefused = problem !== null && problem.code !== status.NOT_FOUND;
    const outcome = isRefused ? (status[problem.code] ?? 'error') : 'ok';
    const about = { audit: true, who: caller.name, method, operation, namespace, ...target, jobId, outcome };
    this.options.log?.info(about, isRefused ? 'refused change' : 'change');
    if (!problem) return { ...target, outcome: 'done', problem: null };
    return { ...target, outcome: isRefused ? 'refused' : 'nothing', problem: problem.message };
  }
}

interface Answer {
  outcome: BatchOutcome;
  /** In words; null if it was carried out. */
  problem: string | null;
}

/** Its runs are named, not found. */
const isNamed = ({ request }: Batch): boolean => (request.executions?.length ?? 0) > 0;
const isStopped = (batch: Batch): boolean => batch.closeTime !== null;
