/** What all parts of one running saga share: where each node is, the ledger, who waits for a person, and what the outside may ask. */
import { defineQuery, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
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
import { Ledger } from './ledger';

export class SagaState {
  readonly ledger = new Ledger();
  readonly waits = new Set<HumanWait>();
  /** Outputs of finished nodes by their name in expressions: what declared queries read. */
  readonly outputs: Record<string, unknown> = {};
  /** The point of no return is behind us: nothing is unwound any more. */
  pivoted = false;
  /** The node that the code is at: where an error in an expression belongs. */
  currentNode = '';
  #phase: NodesReport['phase'] = 'forward';
  #nodes: NodesReport['nodes'] = {};
  #written: { phase?: SagaPhase; standing?: number } = {};

  constructor() {
    setHandler(defineQuery<NodesReport>(NODES_QUERY), () => ({
      phase: this.#phase,
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
    if (state === 'running' || state === 'waiting') this.currentNode = nodeId;
  }

  finish(): void {
    this.#phase = 'done';
  }

  /** Enter a phase of the way back, or tell that what stands changed. Search attributes are written on change only. */
  enter(phase: SagaPhase): void {
    this.#phase = phase;
    const standing = this.ledger.standing.length;
    const changed: Record<string, [string] | [number]> = {};
    if (this.#written.phase !== phase) changed[SAGA_PHASE] = [phase];
    if (this.#written.standing !== standing) changed[SAGA_STANDING] = [standing];
    this.#written = { phase, standing };
    if (Object.keys(changed).length > 0) upsertSearchAttributes(changed as Record<string, string[] | number[]>);
  }

  /** Forward again: an operator settled what was open, or a catch handles what was undone. */
  resume(): void {
    this.#phase = 'forward';
    const unset: Record<string, []> = {};
    if (this.#written.phase !== undefined) unset[SAGA_PHASE] = [];
    if (this.#written.standing !== undefined) unset[SAGA_STANDING] = [];
    this.#written = {};
    if (Object.keys(unset).length > 0) upsertSearchAttributes(unset);
  }

  get phase(): NodesReport['phase'] {
    return this.#phase;
  }
}
