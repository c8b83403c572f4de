/** What generated code writes its flow in: steps, branches, waits and approvals, and `saga`, which always unwinds. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { runApproval, serveApprovals, type ApprovalResult, type ApprovalSpec } from './approval';
import { asFailure, failureMessage, failureType, type CaughtFailure } from './failures';
import type { Scope, UndoFailurePolicy } from './ledger';
import { refuse, serveOperators } from './operator';
import { SagaState } from './state';
import { runStep, type StepSpec } from './step';
import { unwind } from './unwind';

export interface SagaOptions {
  flow: string;
  onUndoFailure: UndoFailurePolicy;
  /** The run's deadline, after which it unwinds. */
  deadlineMs?: number;
  /** Declared signals: what arrives before a step waits for it is kept. */
  signals?: string[];
}

export interface CatchSpec {
  /** Failure types; empty catches every failure. */
  types: string[];
  /** Is what the node did undone before it is handled? */
  scope: 'undo' | 'keep';
  handle(failure: CaughtFailure, saga: Saga): Promise<void>;
}

/** A flow ended early: not a failure, passes every catch. */
class Ended {
  constructor(readonly output: unknown) {}
}

/**
 * Run a flow as a saga. Completes with the body's output; when the body fails or is cancelled, undoes what stands, last done first,
 * and ends as failed or cancelled. What still stands then is said by the failure (`LeftStanding`).
 */
export async function saga<Output>(options: SagaOptions, body: (saga: Saga) => Promise<Output>): Promise<Output> {
  const state = new SagaState();
  serveOperators(state);
  serveApprovals(state);
  const root = new Saga(state, state.ledger.root, options, new Map());
  root.listen(options.signals ?? []);
  try {
    const output = await withDeadline(options.deadlineMs, () => body(root));
    state.finish();
    return output;
  } catch (error) {
    if (error instanceof Ended) {
      state.finish();
      return error.output as Output;
    }
    const failure = asFailure(error, state.currentNode);
    if (!state.pivoted && state.ledger.standing.length > 0) await unwind(state, state.ledger.root);
    const standing = state.ledger.standing.length;
    if (state.phase !== 'forward' || standing > 0) state.enter(standing === 0 ? 'unwound' : 'left-standing');
    if (standing === 0 || isCancellation(failure)) throw failure;
    throw ApplicationFailure.create({
      message: `${failureMessage(failure)} (${standing} ${standing === 1 ? 'effect still stands' : 'effects still stand'})`,
      type: 'LeftStanding',
      nonRetryable: true,
      cause: failure as Error,
      details: [state.ledger.report()],
    });
  }
}

/** A timer inside the workflow: a server-side timeout would close the run without running any of its code. */
async function withDeadline<Output>(deadlineMs: number | undefined, body: () => Promise<Output>): Promise<Output> {
  if (deadlineMs === undefined) return body();
  const flow = new CancellationScope();
  const timer = new CancellationScope();
  let expired = false;
  timer
    .run(() => sleep(deadlineMs, { summary: 'deadline' }))
    .then(() => {
      expired = true;
      flow.cancel();
    })
    .catch(() => {}); // cancelled: the flow was in time
  try {
    return await flow.run(body);
  } catch (error) {
    if (expired && isCancellation(error)) {
      throw ApplicationFailure.nonRetryable('The flow was not through by its deadline.', 'DeadlineExceeded');
    }
    throw error;
  } finally {
    timer.cancel();
  }
}

/** A scope of the running flow. Branches and caught nodes get one of their own. */
export class Saga {
  constructor(
    private readonly state: SagaState,
    private readonly scope: Scope,
    private readonly options: SagaOptions,
    private readonly inbox: Map<string, unknown[]>
  ) {}

  /** Run an activity as a step; see StepSpec. */
  async step<Output>(spec: StepSpec<Output>): Promise<Output> {
    const output = await runStep(this.state, this.scope, spec, this.options.onUndoFailure);
    return this.keep(spec.id, output);
  }

  /** Wait for a time, durably. */
  async wait(nodeId: string, durationMs: number): Promise<void> {
    this.state.mark(nodeId, 'waiting');
    await sleep(Math.max(1, durationMs), { summary: nodeId });
    this.state.mark(nodeId, 'done');
  }

  /** The next signal of this name, in order of arrival. Null when the time is up and `onTimeout` is 'continue'. */
  async waitForSignal<Payload>(
    spec:
      | { id: string; signal: string; timeoutMs?: number; onTimeout: 'continue' }
      | { id: string; signal: string; timeoutMs?: number; onTimeout?: 'fail' }
  ): Promise<Payload | null> {
    const queue = this.inbox.get(spec.signal) ?? [];
    this.state.mark(spec.id, 'waiting');
    const arrived = () => queue.length > 0;
    const inTime =
      spec.timeoutMs === undefined
        ? await condition(arrived).then(() => true)
        : await condition(arrived, spec.timeoutMs);
    if (!inTime) {
      const message = `No signal '${spec.signal}' came in time.`;
      if (spec.onTimeout === 'continue') {
        this.state.mark(spec.id, 'done', { note: message });
        return null;
      }
      this.state.mark(spec.id, 'failed', { error: { type: 'SignalTimeout', message } });
      throw ApplicationFailure.nonRetryable(message, 'SignalTimeout');
    }
    this.state.mark(spec.id, 'done');
    return this.keep(spec.id, queue.shift() as Payload);
  }

  /** Ask people to decide, and wait. */
  async approval(spec: ApprovalSpec): Promise<ApprovalResult> {
    return this.keep(spec.id, await runApproval(this.state, this.options.flow, spec));
  }

  /** The branch that a choice took, and those that it did not. */
  took(nodeId: string, branch: string | null, others: string[]): void {
    this.state.mark(nodeId, 'done', branch === null ? {} : { note: branch });
    if (branch !== null) this.state.mark(branch, 'done');
    for (const other of others) this.state.mark(other, 'skipped');
  }

  /** A node that is through at once (set). */
  passed(nodeId: string): void {
    this.state.mark(nodeId, 'done');
  }

  /** Run branches at the same time. When one fails its siblings are cancelled, and all settle before the failure goes on. */
  async parallel(
    spec: { id: string; unwind: 'reverse' | 'together' },
    branches: Record<string, (saga: Saga) => Promise<void>>
  ): Promise<void> {
    this.state.mark(spec.id, 'running');
    const scope = this.state.ledger.open(this.scope, spec.unwind);
    const siblings = new CancellationScope();
    let first: { error: unknown } | null = null;
    await Promise.allSettled(
      Object.entries(branches).map(async ([branchId, run]) => {
        const branch = new Saga(this.state, this.state.ledger.open(scope), this.options, this.inbox);
        this.state.mark(branchId, 'running');
        try {
          await siblings.run(() => run(branch));
          this.state.mark(branchId, 'done');
        } catch (error) {
          this.state.mark(branchId, first ? 'cancelled' : 'failed');
          first ??= { error: asFailure(error, this.state.currentNode) };
          siblings.cancel();
        }
      })
    );
    const failed = first as { error: unknown } | null;
    this.state.mark(spec.id, failed ? 'failed' : 'done');
    if (failed) throw failed.error;
  }

  /** Run a node whose failures are caught. After the pivot nothing is undone. */
  async attempt<Output>(
    nodeId: string,
    body: (saga: Saga) => Promise<Output>,
    catches: CatchSpec[]
  ): Promise<Output | undefined> {
    const inner = new Saga(this.state, this.state.ledger.open(this.scope), this.options, this.inbox);
    try {
      return await body(inner);
    } catch (thrown) {
      if (thrown instanceof Ended || isCancellation(thrown)) throw thrown;
      const error = asFailure(thrown, this.state.currentNode);
      const type = failureType(error);
      const match = catches.find(({ types }) => types.length === 0 || types.includes(type));
      if (!match) throw error;
      if (match.scope === 'undo' && !this.state.pivoted) {
        await unwind(this.state, inner.scope);
        this.state.resume();
      }
      await match.handle({ type, message: failureMessage(error), nodeId }, this);
      return undefined;
    }
  }

  /** Fail the flow. */
  fail(nodeId: string, errorType: string, message: unknown): never {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.state.mark(nodeId, 'failed', { error: { type: errorType, message: text } });
    throw ApplicationFailure.nonRetryable(text, errorType);
  }

  /** End the flow here, from wherever it is. */
  end(nodeId: string, output?: unknown): never {
    this.state.mark(nodeId, 'done');
    throw new Ended(output);
  }

  /** A declared query: answered from the outputs so far. */
  onQuery<Outputs extends object>(name: string, answer: (outputs: Partial<Outputs>) => unknown): void {
    setHandler(defineQuery(name), () => answer(this.state.outputs as Partial<Outputs>));
  }

  /** A declared update: refused by its validator, or applied at once. */
  onUpdate<Argument, Outputs extends object>(
    name: string,
    spec: {
      accept?: (argument: Argument, outputs: Partial<Outputs>) => boolean;
      refusal?: string;
      apply(argument: Argument, outputs: Partial<Outputs>): void;
    }
  ): void {
    const outputs = this.state.outputs as Partial<Outputs>;
    setHandler(defineUpdate<void, [Argument]>(name), (argument) => spec.apply(argument, outputs), {
      validator: (argument) => {
        if (spec.accept && !spec.accept(argument, outputs))
          refuse('Refused', spec.refusal ?? `'${name}' is not accepted now.`);
      },
    });
  }

  /** Signals are kept from the first moment on. */
  listen(signals: string[]): void {
    for (const name of signals) {
      const queue: unknown[] = [];
      this.inbox.set(name, queue);
      setHandler(defineSignal<[unknown]>(name), (payload) => void queue.push(payload));
    }
  }

  private keep<Output>(nodeId: string, output: Output): Output {
    this.state.outputs[nodeId.replace(/-+([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase())] = output;
    return output;
  }
}
