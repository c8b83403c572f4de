/**
 * The functions in which generated code writes a flow: a method for each kind of node, and handlers for signals,
 * queries and updates.
 */
import {
  ApplicationFailure,
  CancellationScope,
  DeterminismViolationError,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import { addressText } from './address';
import type { Around } from './around';
import { runAll, runFirst, type RaceResult } from './branches';
import type { Carried } from './carried';
import { leaveChild, runChild, type ChildSpec, type StartedChild } from './child';
import { demandCarried } from './continue';
import { milliseconds, type Duration } from './duration';
import { Ended } from './ended';
import { runItems, runRounds, type EachResult, type EachSpec, type RepeatSpec } from './loops';
import { runApproval, type ApprovalResult } from './approval';
import { VARIABLES_QUERY } from './contract';
import type { ApprovalSpec } from './decision';
import { asFailure, failureMessage, failureType, type CaughtFailure } from './failures';
import { serveQuery, serveUpdate, type UpdateSpec } from './handlers';
import type { Scope, UndoFailurePolicy } from './ledger';
import { instantMs } from './instant';
import { stepIdOf, type ItemPath } from './item-path';
import { pause } from './pause';
import { shortMessage } from './schedule';
import { SearchableFields, type SearchableSpec } from './searchable';
import type { SignalDoor, SignalInbox } from './signals';
import type { Cursor, SagaState } from './state';
import { runStep, type StepSpec } from './step';
import { unwind } from './unwind';
import type { ValueSchema } from './value-check';

export interface SagaOptions {
  flow: string;
  onUndoFailure: UndoFailurePolicy;
  /** The deadline of the run, after which it unwinds. */
  deadline?: Duration;
  /** The input of the run and its schema: everybody who may call the cluster can start a run with any input. */
  input?: { value: unknown; schema: ValueSchema };
  /** What the run before this one in its chain has carried (carried.ts); undefined in the first one. */
  carried?: Carried;
  /** Declared signals: a signal that arrives before a step waits for it is kept. */
  signals?: Readonly<Record<string, SignalDoor>>;
}

interface CatchSpec<FlowOutput, Handled = void> {
  /** Failure types; absent or empty: every failure. */
  types?: string[];
  /** Whether the effects of the node are undone before the failure is handled. */
  scope: 'undo' | 'keep';
  /** `Promise<never>`: it always ends or fails the flow. Absent: the flow goes on after the node. */
  handle?(saga: Saga<FlowOutput>, failure: CaughtFailure): Promise<Handled>;
}
/** Catches after which the flow never goes on. */
interface EndingCatch<FlowOutput> extends CatchSpec<FlowOutput, never> {
  handle(saga: Saga<FlowOutput>, failure: CaughtFailure): Promise<never>;
}

interface SignalSpec<Payload> {
  id: string;
  signal: string;
  /** Which signals match; without it every signal does. */
  when?(payload: Payload): boolean;
  timeout?: Duration;
}

/** Of a loop that no run before this one has come to. */
const BEGINS = { loop: null, scope: null };

/** The name of a node's output. */
const nameOf = (nodeId: string): string =>
  nodeId.replace(/-+([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());

/**
 * A scope of the running flow. Parallel branches and nodes with catches have a scope of their own; branches also have
 * a cursor of their own.
 */
export class Saga<FlowOutput = unknown> {
  constructor(
    private readonly state: SagaState,
    private readonly scope: Scope,
    private readonly options: SagaOptions,
    private readonly inbox: SignalInbox,
    private readonly cursor: Cursor,
    private readonly itemPath: ItemPath = []
  ) {}

  /**
   * Runs an activity as a step; see StepSpec. The output is undefined if a failure was handled and the flow continues.
   */
  step<Output>(spec: StepSpec<Output>, catches?: EndingCatch<FlowOutput>[]): Promise<Output>;
  step<Output>(spec: StepSpec<Output>, catches: CatchSpec<FlowOutput>[]): Promise<Output | undefined>;
  async step<Output>(spec: StepSpec<Output>, catches?: CatchSpec<FlowOutput>[]): Promise<Output | undefined> {
    if (catches) return this.attempt(spec.id, (s) => s.step(spec), catches);
    const output = await this.node(spec.id, 'running', (id) =>
      runStep(this.state, this.scope, { ...spec, id }, this.options.onUndoFailure)
    );
    return this.keep(spec.id, output);
  }

  /**
   * Runs another flow as a child, and waits for its end. What it has left is undone as a part of this run. The output is
   * undefined if a failure was handled and the flow continues.
   */
  child<Output>(spec: ChildSpec, catches?: EndingCatch<FlowOutput>[]): Promise<Output>;
  child<Output>(spec: ChildSpec, catches: CatchSpec<FlowOutput>[]): Promise<Output | undefined>;
  async child<Output>(spec: ChildSpec, catches?: CatchSpec<FlowOutput>[]): Promise<Output | undefined> {
    if (catches) return this.attempt(spec.id, (s) => s.child<Output>(spec), catches);
    const output = await this.node(spec.id, 'running', (id) =>
      runChild<Output>(this.state, this.scope, { ...spec, id })
    );
    return this.keep(spec.id, output);
  }

  /** Starts another flow as a run that goes on by itself: it keeps its effects, whatever becomes of this run. */
  startChild(spec: ChildSpec, catches?: EndingCatch<FlowOutput>[]): Promise<StartedChild>;
  startChild(spec: ChildSpec, catches: CatchSpec<FlowOutput>[]): Promise<StartedChild | undefined>;
  async startChild(spec: ChildSpec, catches?: CatchSpec<FlowOutput>[]): Promise<StartedChild | undefined> {
    if (catches) return this.attempt(spec.id, (s) => s.startChild(spec), catches);
    const started = await this.node(spec.id, 'running', (id) => leaveChild({ ...spec, id }));
    if ((spec.onParentClose ?? 'leave') !== 'leave') this.state.staysHere = true;
    return this.keep(spec.id, started);
  }

  /** The tag of an address template: each value in it is data, encoded as a part of one segment. */
  path(drawn: TemplateStringsArray, ...values: unknown[]): string {
    return addressText(drawn, values);
  }

  /** True if the point of no return was passed. Steps after it are retried until they succeed. */
  get pivoted(): boolean {
    return this.state.pivoted;
  }

  /** Waits for a duration, durably. */
  async wait(nodeId: string, duration: Duration): Promise<void> {
    await this.node(nodeId, 'waiting', (id) => pause(id, milliseconds(duration)));
  }

  /**
   * Waits until an instant, durably; if it has passed, only for a moment. `zone`: for texts without an offset (see
   * instant.ts). Fails with 'NoInstant' for any other text.
   */
  async waitUntil(nodeId: string, instant: string, zone?: string): Promise<void> {
    await this.node(nodeId, 'waiting', async (id) => {
      const atMs = instantMs(instant, zone);
      if (atMs === null) {
        const wanted = zone === undefined ? 'an instant with an offset' : `an instant, or a date or time in ${zone}`;
        const message = `Cannot wait until ${JSON.stringify(instant)}: it is not an instant. Use ${wanted}.`;
        throw ApplicationFailure.nonRetryable(message, 'NoInstant');
      }
      await pause(id, atMs - Date.now());
    });
  }

  /**
   * The next signal of this name that matches, in order of arrival. Null after a timeout if `onTimeout` is
   * 'continue'.
   */
  waitForSignal<Payload>(spec: SignalSpec<Payload> & { onTimeout: 'continue' }): Promise<Payload | null>;
  waitForSignal<Payload>(spec: SignalSpec<Payload> & { onTimeout?: 'fail' }): Promise<Payload>;
  async waitForSignal<Payload>(
    spec: SignalSpec<Payload> & { onTimeout?: 'continue' | 'fail' }
  ): Promise<Payload | null> {
    const message = `No signal '${spec.signal}' came in time.`;
    let taken: { payload: unknown } | null = null;
    let broken: { error: unknown } | null = null;
    // Taken as soon as it matches, because another branch may wait for the same signal and needs one of its own.
    const arrived = () => {
      try {
        taken ??= this.inbox.take(spec.signal, (payload) => spec.when?.(payload as Payload) ?? true);
      } catch (error) {
        // An error thrown here would fail the workflow task for ever, so it is kept and thrown by the node.
        broken ??= { error };
      }
      return taken !== null || broken !== null;
    };
    await this.node(spec.id, 'waiting', async (id) => {
      if (spec.timeout === undefined) {
        const ended = this.inbox.waits(id);
        try {
          await condition(arrived);
        } finally {
          ended();
        }
      } else await condition(arrived, Math.max(1, milliseconds(spec.timeout)), { summary: id });
      const failed = broken as { error: unknown } | null;
      if (failed) throw failed.error;
      // A signal that arrives together with the end of the time limit counts.
      if (taken === null && spec.onTimeout !== 'continue')
        throw ApplicationFailure.nonRetryable(message, 'SignalTimeout');
    });
    const signal = taken as { payload: unknown } | null;
    if (signal) return this.keep(spec.id, signal.payload as Payload);
    this.state.mark(this.stepId(spec.id), 'done', { note: message });
    return null;
  }

  /** Asks people for a decision, and waits for it. `Result`: of an approval that names its decisions. */
  async approval<Result = ApprovalResult>(spec: ApprovalSpec): Promise<Result> {
    const result = await this.node(spec.id, 'waiting', (id) =>
      runApproval(this.state, this.options.flow, { ...spec, id })
    );
    const named = spec.decisions?.find(({ key }) => key === result.decision);
    const note = named?.title ?? (result.decision === 'approve' ? 'Approved' : 'Rejected');
    this.state.mark(this.stepId(spec.id), 'done', { note });
    return this.keep(spec.id, result as Result);
  }

  /** Reports the branch that a choice took, and those that it did not take. */
  took(nodeId: string, branch: string | null, others: string[] = []): void {
    Object.assign(this.cursor, { nodeId, through: true });
    this.state.mark(this.stepId(nodeId), 'done', branch === null ? {} : { note: branch });
    if (branch !== null) this.state.mark(this.stepId(branch), 'done');
    for (const other of others) this.state.mark(this.stepId(other), 'skipped');
  }

  /** A node that starts and ends at once (set). */
  passed(nodeId: string): void {
    Object.assign(this.cursor, { nodeId, through: true });
    this.state.mark(this.stepId(nodeId), 'done');
    this.state.searchable?.tell();
  }

  /**
   * Runs branches concurrently. If one fails the others are cancelled, and all of them end before the failure is
   * thrown.
   */
  async parallel(
    spec: { id: string; unwind?: 'reverse' | 'together' },
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<void>>
  ): Promise<void> {
    await this.node(spec.id, 'running', () => runAll(this.around, spec.unwind ?? 'reverse', branches));
  }

  /**
   * Runs branches concurrently until the first one succeeds. The others are cancelled, end, and are undone before the
   * flow goes on. It fails if all of them fail.
   */
  race(
    nodeId: string,
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<unknown>>,
    catches?: EndingCatch<FlowOutput>[]
  ): Promise<RaceResult>;
  race(
    nodeId: string,
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<unknown>>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<RaceResult | undefined>;
  async race(
    nodeId: string,
    branches: Record<string, (saga: Saga<FlowOutput>) => Promise<unknown>>,
    catches: CatchSpec<FlowOutput>[] = []
  ): Promise<RaceResult | undefined> {
    const result = await this.attempt(
      nodeId,
      (s) => s.node(nodeId, 'running', () => runFirst(s.around, branches)),
      catches
    );
    return result && this.keep(nodeId, result);
  }

  /** Runs steps as one part of the flow. With catches they fail, are undone and are handled as a whole. */
  group<Output>(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches?: EndingCatch<FlowOutput>[]
  ): Promise<Output>;
  group(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<unknown>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<void>;
  async group(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<unknown>,
    catches: CatchSpec<FlowOutput>[] = []
  ): Promise<unknown> {
    return this.attempt(nodeId, (s) => s.node(nodeId, 'running', () => body(s)), catches);
  }

  /**
   * Runs steps for each item of a list, at most `concurrency` items at a time, the first ones first. Everything that
   * began has ended before the node fails.
   */
  each<Item, Result>(
    spec: EachSpec<Item>,
    body: (saga: Saga<FlowOutput>, item: Item) => Promise<Result>,
    catches?: EndingCatch<FlowOutput>[]
  ): Promise<EachResult<Result>>;
  each<Item, Result>(
    spec: EachSpec<Item>,
    body: (saga: Saga<FlowOutput>, item: Item) => Promise<Result>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<EachResult<Result> | undefined>;
  async each<Item, Result>(
    spec: EachSpec<Item>,
    body: (saga: Saga<FlowOutput>, item: Item) => Promise<Result>,
    catches: CatchSpec<FlowOutput>[] = []
  ): Promise<EachResult<Result> | undefined> {
    const from = spec.continuesAsNew ? this.state.arriveAt(spec.id) : BEGINS;
    // A run before this one in the chain has been through it.
    if (!from) return this.state.outputs[nameOf(spec.id)] as EachResult<Result> | undefined;
    const result = await this.attemptIn(
      from.scope ?? this.state.ledger.open(this.scope),
      spec.id,
      (s) => s.node(spec.id, 'running', (id) => runItems(s.around, id, spec, from.loop, body)),
      catches
    );
    return result && this.keep(spec.id, result);
  }

  /** Runs steps again and again: while a condition is true, or until the steps return true. */
  async repeat(
    spec: RepeatSpec,
    body: (saga: Saga<FlowOutput>) => Promise<boolean | void>,
    catches: CatchSpec<FlowOutput>[] = []
  ): Promise<void> {
    const from = spec.continuesAsNew ? this.state.arriveAt(spec.id) : BEGINS;
    if (!from) return;
    await this.attemptIn(
      from.scope ?? this.state.ledger.open(this.scope),
      spec.id,
      (s) => s.node(spec.id, 'running', (id) => runRounds(s.around, id, spec, from.loop?.next ?? 1, body)),
      catches
    );
  }

  /**
   * Declared once, before the first step of a flow that continues as new: its variables, and the outputs that later
   * steps read. In the next run of the chain they are written before its first step. [CAS5] What the run before did not
   * have, because its revision did not, is as at the beginning.
   */
  carries<Values extends object>(read: () => Values, write: (values: Values) => void): void {
    this.state.values = { read, write };
    const { from } = this.state;
    if (!from) return;
    const own = read();
    demandCarried(from, own);
    write({ ...own, ...(from.values as Partial<Values>) });
  }

  /** Declared once, before the first step: the variables of the flow, for people who read the run. */
  shows(read: () => object): void {
    serveQuery(this.state, VARIABLES_QUERY, read);
  }

  /**
   * True while the run goes on to the loop at which the run before it has continued as new: the steps before that loop
   * were done then.
   */
  get resuming(): boolean {
    return this.state.isResuming;
  }

  /**
   * Runs a node with catches. After the pivot nothing is undone. The output is undefined if a failure was handled and
   * the flow continues.
   */
  attempt<Output>(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches: EndingCatch<FlowOutput>[]
  ): Promise<Output>;
  attempt<Output>(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<Output | undefined>;
  async attempt<Output>(
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<Output | undefined> {
    return this.attemptIn(this.state.ledger.open(this.scope), nodeId, body, catches);
  }

  private async attemptIn<Output>(
    scope: Scope,
    nodeId: string,
    body: (saga: Saga<FlowOutput>) => Promise<Output>,
    catches: CatchSpec<FlowOutput>[]
  ): Promise<Output | undefined> {
    Object.assign(this.cursor, { nodeId, through: false });
    try {
      return await body(this.inside(scope));
    } catch (thrown) {
      const error = this.known(thrown, this.cursor);
      if (error instanceof Ended || isCancellation(error) || error instanceof DeterminismViolationError) throw error;
      const type = failureType(error);
      const match = catches.find(({ types = [] }) => types.length === 0 || types.includes(type));
      if (!match) throw error;
      if (match.scope === 'undo' && !this.state.pivoted) {
        await unwind(this.state, scope);
        this.state.endUnwinding();
      }
      const { nodeId: failedAt } = this.state.whereFailed(error, this.cursor);
      await match.handle?.(this, { type, message: failureMessage(error), nodeId: failedAt });
      Object.assign(this.cursor, { nodeId, through: true });
      return undefined;
    }
  }

  /** Fails the flow. */
  fail(nodeId: string, errorType: string, message: unknown): never {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const failure = ApplicationFailure.nonRetryable(shortMessage(text), errorType);
    this.state.failed(this.stepId(nodeId), failure);
    throw failure;
  }

  /** Ends the flow, from any place in it. */
  end(nodeId: string, output?: FlowOutput): never {
    this.state.mark(this.stepId(nodeId), 'done');
    throw new Ended(output);
  }

  /** Declared once, before the first step: fields by which lists of runs are filtered. */
  searchable<Outputs extends object>(fields: SearchableSpec<Outputs>): void {
    this.state.searchable = new SearchableFields(
      fields as SearchableSpec,
      this.state.outputs,
      this.state.from?.searchable
    );
    this.state.searchable.tell();
  }

  /** A declared query: answered from the outputs so far. */
  onQuery<Outputs extends object>(name: string, answer: (outputs: Partial<Outputs>) => unknown): void {
    serveQuery(this.state, name, answer);
  }

  /** A declared update: rejected by its validator, or applied at once. */
  onUpdate<Argument, Outputs extends object = object>(name: string, spec: UpdateSpec<Argument, Outputs>): void {
    serveUpdate(this.state, name, spec);
  }

  /**
   * Runs a node and records its state. If an error passes, the node has failed, unless an inner node has recorded the
   * failure.
   */
  private async node<Output>(
    nodeId: string,
    state: 'running' | 'waiting',
    work: (stepId: string) => Promise<Output>
  ): Promise<Output> {
    const id = this.stepId(nodeId);
    Object.assign(this.cursor, { nodeId, through: false });
    this.state.mark(id, state);
    try {
      // After the point of no return a parallel node can only go forward. A stop that arrives now is recorded and
      // changes nothing; otherwise it would leave half of the work undone, and nothing would complete it.
      const output = await (this.state.pivoted ? CancellationScope.nonCancellable(() => work(id)) : work(id));
      this.state.mark(id, 'done');
      // Inner nodes of a parallel have moved cursors of their own; this cursor has not moved.
      Object.assign(this.cursor, { nodeId, through: true });
      return output;
    } catch (thrown) {
      const error = this.known(thrown, this.cursor);
      if (error instanceof Ended) this.state.mark(id, 'done');
      else this.state.failed(id, error);
      throw error;
    }
  }

  /** The id of a node's run in this item of the loops around it; of the node outside loops. */
  private stepId(nodeId: string): string {
    return stepIdOf(nodeId, this.itemPath);
  }

  private get around(): Around<Saga<FlowOutput>> {
    const { state, scope, cursor, itemPath } = this;
    return {
      state,
      scope,
      cursor,
      itemPath,
      inside: (inner, line, path) => this.inside(inner, line, path),
      known: (error, line) => this.known(error, line),
    };
  }

  private inside(scope: Scope, cursor = this.cursor, path = this.itemPath): Saga<FlowOutput> {
    return new Saga(this.state, scope, this.options, this.inbox, cursor, path);
  }

  /** Converts an error of generated code to a failure, with the node that it comes from. */
  private known(error: unknown, cursor: Cursor): unknown {
    if (error instanceof Ended) return error;
    const where = this.state.whereFailed(error, cursor);
    const failure = asFailure(error, where);
    this.state.blame(failure, where.nodeId);
    return failure;
  }

  private keep<Output>(nodeId: string, output: Output): Output {
    this.state.outputs[nameOf(nodeId)] = output;
    this.state.searchable?.tell();
    return output;
  }
}
