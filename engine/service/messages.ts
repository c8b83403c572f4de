/**
 * Sends what runs ask of other runs (design D17): after the commit of the run that asks, and again until it is known
 * that the other run's commit is durable, also after a restart.
 *
 * Invariants:
 * - Each side commits alone. Nothing of one run is held while the other one is awaited.
 * - A message is named by (run id, initiated event id) of the run that initiated it; the other run acts on it once. Nothing is
 *   stored beside the two runs: what is to be sent follows from the state of the run that asks (history/messages.ts).
 * - There is at most one delivery of a message at a time.
 *
 * What a Temporal server does, and with which cause it fails, is in
 * service/history/transfer_queue_active_task_executor.go.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock';
import * as history from '../history';
import type { Asker, Message, MessageResult, RunState } from '../history';
import { temporal } from '../proto';
import type { RunKey } from '../run-name';
import type { LeasedStore, StoredRun } from '../store/port';
import { ChildMessages, type ChildMessagesHost } from './child-messages';
import type { Run } from './run';

const {
  SignalExternalWorkflowExecutionFailedCause: SignalCause,
  CancelExternalWorkflowExecutionFailedCause: CancelCause,
} = temporal.api.enums.v1;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Clocks of runs differ by less. */
const CLOCKS_MS = 3_600_000;
/** How many runs of one workflow id are asked whether they had a message. */
const EARLIER_RUNS = 100;

/** What they need of the engine. */
export interface MessagesHost extends Clock, ChildMessagesHost {
  readonly holdsLease: boolean;
  readonly isStopping: boolean;
  /** Throws UNAVAILABLE while the lease is not ours. */
  readonly store: LeasedStore;
  /** Open runs in memory. */
  readonly runs: ReadonlyMap<RunKey, Run>;
  load(stored: StoredRun): Promise<Run>;
}

export class Messages {
  /** Deliveries by message. `again`: it was asked for once more meanwhile. */
  readonly #underWay = new Map<string, { again: boolean }>();
  /** How many deliveries are under way for a run. */
  readonly #sending = new Map<RunKey, number>();
  readonly #children: ChildMessages;

  constructor(
    private readonly engine: MessagesHost,
    private readonly options: { log?: Logger }
  ) {
    this.#children = new ChildMessages(engine, options);
  }

  /** The runs whose messages are under way. */
  get runs(): Iterable<RunKey> {
    return this.#sending.keys();
  }
  isSending(runKey: RunKey): boolean {
    return this.#sending.has(runKey);
  }

  /** Everything that others have to hear from a run that was read: it is unknown what was sent before. */
  sendAll(run: Run): void {
    for (const initiatedEventId of history.messagesOf(run.state)) this.send(run, initiatedEventId, true);
  }

  /** `again`: it may have been sent before. */
  send(run: Run, initiatedEventId: number, again: boolean): void {
    const { engine } = this;
    if (engine.isStopping || !engine.holdsLease) return;
    const key = `${run.runKey}/${initiatedEventId}`;
    const known = this.#underWay.get(key);
    if (known) {
      known.again = true;
      return;
    }
    const delivery = { again: false };
    this.#underWay.set(key, delivery);
    this.#sending.set(run.runKey, (this.#sending.get(run.runKey) ?? 0) + 1);
    const lease = engine.store;
    this.#deliver(run.runKey, initiatedEventId, again, () => engine.holdsLease && engine.store === lease)
      .catch((error: unknown) => this.options.log?.error({ err: error, key }, 'a message to another run is not sent'))
      .finally(() => {
        if (this.#underWay.get(key) !== delivery) return;
        this.#underWay.delete(key);
        const left = (this.#sending.get(run.runKey) ?? 1) - 1;
        if (left > 0) this.#sending.set(run.runKey, left);
        else this.#sending.delete(run.runKey);
        if (delivery.again) this.send(run, initiatedEventId, true);
      });
  }

  /** The lease is gone: whoever has it next derives what is to be sent from the runs. */
  dropAll(): void {
    this.#underWay.clear();
    this.#sending.clear();
  }

  async #deliver(runKey: RunKey, initiatedEventId: number, again: boolean, isOurs: () => boolean): Promise<void> {
    let isRepeat = again;
    for (let pauseMs = FIRST_PAUSE_MS; isOurs();) {
      try {
        const asker = await this.#read(runKey);
        // What is asked must be durable before it is sent. At first it is: the effects of a commit come after it.
        if (asker && (isRepeat || !asker.isOpen)) await asker.told();
        const message = asker && history.messageOf(asker.state, initiatedEventId);
        if (!message) return;
        const result = await this.#ask(asker, message, isRepeat);
        if (!isOurs()) return;
        await this.#answer(asker, message, result);
      } catch (error) {
        if (!isOurs()) return;
        isRepeat = true;
        this.options.log?.warn({ err: error, runKey, initiatedEventId }, 'a message to another run waits');
        await new Promise<void>((resolve) => this.engine.after(pauseMs, resolve));
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  async #answer(asker: Run, message: Message, result: MessageResult): Promise<void> {
    try {
      await this.engine.decide(asker, (state) => history.answerMessage(state, message, result, asker.now()));
    } catch (error) {
      // It closed meanwhile, and asks for something else by now, or for nothing.
      if (!(error instanceof history.RequestError)) throw error;
    }
  }

  async #read(runKey: RunKey): Promise<Run | null> {
    const hot = this.engine.runs.get(runKey);
    if (hot && !hot.dead) return hot;
    const stored = await this.engine.store.readRun(runKey);
    return stored && this.engine.load(stored);
  }

  #ask(asker: Run, message: Message, isRepeat: boolean): Promise<MessageResult> {
    switch (message.kind) {
      case 'signal':
        return this.#signal(asker, message, isRepeat);
      case 'cancel':
        return this.#requestCancel(asker, message, isRepeat);
      case 'startChild':
        return this.#children.start(asker, message.child, isRepeat);
      case 'closeChild':
        return this.#children.close(asker, message.child);
      case 'tellParent':
        return this.#children.tellParent(message);
    }
  }

  async #signal(asker: Run, message: SignalMessage, isRepeat: boolean): Promise<MessageResult> {
    const notFound = failed(
      SignalCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND
    );
    const requestId = requestIdOf(message);
    const target = await this.#target(asker, message, isRepeat, (state) => state.signalRequestIds.has(requestId));
    if (!target) return notFound;
    if (target.state.signalRequestIds.has(requestId)) return heard(target);
    if (!target.isOpen) return notFound;
    const { signalName, input, header } = message.attributes;
    const request = { signalName: signalName ?? '', input: input ?? null, header: header ?? null };
    const from = { requestId, identity: HISTORY_SERVICE, asker: askerOf(asker, message) };
    try {
      await this.engine.decide(target, (state) => history.signal(state, { ...request, ...from }, target.now()));
    } catch (error) {
      if (!(error instanceof history.RequestError)) throw error;
      if (error.code === 'NOT_FOUND') return notFound;
      // It takes no more signals: its number of signals, or the room in its history.
      return failed(SignalCause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_SIGNAL_COUNT_LIMIT_EXCEEDED);
    }
    return DONE;
  }

  async #requestCancel(asker: Run, message: CancelMessage, isRepeat: boolean): Promise<MessageResult> {
    const requestId = requestIdOf(message);
    const target = await this.#target(asker, message, isRepeat, (state) => state.cancelRequestIds.has(requestId));
    if (!target)
      return failed(CancelCause.CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND);
    // A run that has closed has nothing left to cancel (service/history/api/requestcancelworkflow/api.go).
    if (!target.isOpen || target.state.cancelRequestIds.has(requestId)) return heard(target);
    const reason = message.attributes.reason ?? '';
    const from = { requestId, identity: HISTORY_SERVICE, asker: askerOf(asker, message) };
    try {
      await this.engine.decide(target, (state) => history.requestCancel(state, { reason, ...from }, target.now()));
    } catch (error) {
      if (!(error instanceof history.RequestError && error.code === 'NOT_FOUND')) throw error;
    }
    return DONE;
  }

  /** Null: there is no such run, it is the asking one itself, or it is not the child that it has to be. */
  async #target(
    asker: Run,
    { attributes, initiatedTimeMs }: SignalMessage | CancelMessage,
    isRepeat: boolean,
    hadIt: (state: RunState) => boolean
  ): Promise<Run | null> {
    const { namespace, workflowId: ownId } = asker.state;
    const workflowId = attributes.workflowExecution?.workflowId ?? '';
    const runId = attributes.workflowExecution?.runId ?? '';
    // Whatever the run id says.
    if (workflowId === ownId) return null;
    const before = isRepeat && !runId ? await this.#earlier(namespace, workflowId, initiatedTimeMs, hadIt) : null;
    const target = before ?? (await this.engine.find(namespace, workflowId, runId));
    if (!target || (attributes.childWorkflowOnly && !isChildOf(target.state, asker.state))) return null;
    return target;
  }

  /**
   * Without a run id the current run is meant. When the message was sent before, that may have been another run than
   * today's, which must not hear it a second time.
   */
  async #earlier(
    namespace: string,
    workflowId: string,
    sinceMs: number,
    hadIt: (state: RunState) => boolean
  ): Promise<Run | null> {
    const filter = { op: '=', field: 'WorkflowId', value: workflowId } as const;
    const runs = await this.engine.store.list({ namespace, filter, limit: EARLIER_RUNS, after: null });
    for (const { runId, closeTime } of runs) {
      if (closeTime !== null && closeTime < sinceMs - CLOCKS_MS) continue;
      const run = await this.engine.find(namespace, workflowId, runId);
      if (run && hadIt(run.state)) return run;
    }
    return null;
  }
}

type SignalMessage = Extract<Message, { kind: 'signal' }>;
type CancelMessage = Extract<Message, { kind: 'cancel' }>;

const HISTORY_SERVICE = 'history-service';
const DONE: MessageResult = { kind: 'done' };
const failed = (cause: number): MessageResult => ({ kind: 'failed', cause });

async function heard(target: Run): Promise<MessageResult> {
  await target.durable();
  return DONE;
}

/** The same from a run that a reset made, for what its base asked before the point. */
const requestIdOf = ({ originRunId, initiatedEventId }: SignalMessage | CancelMessage) =>
  `${originRunId}/${initiatedEventId}`;

const askerOf = ({ state: { workflowId, runId } }: Run, { initiatedEventId }: Message): Asker => ({
  workflowId,
  runId,
  initiatedEventId,
});

function isChildOf({ started }: RunState, parent: RunState): boolean {
  const { workflowId, runId } = started.parentWorkflowExecution ?? {};
  return workflowId === parent.workflowId && runId === parent.runId;
}
