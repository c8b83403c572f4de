/**
 * Removes runs that were asked to be deleted, once nobody has to hear from them any more. What is to be removed is in
 * the side state of the run, whose wake_at stays in the past: a crash or a takeover finds it again.
 *
 * A removal excludes starts of the same workflow id, because it also removes the pointer to the current run.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import * as history from '../history';
import type { RunKey } from '../run-name';
import type { LeasedStore, StoredRun } from '../store/port';
import type { Run } from './run';

export interface DeletionsHost extends Clock {
  readonly holdsLease: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  load(stored: StoredRun): Promise<Run>;
  withWorkflowId<T>(namespace: string, workflowId: string, work: () => Promise<T>): Promise<T>;
  removed(run: Run): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class Deletions {
  /** Runs that are being removed, or wait for another try. */
  readonly underWay = new Set<RunKey>();

  constructor(
    private readonly engine: DeletionsHost,
    private readonly options: { log?: Logger }
  ) {}

  /** Does nothing while others have to hear from the run: it begins again when the last one has. */
  begin(run: Run): void {
    if (this.underWay.has(run.runKey) || !history.mayBeDeleted(run.state)) return;
    this.underWay.add(run.runKey);
    this.#attempt(run, this.engine.store, FIRST_PAUSE_MS);
  }

  /** The lease is gone: whoever has it next finds these runs by their wake_at. */
  dropAll(): void {
    this.underWay.clear();
  }

  #attempt(run: Run, lease: LeasedStore, pauseMs: number): void {
    const { engine } = this;
    const isOurs = () => engine.holdsLease && engine.store === lease;
    const { namespace, workflowId, runId } = run.state;
    engine
      .withWorkflowId(namespace, workflowId, () => this.#remove(run.runKey, isOurs))
      .then(
        () => {
          if (isOurs()) this.underWay.delete(run.runKey);
        },
        (error: unknown) => {
          if (!isOurs()) return;
          this.options.log?.warn({ err: error, workflowId, runId }, 'a run cannot be deleted yet');
          engine.after(pauseMs, () => {
            if (isOurs()) this.#attempt(run, lease, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
          });
        }
      );
  }

  async #remove(runKey: RunKey, isOurs: () => boolean): Promise<void> {
    const { store } = this.engine;
    const stored = await store.readRun(runKey);
    const run = stored && (await this.engine.load(stored));
    if (!run) return;
    // A commit that is in flight comes first.
    await run.durable();
    if (!isOurs() || !history.mayBeDeleted(run.state)) return;
    await store.deleteRun(runKey);
    if (!isOurs()) return;
    const { namespace, workflowId, runId } = run.state;
    this.options.log?.info({ namespace, workflowId, runId }, 'a run was deleted');
    this.engine.removed(run);
  }
}
