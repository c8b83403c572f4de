/**
 * What all parts of one running saga share: where each node is, the ledger, who waits for a person, and what the outside may ask.
 *
 * Invariants: the phase follows from what is under way and is never set; search attributes are written when they change, and only
 * while or after a run takes something back; `__nodes`, `__ledger` and what screens read off the history agree (agreement.test.ts).
 */
import { defineQuery, isCancellation, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import {
  LEDGER_QUERY,
  NODES_QUERY,
  SAGA_PHASE,
  SAGA_STANDING,
  type HumanWait,
  type LedgerReport,
  type NodesReport,
  type ReportedState,
  type SagaPhase,
} from './contract';
import { ExactNumbers } from './exact';
import { failureMessage, failureType } from './failures';
import { Ledger } from './ledger';

/** Where one line of control is: the flow's own, and each parallel branch's. Errors in expressions belong to it. */
export interface Cursor {
  /** The node that was entered last; the branch where none was. */
  nodeId: string;
  /** It is through: the code is between it and the next node, whose expressions are read before it is entered. */
  through: boolean;
}

export class SagaState {
  readonly ledger = new Ledger(() => this.tell());
  readonly exact = new ExactNumbers();
  readonly waits = new Set<HumanWait>();
  /** Outputs of finished nodes by their name in expressions: what declared queries read. */
  readonly outputs: Record<string, unknown> = {};
  /** The point of no return is behind us: nothing is unwound any more. */
  pivoted = false;
  /** Unwindings under way: parallel branches may each catch and undo at the same time. */
  #unwindings = 0;
  #completed = false;
  #ended: 'done' | 'unwound' | 'left-standing' | null = null;
  #nodes: NodesReport['nodes'] = {};
  #failedAt = new WeakMap<object, string>();
  /** What goes on beside the flow; a run ends after it. */
  readonly #beside = new Set<Promise<void>>();
  #written: { phase?: SagaPhase; standing?: number } = {};

  constructor() {
    setHandler(defineQuery<NodesReport>(NODES_QUERY), () => ({
      phase: this.phase,
      nodes: this.#nodes,
      waitsFor: [...this.waits],
    }));
    setHandler(defineQuery<LedgerReport>(LEDGER_QUERY), () => this.ledger.report());
  }

  /** A node (or branch) changed its state. */
  mark(
    nodeId: string,
    state: ReportedState,
    more: { note?: string; error?: { type: string; message: string } } = {}
  ): void {
    this.#nodes[nodeId] = { state, ...more };
  }

  /** A node failed or was cancelled. */
  failed(nodeId: string, error: unknown): void {
    this.blame(error, nodeId);
    if (isCancellation(error)) this.mark(nodeId, 'cancelled');
    else this.mark(nodeId, 'failed', { error: { type: failureType(error), message: failureMessage(error) } });
  }

  /** The innermost node that an error passes is the one that failed. */
  blame(error: unknown, nodeId: string): void {
    if (typeof error === 'object' && error !== null && !this.#failedAt.has(error)) this.#failedAt.set(error, nodeId);
  }

  /** The node that an error comes from; an error of no node belongs to where the code was. */
  whereFailed(error: unknown, cursor: Cursor): Cursor {
    const nodeId = typeof error === 'object' && error !== null ? this.#failedAt.get(error) : undefined;
    return nodeId === undefined ? cursor : { nodeId, through: false };
  }

  /** Work that the flow need not wait for, but that the run must not end before. It does not fail. */
  beside(work: Promise<void>): void {
    const kept = work.finally(() => this.#beside.delete(kept));
    this.#beside.add(kept);
  }

  async besideEnded(): Promise<void> {
    await Promise.all(this.#beside);
  }

  beginUnwinding(): void {
    this.#unwindings++;
    this.tell();
  }

  /** A catch handles what was undone: forward again. */
  endUnwinding(): void {
    this.#unwindings--;
    this.tell();
  }

  /** The flow is over. A run that went through says nothing of the effects that it was meant to have. */
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

  /** Write the search attributes, on change only: what the way back does is told, a clean success writes none. */
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
