/**
 * Counts the effects that closed runs left behind: runs that were closed without running their code (terminated,
 * timed out, replaced by another, or ended by a limit), that completed although a step had failed, or about which
 * something became known after the close.
 *
 * The closing commit, or a later commit with new information, marks such a run as 'counting' and leaves its wake_at
 * in the past. This module counts it, and a second commit stores the result. Until then the scan for due runs finds
 * the run again, also after a crash or a takeover. Counting twice gives the same result. A count that fails is
 * retried for ever, because an effect that is never listed is worse than a late one.
 */
import type { Logger } from 'pino';
import pLimit from 'p-limit';
import type { Clock } from '../clock';
import * as history from '../history';
import type { HistoryEvent } from '../history';
import { STATUS, type RunKey } from '../run-name';
import type { LeasedStore, StoredRun } from '../store/port';
import type { Run } from './run';

/** Counts the effects that a closed run left behind, with the manifests of the published versions. */
export interface EffectCounter {
  /** True if it can count runs of this workflow type. */
  knows(workflowType: string): boolean;
  count(
    workflowType: string,
    events: readonly HistoryEvent[],
    afterClose: history.AfterClose | null,
    /** The effects that belong to another run now are not counted; null: all of them are its own. */
    passedOn: history.PassedOn | null
  ): Promise<{ phase: 'unwound' | 'left-standing' | null; standing: number }>;
}

export interface EffectCountsHost extends Clock {
  readonly holdsLease: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  load(stored: StoredRun): Promise<Run>;
  readEvents(runKey: RunKey, from: number, to: number): Promise<HistoryEvent[]>;
}

/** Each holds a whole history. */
const AT_ONCE = 2;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class EffectCounts {
  /** Runs that are being counted, or wait to be. */
  readonly underWay = new Set<RunKey>();
  /** Of those, the ones of which something became known meanwhile: they are counted once more. */
  readonly #again = new Set<RunKey>();
  readonly #turn = pLimit(AT_ONCE);

  constructor(
    private readonly engine: EffectCountsHost,
    private readonly options: { effectCounter?: EffectCounter; log?: Logger }
  ) {}

  begin(run: Run): void {
    if (this.underWay.has(run.runKey)) {
      this.#again.add(run.runKey);
      return;
    }
    this.underWay.add(run.runKey);
    this.#attempt(run, this.engine.store, FIRST_PAUSE_MS);
  }

  /** The lease is gone: whoever has it next finds these runs by their wake_at. */
  dropAll(): void {
    this.underWay.clear();
    this.#again.clear();
    this.#turn.clearQueue();
  }

  #attempt(run: Run, lease: LeasedStore, pauseMs: number): void {
    const isOurs = () => this.engine.holdsLease && this.engine.store === lease;
    this.#turn(async () => this.#count(run.dead ? await this.#read(run.runKey) : run, isOurs)).then(
      () => {
        if (!isOurs()) return;
        this.underWay.delete(run.runKey);
        if (this.#again.delete(run.runKey)) this.begin(run);
      },
      (error: unknown) => {
        if (!isOurs()) return;
        const { workflowId, runId } = run.state;
        this.options.log?.warn(
          { err: error, workflowId, runId },
          'what a closed run left behind cannot be counted yet'
        );
        this.engine.after(pauseMs, () => {
          if (isOurs()) this.#attempt(run, lease, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
        });
      }
    );
  }

  /** Its commit failed: what is stored counts, not what is in memory. */
  async #read(runKey: RunKey): Promise<Run | null> {
    const stored = await this.engine.store.readRun(runKey);
    return stored && this.engine.load(stored);
  }

  async #count(run: Run | null, isOurs: () => boolean): Promise<void> {
    if (!run) return;
    const { state } = run;
    const workflowType = state.started.workflowType?.name ?? '';
    const { effectCounter } = this.options;
    // It cannot be counted, so the values that the workflow wrote remain.
    let counted: history.LeftBehind | null = null;
    // A run that failed by its code has reported what remains; the migration engine_attention asks for its row only.
    const isReported = state.status === STATUS.failed && state.leftBehind === null;
    if (!isReported && effectCounter?.knows(workflowType)) {
      const events = await this.engine.readEvents(run.runKey, 1, state.nextEventId);
      counted = {
        state: 'counted',
        ...(await effectCounter.count(workflowType, events, state.afterClose, history.passedOnOf(state))),
      };
    }
    if (!isOurs()) return;
    run.apply(history.settleCount(state, counted, run.now()));
    await run.durable();
  }
}
