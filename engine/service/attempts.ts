/**
 * Activity attempts that run in the embedded worker.
 *
 * Invariant: within one epoch an attempt runs once. Its outcome is kept until it is durable, or until the run no
 * longer needs it; a run that is read again meanwhile (its commit failed) gets the outcome again, not another start.
 * For a run that closed meanwhile it is recorded whether the effect happened, if the outcome proves it
 * (history/after-close.ts).
 */
import type { Clock } from '../clock';
import * as history from '../history';
import type { Transition } from '../history';
import type { RunKey } from '../run-name';
import type { LeasedStore, StoredRun } from '../store/port';
import type { temporal } from '../proto';
import { decodePayload } from '../flow/values/payload';
import { deniesEffect } from '../saga/outcome';
import type { ActivityOutcome, ActivityTask, ActivityWorker } from '../worker/port';

import type { EngineOptions } from './engine-options';
import { RETRY_MS } from './retry';
import type { Run } from './run';

type ApplicationFailureInfo = temporal.api.failure.v1.IApplicationFailureInfo;

export const WORKER_IDENTITY = 'backstitch-worker';

/** The parts of the engine that it needs. */
export interface AttemptsHost extends Clock {
  readonly holdsLease: boolean;
  readonly epoch: number;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  /** Open runs in memory. */
  readonly runs: ReadonlyMap<RunKey, Run>;
  load(stored: StoredRun): Promise<Run>;
  discard(run: Run, error: Error): void;
}

export class Attempts {
  readonly #running = new Set<string>();
  #whenEnded: (() => void)[] = [];

  constructor(
    private readonly engine: AttemptsHost,
    private readonly options: Pick<EngineOptions, 'activityWorker' | 'log'>
  ) {}

  dispatch(run: Run, scheduledEventId: number, attempt: number): void {
    const { state } = run;
    const activity = state.activities.get(scheduledEventId);
    const { epoch } = this.engine;
    const token = tokenOf(run.runKey, scheduledEventId, attempt, epoch);
    if (activity?.attempt !== attempt || activity.epoch !== epoch || this.#running.has(token)) return;
    this.#running.add(token);
    const task: ActivityTask = {
      token,
      namespace: state.namespace,
      workflowId: state.workflowId,
      runId: state.runId,
      workflowType: state.started.workflowType?.name ?? '',
      revision: activity.revision,
      activityId: activity.activityId,
      activityType: activity.activityType,
      taskQueue: activity.taskQueue,
      attempt,
      input: activity.input?.payloads ?? [],
      headers: activity.header?.fields ?? {},
      heartbeatDetails: activity.heartbeatDetails?.payloads ?? [],
      scheduledTimeMs: activity.scheduledTimeMs,
      currentAttemptScheduledTimeMs: activity.startedTimeMs,
      startedTimeMs: activity.startedTimeMs,
      scheduleToCloseTimeoutMs: activity.scheduleToCloseTimeoutMs,
      startToCloseTimeoutMs: activity.startToCloseTimeoutMs,
      heartbeatTimeoutMs: activity.heartbeatTimeoutMs,
    };
    const ref = { scheduledEventId, attempt };
    const { runKey } = run;
    this.options.activityWorker
      .run(task, (details) => this.#heartbeat(runKey, ref, details))
      .then((outcome) => this.#deliver(runKey, ref, epoch, outcome))
      .catch((error: unknown) =>
        this.options.log?.error({ err: error, token }, 'an activity attempt failed with an internal error')
      )
      .finally(() => {
        this.#running.delete(token);
        this.#tellEnded();
      });
  }

  /** Resolves when no attempt runs and every outcome is stored, at the latest after `withinMs`. */
  ended(withinMs: number): Promise<void> {
    if (this.#running.size === 0 || withinMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.engine.after(withinMs, resolve);
      this.#whenEnded.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #tellEnded(): void {
    if (this.#running.size === 0) for (const tell of this.#whenEnded.splice(0)) tell();
  }

  cancel(run: Run, scheduledEventId: number, attempt: number, reason: Parameters<ActivityWorker['cancel']>[1]): void {
    const token = tokenOf(run.runKey, scheduledEventId, attempt, this.engine.epoch);
    if (this.#running.has(token)) this.options.activityWorker.cancel(token, reason);
  }

  /** The lease is lost: attempts that still run here no longer belong to this engine. */
  dropAll(): void {
    for (const token of this.#running) this.options.activityWorker.cancel(token, 'WORKER_SHUTDOWN');
    this.#running.clear();
    this.#tellEnded();
  }

  #heartbeat(runKey: RunKey, ref: history.AttemptRef, details: ActivityTask['input']): void {
    const run = this.engine.runs.get(runKey);
    if (!run || run.dead) return;
    try {
      run.applyLazily(history.heartbeatActivity(run.state, ref, { payloads: details }, run.now()));
    } catch (error) {
      if (!(error instanceof history.RequestError)) this.engine.discard(run, error as Error);
    }
  }

  async #deliver(runKey: RunKey, ref: history.AttemptRef, epoch: number, outcome: ActivityOutcome): Promise<void> {
    for (;;) {
      const run = await this.#hot(runKey, epoch);
      if (!run) return;
      try {
        const transition = run.isOpen ? this.#answer(run, ref, outcome) : this.#late(run, ref, outcome);
        if (!transition) return;
        run.apply(transition);
      } catch (error) {
        // No longer the running attempt: timed out, or the run closed.
        if (!(error instanceof history.RequestError)) this.engine.discard(run, error as Error);
        return;
      }
      try {
        return await run.durable();
      } catch {
        // It is unknown whether it was stored; reading the run again shows it.
      }
    }
  }

  #answer(run: Run, ref: history.AttemptRef, outcome: ActivityOutcome): Transition {
    const { epoch } = this.engine;
    const { state } = run;
    const now = run.now();
    switch (outcome.kind) {
      case 'completed':
        return history.completeActivity(state, ref, { payloads: outcome.result }, WORKER_IDENTITY, epoch, now);
      case 'failed':
        return history.failActivity(state, ref, outcome.failure, WORKER_IDENTITY, epoch, now);
      case 'canceled':
        return history.cancelActivity(state, ref, { payloads: outcome.details }, WORKER_IDENTITY, epoch, now);
    }
  }

  /** What an answer after the close proves about the effect; null if it proves nothing. */
  #late(run: Run, { scheduledEventId, attempt }: history.AttemptRef, outcome: ActivityOutcome): Transition | null {
    const applied = outcome.kind === 'completed';
    if (!applied && !(outcome.kind === 'failed' && isDenial(outcome.failure))) return null;
    // A failure that denies the effect holds for earlier attempts, not for one that is still in flight.
    const prefix = `${run.runKey}/${scheduledEventId}/`;
    const own = tokenOf(run.runKey, scheduledEventId, attempt, this.engine.epoch);
    if (!applied && [...this.#running].some((token) => token.startsWith(prefix) && token !== own)) return null;
    const atMs = run.now();
    return history.answerLate(run.state, { scheduledEventId, applied, atMs }, atMs);
  }

  /** The run in memory; null once the lease has changed. A run with a running attempt is never parked. */
  async #hot(runKey: RunKey, epoch: number): Promise<Run | null> {
    const { engine } = this;
    for (;;) {
      if (!engine.holdsLease || engine.epoch !== epoch) return null;
      const hot = engine.runs.get(runKey);
      if (hot && !hot.dead) return hot;
      try {
        const stored = await engine.store.readRun(runKey);
        if (!stored) return null;
        const run = await engine.load(stored);
        if (!run.isOpen && !run.dead) return run;
      } catch {
        await new Promise<void>((resolve) => engine.after(RETRY_MS, resolve));
      }
    }
  }
}

/** Does a failure say that the effect did not happen? (saga/outcome.ts, O2) */
function isDenial({ applicationFailureInfo }: { applicationFailureInfo?: ApplicationFailureInfo | null }): boolean {
  const details = (applicationFailureInfo?.details?.payloads ?? []).map(decodePayload);
  return deniesEffect(applicationFailureInfo?.type, details);
}

function tokenOf(runKey: RunKey, scheduledEventId: number, attempt: number, epoch: number): string {
  return `${runKey}/${scheduledEventId}/${attempt}/${epoch}`;
}
