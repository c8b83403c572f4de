/**
 * The signals of a trial: sent when a step waits for them, or before the run begins, as the plan says. The trial says of
 * each whether its step took it, because a run ignores what does not fit, and keeps what its step does not wait for.
 */
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { itemPlanOf, type ItemPlan, type TrialPlan } from '../flow/trial-plan';
import { nodeIdOf } from '../saga/item-path';
import { misfitOf } from '../saga/value-check';
import type { TrialCall } from './result';
import { payloadFor } from './signal-payload';

interface Run {
  /** False if this was done before. */
  once: (key: string) => boolean;
  came: (stepId: string, words: string, payload: unknown) => TrialCall;
  send: (signal: string, payload: unknown) => void;
  /** By the names that expressions have for them. */
  outputs: () => Record<string, unknown>;
}
type Wait = Extract<FlowNode, { kind: 'waitForSignal' }>;
type Planned = ItemPlan['signal'];

export class PlannedSignals {
  /** The newest signal that was sent for a wait. */
  readonly #sent = new Map<string, TrialCall>();

  constructor(
    private readonly manifest: FlowManifest,
    private readonly plan: TrialPlan,
    private readonly nodes: ReadonlyMap<string, FlowNode>,
    private readonly run: Run
  ) {}

  /** Those that come before a step waits for them: the run keeps them. */
  sendEarly(): void {
    for (const [nodeId, { signal, items = {} }] of Object.entries(this.plan.steps)) {
      const node = this.#wait(nodeId);
      if (!node) continue;
      if (isEarly(signal)) this.#send(nodeId, node, signal, true);
      for (const [item, own] of Object.entries(items))
        if (isEarly(own.signal)) this.#send(`${nodeId}~${item}`, node, own.signal, true);
    }
  }

  /** A step waits. */
  waiting(stepId: string): void {
    const node = this.#wait(nodeIdOf(stepId));
    if (!node) return;
    this.#notTaken(stepId, node);
    this.#send(stepId, node, itemPlanOf(this.plan, stepId).signal, false);
  }

  #send(stepId: string, node: Wait, planned: Planned, isEarlier: boolean): void {
    if (planned === 'never' || !this.run.once(`signal/${stepId}`)) return;
    const schema = this.manifest.document.signals[node.signal]?.schema ?? {};
    const known = () => ({ input: this.plan.input, ...this.run.outputs() });
    const payload =
      planned?.payload === undefined
        ? payloadFor(schema, node.when, known(), this.plan.seed, node.signal)
        : planned.payload;
    const misfit = misfitOf(payload, schema);
    const refused = misfit && `${misfit.at === '/' ? 'its value' : misfit.at} ${misfit.message}`;
    const came = `The signal '${node.signal}' came${isEarlier ? ' before its step waited for it' : ''}.`;
    const words = refused ? `The signal '${node.signal}' was not accepted: ${refused}.` : came;
    const call = this.run.came(stepId, words, payload);
    if (refused) call.isTaken = false;
    else this.#sent.set(stepId, call);
    this.run.send(node.signal, payload);
  }

  /** The run has heard of the signal, and waits all the same. */
  #notTaken(stepId: string, node: Wait): void {
    const call = this.#sent.get(stepId);
    if (!call || call.isTaken === false) return;
    call.isTaken = false;
    call.words =
      node.when === undefined
        ? `The signal '${node.signal}' came again, so it was ignored: one with the same key came before.`
        : `The signal '${node.signal}' came, but its value is not one that this step waits for: ${node.when}`;
  }

  #wait(nodeId: string): Wait | null {
    const node = this.nodes.get(nodeId);
    return node?.kind === 'waitForSignal' ? node : null;
  }
}

const isEarly = (signal: Planned): signal is Exclude<Planned, 'never' | undefined> =>
  typeof signal === 'object' && signal.early === true;
