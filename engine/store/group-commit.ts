/**
 * Group commit (design D5): all runs that became ready during the last commit are written by the next one. A run only
 * reports that it has something to commit; its data is taken when a lane is free. So a run that changed several times
 * meanwhile is encoded once.
 *
 * Invariants:
 * - A run is on at most one lane at a time, so its commits are in order.
 * - A commit is never repeated. A batch is bisected only if the server refused it, because then nothing of it was
 *   written. If the outcome of a batch is unknown, every run of it is failed and must reload.
 * - After a fence nothing is written any more.
 * - A run that cannot say what is to be written fails alone: whatever is wrong with it, the others go on.
 */
import { ConflictError, CurrentRunConflictError, FencedError, StoreRejectedError, UnmadeCommitError } from './port';
import type { RunKey } from '../run-name';
import type { LeasedStore, RunCommit } from './port';

export interface CommitSource {
  runKey: RunKey;
  /**
   * Takes the data of this run for the commit that is about to be written: nothing, one share, or several that belong
   * together (a run that closes and the next run of its chain). These are durable together or not at all.
   */
  takeCommit(): RunCommit[];
  /** The data that was taken last is durable. */
  committed(): void;
  /** The data that was taken last is not durable, or this is unknown. Discard the run's memory. */
  failed(error: Error): void;
}

export interface GroupCommitOptions {
  /** The maximum number of connections that commit at the same time. */
  lanes: number;
  maxRunsPerCommit: number;
  /**
   * Up to this number of waiting runs only one lane is used, because a second lane would only make the batches
   * smaller.
   */
  openLaneAt: number;
}

const defaults: GroupCommitOptions = { lanes: 2, maxRunsPerCommit: 500, openLaneAt: 32 };

interface Share {
  source: CommitSource;
  commits: RunCommit[];
}

export class GroupCommitter {
  readonly stats = { commits: 0, runs: 0, failedRuns: 0 };
  readonly #options: GroupCommitOptions;
  readonly #waiting = new Map<RunKey, CommitSource>();
  readonly #inFlight = new Set<RunKey>();
  #lanesBusy = 0;
  #scheduled = false;
  #fenced: Error | null = null;
  #drained: (() => void)[] = [];

  constructor(
    private readonly store: Pick<LeasedStore, 'commit'>,
    options: Partial<GroupCommitOptions> = {}
  ) {
    this.#options = { ...defaults, ...options };
  }

  /** The run has something to commit. A call is cheap, and may be repeated before the commit. */
  dirty(source: CommitSource): void {
    this.#waiting.set(source.runKey, source);
    this.#schedule();
  }

  /** Resolves when no run waits and no commit is in flight. */
  drained(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #isIdle(): boolean {
    return this.#waiting.size === 0 && this.#lanesBusy === 0;
  }

  /**
   * The flush is delayed, because everything that becomes ready in this turn of the event loop belongs to one commit.
   */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#lanesBusy < this.#options.lanes) {
      if (this.#lanesBusy > 0 && this.#waiting.size < this.#options.openLaneAt) break;
      const shares = this.#collect();
      if (shares.length === 0) break;
      this.#lanesBusy++;
      void this.#write(shares).finally(() => {
        this.#lanesBusy--;
        this.#schedule();
      });
    }
    if (this.#isIdle()) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #collect(): Share[] {
    const shares: Share[] = [];
    for (const [runKey, source] of this.#waiting) {
      if (this.#inFlight.has(runKey)) continue;
      this.#waiting.delete(runKey);
      const commits = this.#commitsOf(source);
      if (commits.length === 0) continue;
      this.#inFlight.add(runKey);
      shares.push({ source, commits });
      if (shares.length >= this.#options.maxRunsPerCommit) break;
    }
    return shares;
  }

  #commitsOf(source: CommitSource): RunCommit[] {
    try {
      return source.takeCommit();
    } catch (cause) {
      this.stats.failedRuns++;
      source.failed(new UnmadeCommitError('The run cannot say what is to be written.', { cause }));
      return [];
    }
  }

  async #write(shares: Share[]): Promise<void> {
    if (this.#fenced) return this.#fail(shares, this.#fenced);
    this.stats.commits++;
    this.stats.runs += shares.length;
    try {
      await this.store.commit(shares.flatMap((share) => share.commits));
    } catch (error) {
      return this.#writeFailed(shares, error as Error);
    }
    for (const { source } of shares) {
      this.#inFlight.delete(source.runKey);
      source.committed();
    }
  }

  async #writeFailed(shares: Share[], error: Error): Promise<void> {
    if (error instanceof FencedError) this.#fenced = error;
    const refused =
      error instanceof StoreRejectedError || error instanceof ConflictError || error instanceof CurrentRunConflictError;
    if (!refused || shares.length === 1) return this.#fail(shares, error);

    const named = shares.filter((share) => share.commits.some((commit) => isNamed(error, commit)));
    if (named.length > 0 && named.length < shares.length) {
      this.#fail(named, error);
      return this.#write(shares.filter((share) => !named.includes(share)));
    }
    const middle = shares.length >> 1;
    await this.#write(shares.slice(0, middle));
    await this.#write(shares.slice(middle));
  }

  #fail(shares: Share[], error: Error): void {
    this.stats.failedRuns += shares.length;
    for (const { source } of shares) {
      this.#inFlight.delete(source.runKey);
      source.failed(error);
    }
  }
}

function isNamed(error: Error, commit: RunCommit): boolean {
  if (error instanceof ConflictError) return error.runKeys.includes(commit.runKey);
  if (error instanceof CurrentRunConflictError) {
    return commit.create !== undefined && error.workflowIds.includes(commit.create.workflowId);
  }
  return false;
}
