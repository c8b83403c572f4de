/**
 * All watched runs of this process. A run is read from upstream while somebody watches it and a little longer, so
 * that a reload, or a page that reads before it watches, finds it in memory. Each web process has a hub of its own,
 * which sends deltas to its own sockets.
 */
import type { RunDelta, WatchAnswer } from '@/app/_contract/live';
import type { RunLive } from '@/app/_contract/runs';
import type { Mask } from '@/engine/run-view/mask';
import { nameOf, type RunAddress } from '../runs/address';
import { RunWatch, type KnownMoment } from './run-watch';
import type { RunUpstream } from './upstream';

export interface HubOptions {
  upstream: RunUpstream;
  /** To the sockets in this process that watch this run. */
  emit(run: RunAddress, delta: RunDelta): void;
  hinted(): boolean;
}

const LINGER_MS = 15_000;
/** The limit of kept histories: a person who opens many runs one after the other must not fill the memory. */
const LINGERING_MOST = 40;

interface Entry {
  watch: RunWatch;
  watchers: number;
  linger: NodeJS.Timeout | null;
}

export class Hub {
  readonly #entries = new Map<string, Entry>();
  constructor(private readonly options: HubOptions) {}

  /**
   * The state of a run: the current one, but for what is on its way. `known`: not of an earlier moment. Rejects as the
   * upstream does: no such run, engine away.
   */
  async read(run: RunAddress, known?: KnownMoment): Promise<RunLive> {
    const entry = this.#enter(run);
    try {
      await entry.watch.ready;
      if (known) await entry.watch.caughtUp(known);
      return entry.watch.snapshot();
    } finally {
      this.#leave(run, entry);
    }
  }

  /** What hides the sensitive values of this run, its whole history being read. Rejects as `read` does. */
  async mask(run: RunAddress): Promise<Mask> {
    const entry = this.#enter(run);
    try {
      await entry.watch.ready;
      return entry.watch.mask;
    } finally {
      this.#leave(run, entry);
    }
  }

  /**
   * Watches a run. `join` is called synchronously with the computation of the answer, so that no delta is lost in
   * between. Call the returned function once to end it.
   */
  async watch(
    run: RunAddress,
    token: string | null,
    join: () => void
  ): Promise<{ answer: WatchAnswer; leave: () => void }> {
    const entry = this.#enter(run);
    try {
      await entry.watch.ready;
    } catch (error) {
      this.#leave(run, entry);
      throw error;
    }
    join();
    const { watch } = entry;
    const delta = token === null ? null : watch.deltaSince(token);
    const answer: WatchAnswer = delta
      ? { kind: 'resumed', seq: watch.seq, delta }
      : { kind: 'snapshot', seq: watch.seq, live: watch.snapshot(), upstream: watch.upstream };
    let left = false;
    return {
      answer,
      leave: () => {
        if (!left) this.#leave(run, entry);
        left = true;
      },
    };
  }

  hint({ workflowId, runId }: RunAddress): void {
    this.#entries.get(nameOf({ workflowId, runId }))?.watch.hint();
  }
  /** Hints were missed: read everything that is watched. */
  hintAll(): void {
    for (const { watch } of this.#entries.values()) watch.hint();
  }

  close(): void {
    for (const { watch, linger } of this.#entries.values()) {
      if (linger) clearTimeout(linger);
      watch.stop();
    }
    this.#entries.clear();
  }

  #enter(run: RunAddress): Entry {
    const name = nameOf(run);
    let entry = this.#entries.get(name);
    if (!entry) {
      const { upstream, hinted } = this.options;
      const watch = new RunWatch({
        run,
        upstream,
        hinted,
        emit: (delta) => this.options.emit(run, delta),
      });
      entry = { watch, watchers: 0, linger: null };
      const created = entry;
      this.#entries.set(name, entry);
      watch.ready.catch(() => this.#drop(name, created));
    }
    if (entry.linger) clearTimeout(entry.linger);
    entry.linger = null;
    entry.watchers++;
    return entry;
  }
  #leave(run: RunAddress, entry: Entry): void {
    entry.watchers--;
    if (entry.watchers > 0) return;
    entry.linger = setTimeout(() => this.#drop(nameOf(run), entry), LINGER_MS);
    entry.linger.unref();
    // Inserted again, so that the first entry is the one that was left longest ago.
    if (this.#entries.get(nameOf(run)) !== entry) return;
    this.#entries.delete(nameOf(run));
    this.#entries.set(nameOf(run), entry);
    const lingering = [...this.#entries].filter(([, { linger }]) => linger !== null);
    for (const [name, left] of lingering.slice(0, -LINGERING_MOST)) this.#drop(name, left);
  }
  #drop(name: string, entry: Entry): void {
    if (entry.linger) clearTimeout(entry.linger);
    entry.watch.stop();
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }
}
