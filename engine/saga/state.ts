/**
 * The shared state of one running saga: the state of each node, the ledger, what waits for a person, and the handlers
 * of queries.
 *
 * Invariants: the phase is computed from the running work and never set; search attributes are written when they
 * change, and only during or after an unwinding; `__nodes`, `__ledger` and the projections of the history agree
 * (agreement.test.ts).
 */
import {
  ApplicationFailure,
  defineQuery,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { carriedBy, type Carried, type CarriedLoop, type CarriedTask } from './carried';
import {
  LEDGER_QUERY,
  NODES_QUERY,
  SAGA_PHASE,
  SAGA_STANDING,
  type EndableWait,
  type HumanWait,
  type LedgerReport,
  type NodesReport,
  type ReportedState,
  type SagaPhase,
} from './contract';
import { Deciders } from './deciders';
import { ExactNumbers } from './exact';
import { failureMessage, failureType } from './failures';
import { nodeIdOf } from './item-path';
import { Ledger, type Scope } from './ledger';
import type { SearchableFields } from './searchable';
import type { SignalInbox } from './signals';

/**
 * The position of one line of control: the flow's own, and each parallel branch's. An error in an expression belongs
 * to the cursor's node.
 */
export interface Cursor {
  /** The node that started last, or the branch if none of its nodes has started. */
  nodeId: string;
  /**
   * The node has ended: the code is between it and the next node, whose expressions are evaluated before it starts.
   */
  through: boolean;
}

/** Closed tasks that are carried to the next run: a late decision comes soon, or never. */
const KEPT_TASKS = 100;

export class SagaState {
  readonly ledger = new Ledger(() => this.tell());
  readonly exact = new ExactNumbers();
  readonly waits = new Set<HumanWait>();
  /** Outputs of finished nodes by their name in expressions, for declared queries. */
  readonly outputs: Record<string, unknown> = {};
  /** Of the flow. */
  input: unknown;
  /** Null: the flow has none. */
  deadlineAtMs: number | null = null;
  /** Set once, when the saga begins. */
  inbox: SignalInbox | null = null;
  readonly deciders = new Deciders();
  /** Tasks in the inbox that are closed, by id: only the newest ones. */
  readonly closedTasks = new Map<string, CarriedTask>();
  /** Reads and writes the variables of the flow, and the outputs that later steps read. */
  values: { read(): object; write(values: never): void } | null = null;
  /** What the run before this one in the chain has carried; null: there is none. */
  from: Carried | null = null;
  /** Calls whose wait an operator has ended, and which may still be answered. */
  lateCalls = 0;
  /** It does not continue as new before its history has so many events. */
  staysUntilEvent = 0;
  /** Something would end with this run, so it does not continue as new. */
  staysHere = false;
  /** Null: the flow has none. */
  searchable: SearchableFields | null = null;
  /** The point of no return was passed: nothing is unwound any more. */
  pivoted = false;
  /** The unwindings in progress: parallel branches may each catch a failure and undo at the same time. */
  #unwindings = 0;
  #completed = false;
  #ended: 'done' | 'unwound' | 'left-standing' | null = null;
  readonly #endable = new Map<string, { wait: EndableWait; end(): void }>();
  #nodes: NodesReport['nodes'] = {};
  /** The states of the nodes before the loop with which the next run would go on. */
  #nodesBefore: NodesReport['nodes'] = {};
  /** The loop at which the run before this one has stopped; null when this one has come to it. */
  #resumesAt: CarriedLoop | null = null;
  #failedAt = new WeakMap<object, string>();
  /** Concurrent work: the run ends only after it. */
  readonly #beside = new Set<Promise<void>>();
  #written: { phase?: SagaPhase; standing?: number } = {};

  constructor() {
    setHandler(defineQuery<NodesReport>(NODES_QUERY), () => ({
      phase: this.phase,
      nodes: this.#nodes,
      waitsFor: [...this.waits],
      endable: [...this.#endable.values()].map(({ wait }) => wait),
    }));
    setHandler(defineQuery<LedgerReport>(LEDGER_QUERY), () => this.ledger.report());
  }

  /**
   * Goes on with what the run before this one in the chain has carried. Throws if this run was not continued from
   * another one: everybody who may start a run could send anything. [CRD3]
   */
  restore(sent: unknown): void {
    if (sent === undefined || sent === null) return;
    const { continuedFromExecutionRunId, cronSchedule, retryPolicy } = workflowInfo();
    const carried = carriedBy(this.exact.read(sent));
    if (!carried || !continuedFromExecutionRunId || cronSchedule || retryPolicy) {
      const message = 'A run takes a second argument only from the run that continues as it.';
      throw ApplicationFailure.nonRetryable(message, 'InvalidInput');
    }
    this.from = carried;
    this.#resumesAt = carried.loop;
    this.ledger.restore(carried);
    this.pivoted = carried.pivoted;
    this.deadlineAtMs = carried.deadlineAtMs;
    Object.assign(this.outputs, carried.outputs);
    Object.assign(this.#nodes, carried.nodes);
    for (const [taskId, task] of Object.entries(carried.tasks)) this.closedTasks.set(taskId, task);
    this.deciders.restore(carried.deciders ?? {});
  }

  /** The flow has not come to the loop with which it goes on: it does not repeat the steps before it. */
  get isResuming(): boolean {
    return this.#resumesAt !== null;
  }

  /**
   * The flow comes to a loop that continues as new. Null: a run before this one has been through it. Otherwise: what was
   * done of it, and the scope of that; null for a loop that begins.
   */
  arriveAt(loopId: string): { loop: CarriedLoop | null; scope: Scope | null } | null {
    const from = this.#resumesAt;
    if (from && from.id !== loopId) return null;
    this.#nodesBefore = lastOfEach(this.#nodes);
    this.#resumesAt = null;
    return { loop: from, scope: from && this.ledger.lastScope };
  }

  /** Everything that the next run of the chain needs. */
  carried({ loop = null, failure = null }: Partial<Pick<Carried, 'loop' | 'failure'>>): Carried {
    const values = this.values?.read() ?? null;
    return {
      continues: 1,
      loop,
      failure,
      values,
      names: Object.keys(values ?? {}),
      outputs: this.outputs,
      ...this.ledger.carry(),
      pivoted: this.pivoted,
      nodes: loop ? this.#nodesBefore : lastOfEach(this.#nodes),
      signals: this.inbox?.carry() ?? {},
      tasks: Object.fromEntries(this.closedTasks),
      deciders: this.deciders.carry(),
      deadlineAtMs: this.deadlineAtMs,
      searchable: this.searchable?.carry() ?? {},
    };
  }

  /** The task accepts no more decisions. */
  closeTask(taskId: string, task: CarriedTask): void {
    this.closedTasks.set(taskId, task);
    const [oldest] = this.closedTasks.keys();
    if (this.closedTasks.size > KEPT_TASKS && oldest !== undefined) this.closedTasks.delete(oldest);
  }

  /** Something is under way that has to end before the run may continue as new. */
  get isBusyBeside(): boolean {
    return this.#beside.size > 0 || this.lateCalls > 0;
  }

  /** A node (or branch) changed its state; in a loop, for one item. */
  mark(
    stepId: string,
    state: ReportedState,
    more: { note?: string; error?: { type: string; message: string } } = {}
  ): void {
    this.#nodes[stepId] = { state, ...more };
  }

  /** A node failed or was cancelled. */
  failed(stepId: string, error: unknown): void {
    this.blame(error, nodeIdOf(stepId));
    if (isCancellation(error)) this.mark(stepId, 'cancelled');
    else this.mark(stepId, 'failed', { error: { type: failureType(error), message: failureMessage(error) } });
  }

  /** The innermost node that an error passes is the node that failed. */
  blame(error: unknown, nodeId: string): void {
    if (typeof error === 'object' && error !== null && !this.#failedAt.has(error)) this.#failedAt.set(error, nodeId);
  }

  /** The node that an error comes from; an error without a node belongs to the position of the cursor. */
  whereFailed(error: unknown, cursor: Cursor): Cursor {
    const nodeId = typeof error === 'object' && error !== null ? this.#failedAt.get(error) : undefined;
    return nodeId === undefined ? cursor : { nodeId, through: false };
  }

  /** Adds concurrent work for which the flow does not wait, but the run does before it ends. It must not reject. */
  beside(work: Promise<void>): void {
    const kept = work.finally(() => this.#beside.delete(kept));
    this.#beside.add(kept);
  }

  async besideEnded(): Promise<void> {
    await Promise.all(this.#beside);
  }

  /** Lets an operator end this wait. Returns how to withdraw the offer. */
  offerEnd(wait: EndableWait, end: () => void): () => void {
    const offer = { wait, end };
    this.#endable.set(wait.activityId, offer);
    return () => {
      if (this.#endable.get(wait.activityId) === offer) this.#endable.delete(wait.activityId);
    };
  }

  isEndable(stepId: string): boolean {
    return this.#endable.has(stepId);
  }

  endWait(stepId: string): void {
    const offer = this.#endable.get(stepId);
    this.#endable.delete(stepId);
    offer?.end();
  }

  beginUnwinding(): void {
    this.#unwindings++;
    this.tell();
  }

  /** A catch handles the failure after the undo: the run goes forward again. */
  endUnwinding(): void {
    this.#unwindings--;
    this.tell();
  }

  /** The next run of the chain writes what this one has written: a list counts it for that run only. */
  silence(): void {
    if (Object.keys(this.#written).length > 0) upsertSearchAttributes({ [SAGA_PHASE]: [], [SAGA_STANDING]: [] });
    this.#written = {};
  }

  /** The flow has ended. A completed run does not report the effects that it was meant to have. */
  end(how: 'done' | 'failed'): void {
    const standing = this.ledger.standing.length;
    const touched = this.phase !== 'forward' || standing > 0;
    if (how === 'done') {
      this.#completed = true;
      this.#ended = this.ledger.notMeant.length > 0 ? 'left-standing' : 'done';
    } else if (touched) this.#ended = standing === 0 ? 'unwound' : 'left-standing';
    this.tell();
  }

  get phase(): NodesReport['phase'] {
    if (this.#ended) return this.#ended;
    if ([...this.waits].some(({ kind }) => kind !== 'approval')) return 'needs-hand';
    return this.#unwindings > 0 ? 'unwinding' : 'forward';
  }

  /** Writes the search attributes if they changed: an unwinding is reported, a success without one writes none. */
  tell(): void {
    const { phase } = this;
    const changed: Record<string, [string] | [number] | []> = {};
    if (phase === 'forward' || phase === 'done') {
      if (this.#written.phase !== undefined) changed[SAGA_PHASE] = [];
      if (this.#written.standing !== undefined) changed[SAGA_STANDING] = [];
      this.#written = {};
    } else {
      const standing = (this.#completed ? this.ledger.notMeant : this.ledger.standing).length;
      if (this.#written.phase !== phase) changed[SAGA_PHASE] = [phase];
      if (this.#written.standing !== standing) changed[SAGA_STANDING] = [standing];
      this.#written = { phase, standing };
    }
    if (Object.keys(changed).length > 0) upsertSearchAttributes(changed as Record<string, string[] | number[]>);
  }
}

/** Of a node in a loop only the last item or round. */
function lastOfEach(nodes: NodesReport['nodes']): NodesReport['nodes'] {
  const last = new Map<string, string>();
  for (const stepId of Object.keys(nodes)) last.set(nodeIdOf(stepId), stepId);
  return Object.fromEntries([...last.values()].flatMap((stepId) => (nodes[stepId] ? [[stepId, nodes[stepId]]] : [])));
}
