/**
 * One watched run: reads the three inputs once for all watchers, and reports every change as a delta.
 *
 * Invariants
 * - Events are appended in order, each id once: after a gap the history is read again from the start; a repeated
 *   event is dropped.
 * - Every delta increases `seq` by one and contains the token of the state after it.
 * - `deltaSince(token)` for any token of this watch, followed by the later deltas, gives the same state as a new
 *   snapshot.
 * - A state that says 'closed' has the whole history.
 * - A reader that knows how far the run was is not told of an earlier moment (`caughtUp`), unless that takes too long.
 * - If the upstream goes away, only `upstream` changes; the last data remains.
 */
import { randomBytes } from 'node:crypto';
import type { RunDelta, UpstreamState } from '@/app/_contract/live';
import type { RunLive, RunSummary } from '@/app/_contract/runs';
import { NO_MASK, type Mask } from '@/engine/run-view/mask';
import type { PendingActivityView, RunEvent } from '@/engine/run-view/model';
import type { NodesReport } from '@/engine/saga/contract';
import { failureOf } from '../failure';
import type { RunAddress } from '../runs/address';
import { foldAttempts } from './attempts';
import { Look } from './look';
import { readToken, writeToken } from './token';
import type { Described, RunUpstream } from './upstream';

export interface RunWatchOptions {
  run: RunAddress;
  upstream: RunUpstream;
  emit(delta: RunDelta): void;
  /** True if hints report changes. Without hints, pending state is polled. */
  hinted(): boolean;
}

/** A watcher further behind gets a snapshot, which is about as large and simpler. */
const RESUMED_EVENTS_MOST = 5_000;
const POLL_MS = 2_000;
/** With hints, polling only makes up for a lost hint. */
const POLL_HINTED_MS = 10_000;
const DESCRIBE_AFTER_MS = 40;
const NODES_AFTER_MS = 120;
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 4_000;
/** The events of a moment ago are on their way; after this time a reader gets what is there. */
const CATCH_UP_MS = 2_000;
/** How long the first read waits for `__nodes`: a run without a worker must not delay its page. */
const FIRST_NODES_MS = 1_500;

/** How far a run was when somebody looked at it. */
export interface KnownMoment {
  historyLength: number;
  isClosed: boolean;
}

export class RunWatch {
  readonly #options: RunWatchOptions;
  /** An id of this watch: the next watch of the same run, also in this process, starts new version numbers. */
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #stopping = new AbortController();
  #events: RunEvent[] = [];
  #mask: Mask = NO_MASK;
  #described: Described | null = null;
  #nodes: NodesReport | null = null;
  #nodesProblem: string | null = null;
  /** How many events were here when `#nodes` was asked for. */
  #nodesAt = 0;
  readonly #readers = new Set<() => void>();
  #versions = { described: 0, nodes: 0 };
  #seq = 0;
  #upstream: UpstreamState = 'live';
  #asOfMs = 0;
  /** The first read is complete; hints from before may be newer than it. */
  #begun = false;
  #heardEarly = false;
  readonly #describing = new Look(DESCRIBE_AFTER_MS, () => this.#describe());
  readonly #asking = new Look(NODES_AFTER_MS, () => this.#readNodes());
  #poll: NodeJS.Timeout | null = null;
  #onReached: (() => void) | null = null;
  /** Rejects if the first read fails; the watch cannot be used then. */
  readonly ready: Promise<void>;

  constructor(options: RunWatchOptions) {
    this.#options = options;
    this.ready = this.#begin();
    this.ready.catch(() => this.stop());
  }

  get seq(): number {
    return this.#seq;
  }
  get upstream(): UpstreamState {
    return this.#upstream;
  }
  get address(): RunAddress {
    return this.#options.run;
  }
  /** Hides what is sensitive in this run, as far as its history is read. */
  get mask(): Mask {
    return this.#mask;
  }

  snapshot(): RunLive {
    const described = this.#known();
    return {
      status: described.summary.status,
      summary: described.summary,
      events: this.#events.slice(),
      pending: described.pending,
      workflowTask: described.workflowTask,
      nodes: this.#nodes,
      nodesProblem: this.#nodesProblem,
      token: this.#token(),
      asOfMs: this.#asOfMs,
    };
  }

  /** The changes since this token; null if the watcher needs a snapshot. */
  deltaSince(token: string): RunDelta | null {
    const position = readToken(token);
    const last = this.#events.length;
    if (!position || position.lastEventId > last || last - position.lastEventId > RESUMED_EVENTS_MOST) return null;
    const same = position.epoch === this.#epoch;
    const described = this.#known();
    return {
      ...this.#frame(),
      upstream: this.#upstream,
      ...(position.lastEventId < last ? { events: this.#events.slice(position.lastEventId) } : {}),
      ...(same && position.described === this.#versions.described ? {} : describedParts(described)),
      ...(same && position.nodes === this.#versions.nodes ? {} : { nodes: this.#nodesPart() }),
    };
  }

  /** Resolves when the state is of that moment or later, or when that takes too long. */
  async caughtUp(moment: KnownMoment): Promise<void> {
    if (this.#hasReached(moment)) return;
    this.hint();
    const reached = new Promise<void>((resolve) => {
      const look = () => {
        if (!this.#hasReached(moment)) return;
        this.#readers.delete(look);
        resolve();
      };
      this.#readers.add(look);
      void pause(CATCH_UP_MS, this.#stopping.signal).then(() => {
        this.#readers.delete(look);
        resolve();
      });
    });
    await reached;
  }
  #hasReached({ historyLength, isClosed }: KnownMoment): boolean {
    if (this.#events.length < historyLength) return false;
    // A run without a worker does not answer; a closed one waits for nothing.
    const isToldBefore = this.#nodes !== null && this.#nodesProblem === null && this.#nodesAt < historyLength;
    return isClosed ? this.#known().summary.status !== 'running' : !isToldBefore;
  }
  #readersLook(): void {
    for (const look of [...this.#readers]) look();
  }

  /** Something about this run changed, so it is read again. */
  hint(): void {
    if (this.#begun) this.#lookSoon();
    else this.#heardEarly = true;
  }

  stop(): void {
    this.#stopping.abort();
    this.#describing.stop();
    this.#asking.stop();
    if (this.#poll) clearTimeout(this.#poll);
  }

  async #begin(): Promise<void> {
    const { run, upstream } = this.#options;
    const described = await upstream.describe(run);
    this.#mask = await upstream.masking(described.summary);
    this.#described = described;
    this.#versions.described = 1;
    let token: Uint8Array | null = null;
    do {
      const page = await upstream.history(run, token, this.#stopping.signal);
      this.#append(page.events.map((event) => this.#mask.event(event)));
      token = page.token;
    } while (token && this.#events.length < described.historyLength);
    this.#described = { ...described, pending: this.#completed(described.pending) };
    this.#heard();
    await Promise.race([this.#asking.now(), pause(FIRST_NODES_MS, this.#stopping.signal)]);
    if (this.#stopping.signal.aborted) return;
    this.#begun = true;
    if (token) void this.#follow(token);
    // The history is newer than the description. If its token is null the run is closed, and no later event will
    // cause another read.
    const outdated =
      this.#events.length > described.historyLength || (!token && described.summary.status === 'running');
    if (outdated || this.#heardEarly) this.#lookSoon();
    this.#pollLater();
  }

  /** Reads on until the run is closed and its history is complete. */
  async #follow(token: Uint8Array): Promise<void> {
    const { run, upstream } = this.#options;
    const { signal } = this.#stopping;
    let next: Uint8Array | null = token;
    let atStart = false;
    let waitMs = RETRY_FIRST_MS;
    while (!signal.aborted) {
      try {
        const page: { events: RunEvent[]; token: Uint8Array | null } = await upstream.history(run, next, signal);
        if (signal.aborted) return;
        this.#reach('live');
        waitMs = RETRY_FIRST_MS;
        const fresh = page.events
          .filter((event) => event.id > this.#events.length)
          .map((event) => this.#mask.event(event));
        if (fresh[0] && fresh[0].id !== this.#events.length + 1) {
          next = null;
          atStart = true;
          continue;
        }
        if (this.#append(fresh)) this.#tell({ events: fresh });
        if (fresh.length > 0) this.#lookSoon();
        this.#readersLook();
        if (!page.token) {
          // A last read: nothing is pending any more, and the search attributes have their final values.
          this.#lookSoon();
          return;
        }
        next = page.token;
        atStart = false;
      } catch (error) {
        if (signal.aborted) return;
        const { code } = failureOf(error);
        if (code === 'engineAway' || code === 'outcomeUnknown') this.#reach('engineAway');
        // The server no longer accepts the token: read from the start; repeated events are dropped.
        else if (!atStart) {
          next = null;
          atStart = true;
        }
        await Promise.race([pause(waitMs, signal), this.#reached()]);
        waitMs = Math.min(RETRY_MOST_MS, waitMs * 2);
      }
    }
  }

  /** True if there were new events. They must follow the last one without a gap. */
  #append(events: RunEvent[]): boolean {
    for (const event of events) if (event.id === this.#events.length + 1) this.#events.push(event);
    return events.length > 0;
  }

  #lookSoon(): void {
    this.#describing.soon();
    this.#asking.soon();
  }
  /** True while unreported changes are possible: the run is open, or the engine was away at the last read. */
  #pollLater(): void {
    if (this.#stopping.signal.aborted || this.#poll) return;
    if (this.#described?.summary.status !== 'running' && this.#upstream === 'live') return;
    this.#poll = setTimeout(
      () => {
        this.#poll = null;
        this.#describing.soon();
        if (this.#nodesProblem !== null) this.#asking.soon();
        this.#pollLater();
      },
      this.#options.hinted() ? POLL_HINTED_MS : POLL_MS
    );
  }

  async #describe(): Promise<void> {
    try {
      const read = await this.#options.upstream.describe(this.#options.run);
      if (this.#stopping.signal.aborted) return;
      this.#reach('live');
      // A run is not shown as closed before its last event is here; that event causes another look.
      if (read.summary.status !== 'running' && this.#events.length < read.historyLength) return;
      const before = this.#known();
      const described = { ...read, pending: foldAttempts(before.pending, this.#completed(read.pending)) };
      const changed = differs(describedParts(before), describedParts(described));
      this.#described = described;
      this.#readersLook();
      if (!changed) return;
      this.#versions.described++;
      this.#tell(describedParts(described));
    } catch (error) {
      if (failureOf(error).code === 'engineAway') this.#reach('engineAway');
    }
  }

  async #readNodes(): Promise<void> {
    if (this.#described?.summary.flow === null) return;
    const before = this.#nodesPart();
    const events = this.#events.length;
    try {
      this.#nodes = this.#mask.report(await this.#options.upstream.nodes(this.#options.run));
      this.#nodesProblem = null;
      this.#nodesAt = events;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'engineAway') return this.#reach('engineAway');
      this.#nodesProblem = 'The run does not answer now; the states of its choices and joins may be old.';
    }
    this.#readersLook();
    if (this.#stopping.signal.aborted || !differs(before, this.#nodesPart())) return;
    this.#versions.nodes++;
    this.#tell({ nodes: this.#nodesPart() });
  }

  /** Adds the id of the scheduling event, which no describe contains; removes sensitive values. */
  #completed(pending: PendingActivityView[]): PendingActivityView[] {
    return pending.map((activity) => ({
      ...this.#mask.report(activity),
      scheduledEventId: this.#scheduledBy(activity.activityId),
    }));
  }
  #scheduledBy(activityId: string): number {
    for (let at = this.#events.length - 1; at >= 0; at--) {
      const event = this.#events[at];
      if (event?.type === 'ActivityTaskScheduled' && event.attributes.activityId === activityId) return event.id;
    }
    return 0;
  }

  #reach(state: UpstreamState): void {
    if (this.#stopping.signal.aborted) return;
    if (state === 'live') this.#heard();
    if (this.#upstream === state) return;
    this.#upstream = state;
    this.#tell({ upstream: state });
    if (state === 'live') {
      this.#onReached?.();
      this.#lookSoon();
    } else {
      this.#pollLater();
    }
  }
  /** The engine is back, whichever read noticed it. */
  #reached(): Promise<void> {
    return new Promise((resolve) => (this.#onReached = resolve));
  }
  #heard(): void {
    this.#asOfMs = Date.now();
  }
  #tell(parts: Partial<RunDelta>): void {
    this.#seq++;
    this.#options.emit({ ...this.#frame(), ...parts });
  }
  #frame() {
    return { ...this.#options.run, seq: this.#seq, token: this.#token(), asOfMs: this.#asOfMs };
  }
  #token(): string {
    return writeToken({ epoch: this.#epoch, lastEventId: this.#events.length, ...this.#versions });
  }
  #nodesPart() {
    return { report: this.#nodes, problem: this.#nodesProblem };
  }
  #known(): Described {
    if (!this.#described) throw new Error('a watch was read before it was ready');
    return this.#described;
  }
}

/** Resolves after the delay, or as soon as the watch stops. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end, { once: true });
  });
}

interface DescribedParts {
  summary: RunSummary;
  pending: PendingActivityView[];
  workflowTask: Described['workflowTask'];
}
const describedParts = ({ summary, pending, workflowTask }: Described): DescribedParts => ({
  summary,
  pending,
  workflowTask,
});
const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
