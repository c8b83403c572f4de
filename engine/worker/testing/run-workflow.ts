/**
 * Runs one workflow to its end over engine/history and a WorkflowWorker, in virtual time and without a service: for
 * tests of the worker. It keeps the history as it would be stored. The test file declares with `provesHistories` how
 * these histories are checked.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { createHash } from 'node:crypto';
import * as history from '../../history';
import type { Effect, HistoryEvent, RunState, Transition } from '../../history';
import { witness, type WorkflowSource } from '../../history/testing/proof';
import { idOf } from '../../proto-time';
import type { temporal } from '../../proto';
import type { HistoryBatch } from '../../store/port';
import type { ActivityTask, ActivityWorker, WorkflowTaskResult, WorkflowWorker } from '../port';

const EPOCH = 1;
const toPayloads = (args: unknown[]) => ({
  payloads: args.map((arg) => defaultPayloadConverter.toPayload(arg)) as never[],
});

export class WorkflowUnderTest {
  now = 1_700_000_000_000;
  readonly events: HistoryEvent[] = [];
  readonly failures: Extract<WorkflowTaskResult, { kind: 'failed' }>[] = [];
  readonly updateStages: Extract<Effect, { kind: 'updateStage' }>[] = [];
  readonly state: RunState;
  readonly #batches: HistoryBatch[] = [];
  readonly #running = new Map<string, { token: string; done: boolean }>();
  #outcomes: (() => void)[] = [];
  #wake: (() => void) | null = null;

  constructor(
    private readonly worker: WorkflowWorker,
    private readonly activities: ActivityWorker,
    workflowType: string,
    args: unknown[] = [],
    options: {
      runKey?: number;
      workflowId?: string;
      source?: WorkflowSource;
      memo?: Record<string, unknown>;
    } = {}
  ) {
    const workflowId = options.workflowId ?? `wf-${workflowType}`;
    const runId = uuidOf(workflowId);
    const { state, transition } = history.startRun(
      {
        runKey: options.runKey ?? 1,
        namespace: 'default',
        workflowId,
        runId,
        firstRunId: runId,
        requestId: 'request',
        firstWorkflowTaskAt: this.now,
        attributes: {
          workflowType: { name: workflowType },
          taskQueue: { name: 'backstitch', kind: 1 },
          input: toPayloads(args),
          originalExecutionRunId: runId,
          firstExecutionRunId: runId,
          attempt: 1,
          identity: 'test',
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
      EPOCH
    );
    this.state = state;
    this.#apply(transition);
    witness(() => ({
      workflowId,
      runId,
      batches: this.#batches,
      expected: { nextEventId: state.nextEventId, digest: state.digest, status: state.status },
      source: options.source,
      broken: this.failures.length > 0,
    }));
  }

  signal(signalName: string, ...args: unknown[]): void {
    this.#apply(
      history.signal(
        this.state,
        { signalName, input: toPayloads(args), header: null, identity: 'test', requestId: '' },
        this.now
      )
    );
  }
  cancel(requestId = 'cancel'): void {
    this.#apply(history.requestCancel(this.state, { reason: 'test', identity: 'test', requestId }, this.now));
  }
  terminate(): void {
    this.#apply(history.terminate(this.state, { reason: 'test', details: null, identity: 'test' }, this.now));
  }
  update(updateId: string, name: string, ...args: unknown[]): void {
    this.#apply(
      history.admitUpdate(
        this.state,
        { meta: { updateId, identity: 'test' }, input: { name, args: toPayloads(args) } },
        this.now
      )
    );
  }

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
  async run(options: { until?: () => boolean; maxTaskFailures?: number } = {}): Promise<void> {
    while (this.state.status === 1 && !options.until?.()) {
      if (this.failures.length >= (options.maxTaskFailures ?? 3)) return;
      for (const outcome of this.#outcomes.splice(0)) outcome();
      if (await this.#runTask()) continue;
      if (this.#outcomes.length > 0) continue;
      // Activities that are about to answer are processed before the clock moves.
      if (this.#running.size > 0) await this.#settleActivities();
      if (this.#outcomes.length > 0) continue;
      const deadline = history.nextDeadline(this.state);
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
    });
    if (result.kind === 'failed') {
      this.failures.push(result);
      this.#apply(history.failWorkflowTask(state, result.cause, result.failure, 'test', this.now));
      return true;
    }
    const { commands, messages, sdkMetadata, revision } = result;
    this.#apply(
      history.completeWorkflowTask(
        state,
        { identity: 'test', commands, messages, sdkMetadata, revision },
        EPOCH,
        this.now
      )
    );
    return true;
  }

  #apply(transition: Transition): void {
    if (transition.events.length > 0) {
      const bytes = history.encodeBatch(transition.events);
      history.recordBatch(this.state, bytes);
      this.#batches.push({ firstEventId: idOf(transition.events[0]?.eventId), events: bytes });
      this.events.push(...transition.events);
    }
    for (const effect of transition.effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    if (effect.kind === 'updateStage') this.updateStages.push(effect);
    if (effect.kind === 'cancelActivity') {
      this.activities.cancel(`${effect.scheduledEventId}/${effect.attempt}`, effect.reason);
    }
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

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-'
  );
}
