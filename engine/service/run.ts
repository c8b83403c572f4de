/**
 * One hot run: its mutable state, the data that is staged for the next commit, and the callers that wait for it.
 * Decisions change memory at once; their effects and replies are released by the commit that makes them durable.
 *
 * Invariants:
 * - While the worker has a workflow task, the commit of the run is delayed (briefly), so that the cause of the task,
 *   the task and its commands are one durable write.
 * - After a failed commit this object must not be used any more, because its memory differs from the stored state.
 */
import * as history from '../history';
import type { DurableEffect, Effect, HistoryEvent, RunState, StartRun, Transition } from '../history';
import type { SinceBoot } from '../clock';
import type { CommitSource } from '../store/group-commit';
import { PAUSE_INFO, STATUS } from '../run-name';
import { StoreUnavailableError } from '../store/port';
import type { RunKey } from '../run-name';
import type { RunCommit, RunCreation } from '../store/port';
import { toldOf, type RunChange } from '../visibility/change';
import type { VisibilityRecord } from '../visibility/record';
import { temporal } from '../proto';
import { attentionOf } from './attention';
import { OwnTime } from './own-time';

/** The parts of the engine that a run needs. */
export interface RunHost {
  dirty(run: Run): void;
  /** The run is stored for the first time. */
  created(run: Run): void;
  /** Performs the effects of a durable transition. */
  perform(run: Run, effects: DurableEffect[]): void;
  /** The cached workflow is ahead of history. */
  workflowTaskFailed(run: Run): void;
  /** Makes the next run of the chain, which is created by the commit that closes this one. */
  succeed(run: Run, start: StartRun): void;
  /** Something changed: check whether the run needs a workflow task, and when it next needs the engine. */
  wake(run: Run): void;
  commitFailed(run: Run, error: Error): void;
  now(): number;
  elapsedMs(): number;
  after(ms: number, call: () => void): void;
  sinceBoot(): SinceBoot | null;
}

/** How long a commit waits for a workflow task that the worker has, in milliseconds. */
export const HOLD_MS = 20;
/** Changes by heartbeats alone become durable with the next commit, or after this time. */
const LAZY_MS = 1_000;

/** In events: a run that begins with the events of another one has many at once. */
const LARGEST_BATCH = 1_000;

/** wake_at of a hot run: earlier than any current time, also than that of an engine whose clock was set back. */
const AWAKE = 0;

/**
 * A closed run: its effects are to be counted, others have to hear from it, or it is to be removed. The scan finds it
 * until then.
 */
const needsEngine = (state: RunState): boolean =>
  state.leftBehind?.state === 'counting' || state.toBeDeleted || history.hasMessages(state);

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

export class Run implements CommitSource {
  /** The worker has a workflow task (or query) of this run. */
  busy = false;
  /** The commit is delayed for the current task. */
  held = false;
  lastUsedMs: number;
  readonly #time: OwnTime;
  dead: Error | null = null;
  /** The next event id of the stored history. */
  durableNextEventId: number;
  readonly #listeners = new Set<() => void>();
  #staged: HistoryEvent[] = [];
  #effects: DurableEffect[] = [];
  #waiters: Waiter[] = [];
  #inFlight: { events: HistoryEvent[]; effects: DurableEffect[]; waiters: Waiter[]; nextEventId: number } | null = null;
  #changed = false;
  #visibility = false;
  #closes = false;
  /** What other systems could hear of this run last; null if that is not known. */
  #told: string | null = null;
  #wakeAt: number | null | undefined;
  #creation: RunCreation | undefined;
  /** The stored wake_at was, or will be, raised; a change now must lower it again. */
  #parking = false;
  /** The next run of the chain, created by the same commit that closes this one. */
  successor: Run | null = null;
  /** The successor, while the commit that creates it is in flight. */
  #carried: Run | null = null;
  /** It is stored only with the commit of its predecessor. */
  awaitsPredecessor = false;

  constructor(
    readonly state: RunState,
    private readonly host: RunHost,
    created?: { creation: RunCreation; transition: Transition },
    /** Of a stored run: its own time is this or later. */
    fromMs = 0
  ) {
    this.#time = new OwnTime(host, fromMs);
    this.lastUsedMs = host.now();
    this.durableNextEventId = created ? 1 : state.nextEventId;
    if (created) {
      this.#creation = created.creation;
      this.#wakeAt = AWAKE;
      this.apply(created.transition);
    }
  }

  /** The run's own time, of which its events and deadlines are made. */
  now(): number {
    return this.#time.now();
  }
  /** An instant of the run's own time by the wall clock as it is now. */
  wallOf(atMs: number): number {
    return this.#time.wallOf(atMs);
  }

  get runKey(): RunKey {
    return this.state.runKey;
  }
  get isOpen(): boolean {
    return this.state.status === STATUS.running;
  }
  /** True if nothing is staged and nothing is in flight. */
  get isClean(): boolean {
    return !this.#changed && this.#inFlight === null;
  }
  /** Stored. Only a stored run can have a next run of the chain. */
  get isCreated(): boolean {
    return this.durableNextEventId > 1;
  }
  get isCommitting(): boolean {
    return this.#inFlight !== null;
  }
  get isParking(): boolean {
    return this.#parking;
  }
  /** Events that the store may not have yet. */
  get unstored(): HistoryEvent[] {
    return this.#inFlight ? [...this.#inFlight.events, ...this.#staged] : this.#staged;
  }

  /** Stages the result of a decision. */
  apply(transition: Transition): void {
    this.#stage(transition);
    this.host.dirty(this);
    this.host.wake(this);
  }

  /** As `apply`, for changes that do not cause a commit of their own (heartbeats). */
  applyLazily(transition: Transition): void {
    if (transition.events.length > 0 || transition.effects.length > 0) return this.apply(transition);
    const clean = this.isClean;
    this.#stage(transition);
    this.host.wake(this);
    if (clean) this.host.after(LAZY_MS, () => this.host.dirty(this));
  }

  #stage(transition: Transition): void {
    this.lastUsedMs = this.host.now();
    if (this.#parking) this.wakeUp();
    for (const event of transition.events) this.#staged.push(event);
    this.#changed = true;
    for (const effect of transition.effects) this.#follow(effect);
  }

  #follow(effect: Effect): void {
    switch (effect.kind) {
      case 'workflowTask':
        // `wake` looks for itself.
        return;
      case 'visibility':
        this.#visibility = true;
        return;
      case 'workflowTaskFailed':
        return this.host.workflowTaskFailed(this);
      case 'newRun':
        return this.host.succeed(this, effect.start);
      case 'rests':
        this.#wakeAt = needsEngine(this.state) ? AWAKE : null;
        if (history.mayBeDeleted(this.state)) this.#effects.push({ kind: 'delete' });
        return;
      case 'delete':
      case 'count':
        // The scan finds the run until that is done, also after a crash.
        this.#wakeAt = AWAKE;
        this.#effects.push(effect);
        return;
      case 'closed':
        this.#wakeAt = needsEngine(this.state) ? AWAKE : null;
        this.#visibility = true;
        this.#closes = true;
        this.#effects.push(effect);
        return;
      default:
        this.#effects.push(effect);
    }
  }

  /** The next run of the chain is created with the close of this run. */
  succeed(successor: Run): void {
    this.successor = successor;
    successor.awaitsPredecessor = true;
  }

  /** While the run is hot the stored wake_at is at or before now. */
  wakeUp(): void {
    this.#parking = false;
    this.#wakeAt = AWAKE;
    this.#changed = true;
    this.host.dirty(this);
  }

  /** Requests that the run leaves memory: it does so if this is durable and nothing happened meanwhile. */
  park(wakeAt: number | null): void {
    this.#parking = true;
    this.#wakeAt = wakeAt;
    this.#changed = true;
    this.host.dirty(this);
  }

  /** Resolves when all decisions so far are durable. */
  durable(): Promise<void> {
    if (this.dead) return Promise.reject(this.dead);
    if (this.isClean) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#changed || !this.#inFlight) this.#waiters.push(waiter);
      else this.#inFlight.waiters.push(waiter);
    });
  }

  /** As `durable`; if the run closed meanwhile, its close is durable too. For answers that contain its status. */
  async told(): Promise<void> {
    do await this.durable();
    while (!this.isOpen && !this.isClean);
  }

  /** Called after each commit of this run, after each workflow task, and when it dies. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  takeCommit(): RunCommit[] {
    if (this.dead || !this.#changed || this.held || this.awaitsPredecessor) return [];
    const { successor } = this;
    if (!successor?.awaitsPredecessor) return [this.#share()];
    successor.awaitsPredecessor = false;
    this.#carried = successor;
    return [this.#share(), successor.#share()];
  }

  #share(): RunCommit {
    const { state } = this;
    const events = this.#staged;
    const batches = [];
    if (events.length > 0) {
      for (let at = 0; at < events.length; at += LARGEST_BATCH) {
        const bytes = history.encodeBatch(
          events.length > LARGEST_BATCH ? events.slice(at, at + LARGEST_BATCH) : events
        );
        history.recordBatch(state, bytes);
        batches.push({ firstEventId: this.durableNextEventId + at, events: bytes });
      }
    }
    const nextEventId = this.durableNextEventId + events.length;
    const since = this.host.sinceBoot();
    state.ownTime = since && { ...since, atMs: this.now() };
    const visibility = this.#visibility ? visibilityOf(state, nextEventId - 1) : undefined;
    const commit: RunCommit = {
      runKey: state.runKey,
      expectedNextEventId: this.durableNextEventId,
      nextEventId,
      history: batches,
      status: state.status,
      side: history.encodeSide(state),
      wakeAt: this.#wakeAt,
      create: this.#creation,
      visibility,
      change: visibility && this.#changeOf(visibility),
    };
    this.#inFlight = { events, effects: this.#effects, waiters: this.#waiters, nextEventId };
    this.#staged = [];
    this.#effects = [];
    this.#waiters = [];
    this.#changed = false;
    this.#visibility = false;
    this.#closes = false;
    this.#wakeAt = undefined;
    this.#creation = undefined;
    return commit;
  }

  /** [RCH2] */
  #changeOf(record: VisibilityRecord): RunChange | undefined {
    const told = toldOf(record);
    const text = JSON.stringify(told);
    const starts = this.#creation !== undefined;
    if (text === this.#told && !starts && !this.#closes) return undefined;
    this.#told = text;
    const { namespace, workflowId, runId, workflowType, status, historyLength } = record;
    const at = this.host.now();
    return {
      namespace,
      workflowId,
      runId,
      workflowType,
      status,
      historyLength,
      told,
      at,
      starts,
      closes: this.#closes,
    };
  }

  committed(): void {
    const done = this.#inFlight;
    if (!done) return;
    this.#inFlight = null;
    if (!this.isCreated) this.host.created(this);
    this.durableNextEventId = done.nextEventId;
    for (const { resolve } of done.waiters) resolve();
    if (this.dead) return this.host.commitFailed(this, this.dead);
    const carried = this.#carried;
    this.#carried = null;
    carried?.committed();
    this.host.perform(this, done.effects);
    this.notify();
    if (this.#changed) this.host.dirty(this);
  }

  failed(error: Error): void {
    for (const { reject } of this.#inFlight?.waiters ?? []) reject(error);
    this.#inFlight = null;
    this.kill(error);
    const lost = this.successor?.awaitsPredecessor ? this.successor : this.#carried;
    this.#carried = null;
    lost?.failed(error);
    this.host.commitFailed(this, error);
  }

  /** The memory of this run is no longer valid. */
  kill(error: Error): void {
    if (this.dead) return;
    this.dead = error;
    for (const { reject } of this.#inFlight?.waiters.splice(0) ?? []) {
      // Data in flight may still be stored.
      reject(new StoreUnavailableError('the run was dropped while its commit was in flight', { cause: error }));
    }
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.notify();
  }

  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const LATE_ANSWERS = 'SagaLateAnswers';
const PASSED_ON = 'SagaPassedOn';
/** Temporal's name. */
const BUILD_IDS = 'BuildIds';
/** As run-view/late-answers.ts reads it. */
const lateAnswerText = ({ scheduledEventId, applied, atMs }: history.LateAnswer): string =>
  `${scheduledEventId} ${applied ? 'applied' : 'notApplied'} ${new Date(atMs).toISOString()}`;

/** As run-view/passed-on.ts reads it. */
const passedOnTexts = ({ toParent, reset }: history.PassedOn): string[] => [
  ...(toParent ? ['parent'] : []),
  ...(reset ? [`reset ${reset.eventId} ${reset.runId}`] : []),
];

/** The attributes that the workflow wrote, and those that the engine adds. */
export function attributesOf(state: RunState): VisibilityRecord['searchAttributes'] {
  const attributes = { ...state.searchAttributes };
  const problems = history.reportedProblems(state);
  if (problems) {
    attributes[history.REPORTED_PROBLEMS] = problems;
    // Only a person can help now: lists, counts and Home use this phase.
    attributes.SagaPhase = 'needs-hand';
  }
  const paused = history.pauseInfo(state);
  if (paused) attributes[PAUSE_INFO] = paused;
  const { lateAnswers = [] } = state.afterClose ?? {};
  if (lateAnswers.length > 0) attributes[LATE_ANSWERS] = lateAnswers.map(lateAnswerText);
  const passedOn = history.passedOnOf(state);
  if (passedOn) attributes[PASSED_ON] = passedOnTexts(passedOn);
  Object.assign(attributes, attentionOf(state));
  const revision = history.listedRevision(state.revision);
  if (revision !== null) attributes[BUILD_IDS] = [revision];
  const left = state.leftBehind;
  // Generated code continues as new with its undo stack in the input of the next run, whose row says what remains.
  const travels =
    state.status === STATUS.continuedAsNew && state.rules.isCounted(state.started.workflowType?.name ?? '');
  if (!left && !travels) return attributes;
  delete attributes.SagaPhase;
  delete attributes.SagaStanding;
  if (!left) return attributes;
  if (left.state === 'counting') attributes.SagaPhase = 'counting';
  else if (left.phase) Object.assign(attributes, { SagaPhase: left.phase, SagaStanding: left.standing });
  return attributes;
}

const executionOf = (execution: temporal.api.common.v1.IWorkflowExecution | null | undefined) =>
  execution?.workflowId ? { workflowId: execution.workflowId, runId: execution.runId ?? '' } : null;

export function visibilityOf(state: RunState, historyLength: number): VisibilityRecord {
  return {
    runKey: state.runKey,
    namespace: state.namespace,
    workflowId: state.workflowId,
    runId: state.runId,
    firstRunId: state.firstRunId,
    workflowType: state.started.workflowType?.name ?? '',
    taskQueue: state.started.taskQueue?.name ?? '',
    status: state.status,
    startTime: state.startTimeMs,
    executionTime: state.firstWorkflowTaskAtMs,
    closeTime: state.closeTimeMs,
    historyLength,
    historySizeBytes: state.historySizeBytes,
    stateTransitions: state.stateTransitions,
    parent: executionOf(state.started.parentWorkflowExecution),
    root: executionOf(state.started.rootWorkflowExecution),
    searchAttributes: attributesOf(state),
    memo: temporal.api.common.v1.Memo.encode({ fields: state.memo }).finish(),
  };
}
