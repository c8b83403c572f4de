/**
 * One run from its start to its end over engine/history and the worker's ports, in virtual time: without a service and
 * without a store. The history is the one that a service would store. Trials of drafts use it, and tests of the worker.
 *
 * Invariants: time moves only if nothing else can happen, and then to the next deadline. Nothing here knows what the
 * workflow does.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { createHash } from 'node:crypto';
import * as history from '../history';
import type { ChildState, Effect, HistoryEvent, RunState, StartRun, Transition } from '../history';
import { idOf } from '../proto-time';
import type { temporal } from '../proto';
import { STATUS } from '../run-name';
import type { HistoryBatch } from '../store/port';
import type { ActivityTask, ActivityWorker, WorkflowTaskResult, WorkflowWorker } from '../worker/port';
import { askedOf, type ChildAsked, type ChildPlayed } from './virtual-children';

const EPOCH = 1;
const START_MS = 1_700_000_000_000;
const toPayloads = (args: unknown[]) => ({
  payloads: args.map((arg) => defaultPayloadConverter.toPayload(arg)) as never[],
});

export interface VirtualRunOptions {
  runKey?: number;
  workflowId?: string;
  memo?: Record<string, unknown>;
  /** Default: a day in November 2023. */
  startMs?: number;
  /** Who starts, signals and stops it. */
  identity?: string;
  /** The events of each commit, as a service would store them. */
  onBatch?: (batch: HistoryBatch) => void;
  /** A run before it continued as this one, which has what that one said. */
  continues?: StartRun;
  /** When a run hears that it should continue as new. Default: never, so that it is one run to its end. */
  suggestContinueAsNewEvents?: number;
}

export interface RunLimits {
  /** Called whenever nothing is in the middle of a change. True: stop here. */
  until?: () => boolean;
  /** After so many failed workflow tasks the run is given up. */
  maxTaskFailures?: number;
}

export class VirtualRun {
  now: number;
  readonly events: HistoryEvent[] = [];
  readonly failures: Extract<WorkflowTaskResult, { kind: 'failed' }>[] = [];
  readonly updateStages: Extract<Effect, { kind: 'updateStage' }>[] = [];
  readonly state: RunState;
  readonly runId: string;
  readonly #identity: string;
  readonly #onBatch: ((batch: HistoryBatch) => void) | undefined;
  /** The queries that are asked with each workflow task, and their newest answers. */
  protected readonly asksAlways: string[] = [];
  readonly answers: Record<string, unknown> = {};
  readonly #running = new Map<string, { token: string; done: boolean }>();
  readonly #children = new Map<string, ChildPlayed>();
  /** Children that are about to end by themselves. */
  readonly #working = new Set<Promise<void>>();
  #outcomes: (() => void)[] = [];
  /** The run that follows this one in its chain, once it has closed; null if none does. */
  next: StartRun | null = null;
  #wake: (() => void) | null = null;

  constructor(
    private readonly worker: WorkflowWorker,
    private readonly activities: ActivityWorker,
    workflowType: string,
    args: unknown[] = [],
    options: VirtualRunOptions = {}
  ) {
    this.now = options.startMs ?? START_MS;
    this.#identity = options.identity ?? 'test';
    this.#onBatch = options.onBatch;
    const workflowId = options.workflowId ?? `wf-${workflowType}`;
    this.runId = options.continues?.runId ?? uuidOf(workflowId);
    const { state, transition } = history.startRun(
      options.continues
        ? { ...options.continues, runKey: options.runKey ?? 1 }
        : {
            runKey: options.runKey ?? 1,
            namespace: 'default',
            workflowId,
            runId: this.runId,
            firstRunId: this.runId,
            requestId: 'request',
            firstWorkflowTaskAt: this.now,
            attributes: {
              workflowType: { name: workflowType },
              taskQueue: { name: 'backstitch', kind: 1 },
              input: toPayloads(args),
              originalExecutionRunId: this.runId,
              firstExecutionRunId: this.runId,
              attempt: 1,
              identity: this.#identity,
              memo: {
                fields: Object.fromEntries(
                  Object.entries(options.memo ?? {}).map(([name, value]) => [
                    name,
                    defaultPayloadConverter.toPayload(value),
                  ])
                ),
              },
            },
          },
      this.now,
      EPOCH,
      rulesOf(options)
    );
    this.state = state;
    this.#apply(transition);
  }

  signal(signalName: string, ...args: unknown[]): void {
    this.#apply(
      history.signal(
        this.state,
        { signalName, input: toPayloads(args), header: null, identity: this.#identity, requestId: '' },
        this.now
      )
    );
  }
  cancel(requestId = 'cancel', reason = 'test'): void {
    this.#apply(history.requestCancel(this.state, { reason, identity: this.#identity, requestId }, this.now));
  }
  terminate(): void {
    this.#apply(history.terminate(this.state, { reason: 'test', details: null, identity: 'test' }, this.now));
  }
  update(updateId: string, name: string, ...args: unknown[]): void {
    this.#apply(
      history.admitUpdate(
        this.state,
        { meta: { updateId, identity: this.#identity }, input: { name, args: toPayloads(args) } },
        this.now
      )
    );
  }
  /** Called when nothing can happen before time moves. True: something was sent to the run. */
  protected whenIdle(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Plays a child that the run starts. */
  protected child(asked: ChildAsked): ChildPlayed {
    throw new Error(`nothing plays the child ${asked.workflowId}`);
  }

  /**
   * Takes those answers of activities of which the next workflow task hears: all that are there. If it takes none,
   * something is sent to the run first, or the next timer fires.
   */
  protected arrived(answers: (() => void)[]): (() => void)[] {
    return answers.splice(0);
  }

  /** Called with the events of each change, when they are in the history. */
  protected recorded(_events: readonly HistoryEvent[]): void {}

  async query(queryType: string): Promise<unknown> {
    const result = await this.worker.runWorkflowTask({
      ...this.#task([]),
      startedEventId: this.state.lastCompletedTaskStartedEventId,
      loadHistory: () => Promise.resolve(this.events),
      queries: [{ id: 'q', query: { queryType } }],
    });
    if (result.kind === 'failed') throw new Error(result.failure.message ?? 'query failed');
    const answer = result.queryResults.q?.answer?.payloads?.[0];
    if (!answer) throw new Error(result.queryResults.q?.errorMessage ?? 'no answer');
    return defaultPayloadConverter.fromPayload(answer as never);
  }

  /** Works until the run has closed, or until nothing is left to do and there is no deadline. */
  async run(limits: RunLimits = {}): Promise<void> {
    while (this.state.status === STATUS.running && !limits.until?.()) {
      if (this.failures.length >= (limits.maxTaskFailures ?? 3)) return;
      const arrived = this.arrived(this.#outcomes);
      const isHeldBack = arrived.length === 0 && this.#outcomes.length > 0;
      for (const outcome of arrived) outcome();
      if (await this.#runTask()) continue;
      if (!isHeldBack) {
        if (this.#outcomes.length > 0) continue;
        // Activities that are about to answer are processed before the clock moves.
        if (this.#running.size > 0) await this.#settleActivities();
        if (this.#outcomes.length > 0) continue;
        if (this.#working.size > 0) {
          await Promise.race(this.#working);
          continue;
        }
      }
      if (await this.whenIdle()) continue;
      const deadline = history.nextDeadline(this.state);
      if (isHeldBack && !this.#isOfTimer(deadline)) {
        // Nothing else can happen before the time limit of a call.
        for (const outcome of this.#outcomes.splice(0)) outcome();
        continue;
      }
      if (deadline === null) return;
      this.now = Math.max(this.now, deadline);
      this.#apply(history.advance(this.state, EPOCH, this.now));
    }
  }

  result(): unknown {
    const payload = this.state.closeEvent?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0];
    return payload ? defaultPayloadConverter.fromPayload(payload as never) : undefined;
  }

  history(): temporal.api.history.v1.IHistory {
    return { events: this.events };
  }

  #task(newEvents: HistoryEvent[]) {
    const { state } = this;
    return {
      run: {
        runKey: state.runKey,
        namespace: state.namespace,
        workflowId: state.workflowId,
        runId: state.runId,
        firstRunId: state.firstRunId,
        workflowType: state.started.workflowType?.name ?? '',
        taskQueue: 'backstitch',
      },
      attempt: state.workflowTaskAttempt,
      previousStartedEventId: state.lastCompletedTaskStartedEventId,
      revision: history.revisionOfTask(state),
      newEvents,
      historySizeBytes: 0,
      suggestContinueAsNew: false,
      updates: [],
      queries: [],
    };
  }

  async #runTask(): Promise<boolean> {
    const { state } = this;
    const open = history.openWorkflowTask(state, this.now);
    if (!open) return false;
    const updates = [...state.updates.values()].filter((update) => update.sent && !update.acceptedEventId);
    const result = await this.worker.runWorkflowTask({
      ...this.#task(history.taskEvents(state)),
      startedEventId: open.startedEventId,
      loadHistory: () => Promise.resolve([...this.events, ...history.openTaskEvents(state)]),
      updates: updates.map(({ updateId, request }) => ({ id: updateId, protocolInstanceId: updateId, request })),
      queries: this.asksAlways.map((queryType) => ({ id: queryType, query: { queryType } })),
    });
    if (result.kind === 'failed') {
      this.failures.push(result);
      this.#apply(history.failWorkflowTask(state, result.cause, result.failure, 'test', this.now));
      return true;
    }
    const { kind: _, queryResults, ...decided } = result;
    for (const query of this.asksAlways) {
      const answer = queryResults[query]?.answer?.payloads?.[0];
      if (answer) this.answers[query] = defaultPayloadConverter.fromPayload(answer as never);
    }
    this.#apply(history.completeWorkflowTask(state, { identity: 'test', ...decided }, EPOCH, this.now));
    return true;
  }

  /** A timer of the workflow fires then, or a call is tried again: no call ends by its time limit. */
  #isOfTimer(deadline: number | null): boolean {
    const { timers, activities } = this.state;
    return (
      [...timers.values()].some(({ fireAtMs }) => fireAtMs === deadline) ||
      [...activities.values()].some(({ nextAttemptAtMs }) => nextAttemptAtMs === deadline)
    );
  }

  /** The events are in the history, and what they cause has begun. */
  #apply(transition: Transition): void {
    if (transition.events.length > 0) {
      // The digest proves what is stored. Where nothing is stored, only the size is needed, which has limits.
      if (this.#onBatch) {
        const events = history.encodeBatch(transition.events);
        history.recordBatch(this.state, events);
        this.#onBatch({ firstEventId: idOf(transition.events[0]?.eventId), events });
      } else this.state.historySizeBytes += history.batchBytes(transition.events);
      this.events.push(...transition.events);
      this.recorded(transition.events);
    }
    for (const effect of transition.effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    if (effect.kind === 'newRun') this.next = effect.start;
    if (effect.kind === 'updateStage') this.updateStages.push(effect);
    if (effect.kind === 'cancelActivity') {
      this.activities.cancel(`${effect.scheduledEventId}/${effect.attempt}`, effect.reason);
    }
    if (effect.kind === 'send') this.#outcomes.push(() => this.#send(effect.initiatedEventId));
    if (effect.kind !== 'dispatchActivity') return;
    const { scheduledEventId, attempt } = effect;
    const activity = this.state.activities.get(scheduledEventId);
    if (!activity) return;
    const token = `${scheduledEventId}/${attempt}`;
    const running = { token, done: false };
    this.#running.set(token, running);
    const task: ActivityTask = {
      token,
      namespace: 'default',
      workflowId: this.state.workflowId,
      runId: this.state.runId,
      workflowType: this.state.started.workflowType?.name ?? '',
      activityId: activity.activityId,
      revision: activity.revision,
      activityType: activity.activityType,
      taskQueue: activity.taskQueue,
      attempt,
      input: activity.input?.payloads ?? [],
      headers: {},
      heartbeatDetails: activity.heartbeatDetails?.payloads ?? [],
      scheduledTimeMs: activity.scheduledTimeMs,
      currentAttemptScheduledTimeMs: activity.startedTimeMs,
      startedTimeMs: activity.startedTimeMs,
      scheduleToCloseTimeoutMs: activity.scheduleToCloseTimeoutMs,
      startToCloseTimeoutMs: activity.startToCloseTimeoutMs,
      heartbeatTimeoutMs: activity.heartbeatTimeoutMs,
    };
    const ref = { scheduledEventId, attempt };
    void this.activities
      .run(task, (details) => this.#apply(history.heartbeatActivity(this.state, ref, { payloads: details }, this.now)))
      .then((outcome) => {
        this.#running.delete(token);
        this.#outcomes.push(() => {
          try {
            const transition =
              outcome.kind === 'completed'
                ? history.completeActivity(this.state, ref, { payloads: outcome.result }, 'test', EPOCH, this.now)
                : outcome.kind === 'failed'
                  ? history.failActivity(this.state, ref, outcome.failure, 'test', EPOCH, this.now)
                  : history.cancelActivity(this.state, ref, { payloads: outcome.details }, 'test', EPOCH, this.now);
            this.#apply(transition);
          } catch (error) {
            // A late answer: the attempt was closed before it.
            if (!(error instanceof history.RequestError)) throw error;
          }
        });
        this.#wake?.();
      });
  }

  /** What the run asks of its children. Of other runs nothing is known here. */
  #send(initiatedEventId: number): void {
    const message = history.messageOf(this.state, initiatedEventId);
    if (!message || message.kind === 'tellParent' || message.kind === 'closeChild') return;
    if (message.kind === 'startChild') this.#begin(message.child);
    if (message.kind === 'cancel') this.#children.get(message.attributes.workflowExecution?.workflowId ?? '')?.cancel();
    this.#apply(history.answerMessage(this.state, message, { kind: 'done' }, this.now));
  }

  #begin(child: ChildState): void {
    const { workflowId, runId, initiatedEventId } = child;
    const played = this.child(askedOf(child, this.now));
    this.#children.set(workflowId, played);
    const work = played.closed.then(({ event, atMs }) => {
      this.#outcomes.push(() => {
        this.#children.delete(workflowId);
        this.now = Math.max(this.now, atMs);
        const closed = { initiatedEventId, workflowId, runId, firstRunId: runId, event };
        this.#apply(history.childClosed(this.state, closed, this.now));
      });
      this.#working.delete(work);
      this.#wake?.();
    });
    if (played.isWorking) this.#working.add(work);
  }

  /** Gives running activities a few turns of the event loop. Activities that wait for a cancellation keep running. */
  async #settleActivities(): Promise<void> {
    for (let turn = 0; turn < 5 && this.#outcomes.length === 0; turn++) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setImmediate(resolve);
      });
    }
    this.#wake = null;
  }
}

const rulesOf = ({ suggestContinueAsNewEvents = Infinity }: VirtualRunOptions): history.Rules => ({
  ...history.defaultRules,
  limits: { ...history.defaultLimits, suggestContinueAsNewEvents, suggestContinueAsNewBytes: Infinity },
});

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-'
  );
}
