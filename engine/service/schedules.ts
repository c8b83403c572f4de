/**
 * Schedules: their states in memory while the lease is ours, one timer for the earliest of them, and what follows from
 * their decisions. engine/schedules decides; schedule-actions.ts asks runs.
 *
 *   time · request · close of a run → decision → one write → starts, cancels, terminates → their outcomes → decision …
 *
 * Rules
 * [SCR1] A decision is one durable write, and nothing follows from it before that. What follows is derived from the
 *        state that was written, so that the next engine finds it again: starts are pending, and a run that has to
 *        stop is open while the buffer waits for it.
 * [SCR2] A start is asked for until it is known to be made or refused, with the same request id. Before it is asked
 *        for again, the run that it may have made is looked for.
 * [SCR3] The close of a run is noticed by the commit that closes it, and looked for once when an engine begins. A
 *        chain has closed when its last run has.
 * [SCR4] After a write whose outcome is unknown the state is read again before anything is decided on it.
 * [SCR5] A schedule that waits costs its row and its state in memory: nothing is read and nothing is written.
 *
 * Decisions on one schedule are made one after the other.
 */
import { status } from '@grpc/grpc-js';
import type { Clock } from '../clock';
import { SpecError } from '../schedules/calendar';
import * as core from '../schedules/schedule';
import { decodeSchedule, encodeSchedule, type ScheduleRecord } from './stored-schedule';
import { ScheduleTimes } from '../schedules/times';
import type { LeasedStore, ScheduleAddress } from '../store/port';
import { asServiceError, notFound, unavailable } from './errors';
import { RETRY_MS } from './retry';
import type { Run } from './run';
import { ScheduleActions, type ActionsHost, type ActionsOptions } from './schedule-actions';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** How many schedules that are due decide at once: requests come between them. */
const AT_ONCE = 8;
/** Of how many changes a repetition is recognized. */
const REQUEST_IDS = 100;

/** What they need of the engine. */
export interface SchedulesHost extends Clock, ActionsHost {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** After the commit that closes a run. */
  onClosed(listener: (run: Run) => void): () => void;
}

export interface SchedulesOptions extends ActionsOptions {
  /** The jitter of a schedule depends on it. */
  namespaceId(namespace: string): string;
}

/** Its parts must not be changed. */
export interface Schedule {
  readonly address: ScheduleAddress;
  readonly record: ScheduleRecord;
  readonly times: ScheduleTimes;
  /** Why it takes no times; null for nothing. */
  readonly problem: string | null;
}

type Change = (record: ScheduleRecord, now: number) => void;

interface Entry {
  readonly address: ScheduleAddress;
  record: ScheduleRecord;
  /** As it is stored. */
  bytes: Uint8Array;
  times: ScheduleTimes;
  problem: string | null;
  wakeAtMs: number | null;
  /** The outcome of the last write is unknown. */
  isUnsure: boolean;
  isDeciding: boolean;
  /** Starts, stops and looks. `again`: it was asked for once more meanwhile. */
  readonly underWay: Map<string, { again: boolean }>;
  /** Keys of `#watching`. */
  watched: ReadonlySet<string>;
}

export class Schedules {
  readonly #entries = new Map<string, Entry>();
  /** By the workflow ids of runs that are open as far as their schedules know. */
  readonly #watching = new Map<string, Set<Entry>>();
  readonly #actions: ScheduleActions;
  /** The lease under which the entries were read. */
  #lease: LeasedStore | null = null;
  #reading: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #timerAtMs = Infinity;
  readonly #due: Entry[] = [];
  #deciding = 0;

  constructor(
    private readonly engine: SchedulesHost,
    private readonly options: SchedulesOptions
  ) {
    this.#actions = new ScheduleActions(engine, options);
    engine.onClosed((run) => this.#closed(run));
  }

  // --- the lease ---

  /** Under a new lease. */
  async begin(): Promise<void> {
    this.end();
    this.#reading = this.#read(this.engine.store);
    await this.#reading;
  }

  /** The lease is gone: the next holder reads everything. */
  end(): void {
    this.#lease = null;
    this.#reading = null;
    this.#entries.clear();
    this.#watching.clear();
    this.#due.length = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#timerAtMs = Infinity;
  }

  async #read(lease: LeasedStore): Promise<void> {
    const stored = await lease.readSchedules();
    if (!this.engine.holdsLease || this.engine.store !== lease) throw unavailable();
    this.#lease = lease;
    for (const { namespace, scheduleId, state } of stored) {
      const address = { namespace, scheduleId };
      try {
        const entry = this.#keep(address, state);
        // What was asked for before is not known.
        this.#follow(entry, [], true);
        this.#wakeAt(entry, this.engine.now());
      } catch (error) {
        this.options.log?.error({ err: error, ...address }, 'a schedule cannot be read');
      }
    }
  }

  /** Throws UNAVAILABLE unless everything is in memory. */
  async #ready(): Promise<LeasedStore> {
    await this.#reading;
    return this.#leased();
  }

  #leased(): LeasedStore {
    const lease = this.#lease;
    if (!lease || !this.#isOurs(lease)) throw unavailable();
    return lease;
  }

  #isOurs(lease: LeasedStore): boolean {
    return this.#lease === lease && this.engine.holdsLease && this.engine.store === lease;
  }

  // --- what requests ask for ---

  /** Throws NOT_FOUND. */
  async get(address: ScheduleAddress): Promise<Schedule> {
    await this.#ready();
    const entry = this.#entries.get(keyOf(address));
    if (!entry) throw scheduleNotFound(address);
    if (entry.isUnsure) await this.#exclusively(entry, () => this.#reread(entry));
    return entry;
  }

  /** As `get`; null for none. */
  async find(address: ScheduleAddress): Promise<Schedule | null> {
    try {
      return await this.get(address);
    } catch (error) {
      unlessUnavailable(error);
      return null;
    }
  }

  async all(namespace: string): Promise<Schedule[]> {
    await this.#ready();
    const own = () => [...this.#entries.values()].filter(({ address }) => address.namespace === namespace);
    for (const entry of own()) {
      if (entry.isUnsure) await this.#exclusively(entry, () => this.#reread(entry)).catch(unlessUnavailable);
    }
    return own();
  }

  timesOf({ namespace, scheduleId }: ScheduleAddress, { definition }: core.ScheduleState): ScheduleTimes {
    return new ScheduleTimes(definition.spec ?? {}, `${this.options.namespaceId(namespace)}-${scheduleId}`);
  }

  /** Durable when it resolves. `refuse` throws for a schedule that has the id, or takes it for the same. */
  async create(
    address: ScheduleAddress,
    make: (now: number) => ScheduleRecord,
    refuse: (existing: Schedule) => void
  ): Promise<void> {
    await this.#ready();
    await this.engine.exclusively(lockOf(address), async () => {
      const known = this.#entries.get(keyOf(address));
      if (known?.isUnsure) await this.#reread(known).catch(unlessUnavailable);
      const existing = this.#entries.get(keyOf(address));
      if (existing) return refuse(existing);
      const lease = this.#leased();
      const state = encodeSchedule(make(this.engine.now()));
      // Whatever becomes of the write: it is read before anything is decided.
      const entry = this.#keep(address, state);
      entry.isUnsure = true;
      this.#wakeAt(entry, this.engine.now());
      await lease.writeSchedule({ ...address, state });
      if (!this.#isOurs(lease)) throw unavailable();
      entry.isUnsure = false;
    });
  }

  /** Durable when it resolves. `change` may throw, which changes nothing. Throws NOT_FOUND. */
  async change(address: ScheduleAddress, requestId: string, change: Change): Promise<void> {
    await this.#ready();
    const entry = this.#entries.get(keyOf(address));
    if (!entry) throw scheduleNotFound(address);
    await this.#decide(entry, (record, now) => {
      if (requestId && record.requestIds.includes(requestId)) return;
      change(record, now);
      if (requestId) record.requestIds = [...record.requestIds, requestId].slice(-REQUEST_IDS);
    });
  }

  /** Its runs go on. Throws NOT_FOUND. */
  async remove(address: ScheduleAddress): Promise<void> {
    await this.#ready();
    const entry = this.#entries.get(keyOf(address));
    if (!entry) throw scheduleNotFound(address);
    await this.#exclusively(entry, async () => {
      if (entry.isUnsure) await this.#reread(entry);
      entry.isUnsure = true;
      await this.#leased().deleteSchedule(address);
      this.#forget(entry);
    });
  }

  // --- decisions ---

  /** Takes the times until now, makes a change, and does what follows. */
  #decide(entry: Entry, change: Change = () => {}): Promise<void> {
    return this.#exclusively(entry, async () => {
      if (entry.isUnsure) await this.#reread(entry);
      const lease = this.#leased();
      const record = decodeSchedule(entry.bytes);
      const { state } = record;
      const now = this.engine.now();
      // What is asked for now takes no part in what was due before.
      const before = this.#advance(entry, state, entry.times, now);
      change(record, now);
      const times = this.timesOf(entry.address, state);
      const after = this.#advance(entry, state, times, now);
      if (this.#differs(entry, record)) {
        const bytes = encodeSchedule(record);
        entry.isUnsure = true;
        await lease.writeSchedule({ ...entry.address, state: bytes }).catch((error: unknown) => {
          this.#wakeAt(entry, this.engine.now() + RETRY_MS);
          throw error;
        });
        if (!this.#isOurs(lease)) throw unavailable();
        Object.assign(entry, { record, bytes, times, isUnsure: false });
        this.#watch(entry);
      }
      this.#wakeAt(entry, after.wakeAtMs);
      this.#follow(entry, [...before.effects, ...after.effects], false);
    });
  }

  /** That time has passed is not stored alone: it passes again, with the same result. */
  #differs(entry: Entry, record: ScheduleRecord): boolean {
    const { processedMs } = decodeSchedule(entry.bytes).state;
    const same = encodeSchedule({ ...record, state: { ...record.state, processedMs } });
    return Buffer.compare(same, entry.bytes) !== 0;
  }

  #advance(entry: Entry, state: core.ScheduleState, times: ScheduleTimes, now: number): core.Decision {
    entry.problem = null;
    try {
      return core.advance(state, times, now);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      entry.problem = error.message;
      return { effects: [], wakeAtMs: null };
    }
  }

  #exclusively<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    return this.engine.exclusively(lockOf(entry.address), () => {
      this.#leased();
      if (!this.#has(entry)) throw scheduleNotFound(entry.address);
      return work();
    });
  }

  async #reread(entry: Entry): Promise<void> {
    const lease = this.#leased();
    const [stored] = await lease.readSchedules(entry.address);
    if (!this.#isOurs(lease)) throw unavailable();
    if (!stored) {
      this.#forget(entry);
      throw scheduleNotFound(entry.address);
    }
    const record = decodeSchedule(stored.state);
    const times = this.timesOf(entry.address, record.state);
    Object.assign(entry, { record, bytes: stored.state, times, isUnsure: false });
    this.#watch(entry);
  }

  // --- what follows ---

  #follow(entry: Entry, effects: readonly core.ScheduleEffect[], isRepeat: boolean): void {
    const { state } = entry.record;
    for (const { requestId } of state.pending)
      this.#once(entry, requestId, () => this.#start(entry, requestId, isRepeat));
    for (const effect of effects) {
      if (effect.kind !== 'start') this.#once(entry, `stop ${effect.run.runId}`, () => this.#stop(entry, effect));
    }
    if (isRepeat) for (const run of openRuns(state)) this.#look(entry, run);
  }

  #start(entry: Entry, requestId: string, isRepeat: boolean): () => Promise<void> {
    let mayBeMade = isRepeat;
    return async () => {
      const { state } = entry.record;
      const start = state.pending.find((each) => each.requestId === requestId);
      if (!start) return;
      const wasTried = mayBeMade;
      mayBeMade = true;
      const outcome = await this.#actions.start(entry.address, state, start, wasTried);
      await this.#decide(entry, ({ state: next }) => {
        if (outcome.kind !== 'made')
          return core.notStarted(next, requestId, outcome.kind === 'late' ? null : outcome.why);
        core.started(next, requestId, outcome.run.state.runId, outcome.run.state.startTimeMs);
      });
      if (outcome.kind !== 'made') return;
      const { run } = outcome;
      // It was not watched before.
      if (!run.isOpen || run.dead) this.#look(entry, run.state);
    };
  }

  #stop(entry: Entry, { kind, run }: Exclude<core.ScheduleEffect, { kind: 'start' }>): () => Promise<void> {
    return async () => {
      const { key, running } = entry.record.state;
      if (running.some(({ runId }) => runId === run.runId)) await this.#actions.stop(entry.address, kind, run, key);
    };
  }

  #look(entry: Entry, { workflowId, runId }: core.RunOfSchedule): void {
    this.#once(entry, `look ${runId}`, () => async () => {
      const ended = await this.#actions.endOf(entry.address.namespace, { workflowId, runId });
      if (ended) await this.#decide(entry, ({ state }) => core.closed(state, { workflowId, runId }, ended));
    });
  }

  #closed({ state: { namespace, workflowId } }: Run): void {
    for (const entry of this.#watching.get(`${namespace}\0${workflowId}`) ?? [])
      for (const run of openRuns(entry.record.state)) if (run.workflowId === workflowId) this.#look(entry, run);
  }

  /** Until it succeeds, one at a time. */
  #once(entry: Entry, name: string, begin: () => () => Promise<void>): void {
    const known = entry.underWay.get(name);
    if (known) {
      known.again = true;
      return;
    }
    const lease = this.#lease;
    if (!lease || this.engine.isStopping) return;
    const mine = { again: false };
    entry.underWay.set(name, mine);
    void this.#persist(entry, lease, begin(), mine).finally(() => {
      entry.underWay.delete(name);
      // Between the last look and now.
      if (mine.again) this.#once(entry, name, begin);
    });
  }

  /** Until it succeeds, and again if it was asked for meanwhile. */
  async #persist(entry: Entry, lease: LeasedStore, work: () => Promise<void>, mine: { again: boolean }): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; this.#isOurs(lease) && this.#has(entry);) {
      mine.again = false;
      try {
        await work();
        if (!mine.again) return;
      } catch (error) {
        if (!this.#isOurs(lease) || !this.#has(entry)) return;
        this.options.log?.warn({ err: error, ...entry.address }, 'what a schedule asks for waits');
        await new Promise<void>((resolve) => this.engine.after(pauseMs, resolve));
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  // --- memory and time ---

  #has(entry: Entry): boolean {
    return this.#entries.get(keyOf(entry.address)) === entry;
  }

  #keep(address: ScheduleAddress, bytes: Uint8Array): Entry {
    const record = decodeSchedule(bytes);
    const times = this.timesOf(address, record.state);
    const state = { problem: null, wakeAtMs: null, isUnsure: false, isDeciding: false };
    const entry: Entry = { address, record, bytes, times, ...state, underWay: new Map(), watched: new Set() };
    this.#entries.set(keyOf(address), entry);
    this.#watch(entry);
    return entry;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(keyOf(entry.address));
    this.#watchOnly(entry, new Set());
  }

  #watch(entry: Entry): void {
    const { namespace } = entry.address;
    this.#watchOnly(
      entry,
      new Set(openRuns(entry.record.state).map(({ workflowId }) => `${namespace}\0${workflowId}`))
    );
  }

  #watchOnly(entry: Entry, keys: ReadonlySet<string>): void {
    for (const key of entry.watched) {
      const entries = this.#watching.get(key);
      if (keys.has(key) || !entries?.delete(entry)) continue;
      if (entries.size === 0) this.#watching.delete(key);
    }
    for (const key of keys) this.#watching.set(key, (this.#watching.get(key) ?? new Set()).add(entry));
    entry.watched = keys;
  }

  #wakeAt(entry: Entry, atMs: number | null): void {
    entry.wakeAtMs = atMs;
    if (atMs !== null && atMs < this.#timerAtMs) this.#arm(atMs);
  }

  #arm(atMs: number): void {
    this.#cancelTimer?.();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.engine.at(atMs, () => this.#tick());
  }

  /** The timer may also come early: whatever is not due yet waits again. */
  #tick(): void {
    this.#timerAtMs = Infinity;
    this.#cancelTimer = null;
    if (!this.#lease || !this.#isOurs(this.#lease) || this.engine.isStopping) return;
    const now = this.engine.now();
    let next = Infinity;
    for (const entry of this.#entries.values()) {
      const { wakeAtMs } = entry;
      if (wakeAtMs === null) continue;
      if (wakeAtMs > now) next = Math.min(next, wakeAtMs);
      else if (!entry.isDeciding) {
        entry.isDeciding = true;
        this.#due.push(entry);
      }
    }
    if (next < this.#timerAtMs) this.#arm(next);
    this.#decideDue();
  }

  #decideDue(): void {
    while (this.#deciding < AT_ONCE) {
      const entry = this.#due.shift();
      if (!entry) return;
      this.#deciding++;
      entry.wakeAtMs = null;
      entry.isDeciding = false;
      this.#decide(entry)
        .catch((error: unknown) => {
          if (!this.#has(entry)) return;
          this.options.log?.warn({ err: error, ...entry.address }, 'a schedule cannot decide yet');
          this.#wakeAt(entry, this.engine.now() + RETRY_MS);
        })
        .finally(() => {
          this.#deciding--;
          this.#decideDue();
        });
    }
  }
}

const keyOf = ({ namespace, scheduleId }: ScheduleAddress): string => `${namespace}\0${scheduleId}`;
const lockOf = (address: ScheduleAddress): string => `schedule\0${keyOf(address)}`;

/** Also runs that the overlap policy does not wait for. */
const openRuns = ({ running, recent }: core.ScheduleState): core.RunOfSchedule[] => {
  const others = recent.filter(
    ({ status, runId }) => status === core.RUNNING && !running.some((each) => each.runId === runId)
  );
  return [...running, ...others];
};

export const scheduleNotFound = ({ scheduleId }: ScheduleAddress) => notFound(`schedule "${scheduleId}" not found`);

/** What is not there is no error of a list. */
function unlessUnavailable(error: unknown): void {
  if (asServiceError(error).code !== status.NOT_FOUND) throw error;
}
