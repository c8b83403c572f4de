/**
 * One run in a test of a flow: what the test does to it, and what it sees of it.
 *
 * Rules
 * [TSK4] Every method works until nothing happens without time, a person or a signal. Time moves by `skip` and `end` only,
 *        past everything that becomes due on the way.
 * [TSK5] `end` skips time until the run has closed. A run that waits for a person or a signal for ever fails the test,
 *        with what it waits for.
 * [TSK6] Decisions and signals that the product would refuse are refused, with its words: of what nobody asked, by a person
 *        who is no candidate, with a value that does not match its schema.
 */
import { durationMs, durationSchema } from '../flow/duration';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import { failureOf } from '../run-view/failure';
import { isLeft, ledgerOf } from '../run-view/ledger';
import type { LedgerEntry } from '../run-view/model';
import { STATUS } from '../run-name';
import {
  APPROVAL_UPDATE,
  OUTCOME_DECISION_UPDATE,
  UNDO_DECISION_UPDATE,
  type Actor,
  type HumanWait,
} from '../saga/contract';
import { nodeIdOf } from '../saga/item-path';
import { misfitOf } from '../saga/value-check';
import { itemOf } from '../flow/trial-plan';
import { pendingView, stepOfQuestion } from '../trial/played-run';
import { TestProblem } from './mocks';
import type { MockedRun, TestCall } from './mocked-run';

export interface TestWait {
  /** 'time': a wait of the flow, or the time until the next attempt of a call. */
  kind: HumanWait['kind'] | 'signal' | 'time';
  /** Of a step in a loop: `step~2`. Empty for the next attempt of a call. */
  step: string;
  /** The question, the name of the signal, or empty. */
  words: string;
}
/** An effect of a step: one for each step with an effect, in a loop one for each item. */
export interface TestEffect extends Pick<LedgerEntry, 'title' | 'state' | 'happened'> {
  step: string;
  item?: string;
}
export interface TestEnd {
  status: TestRun['status'];
  output: unknown;
  failure: { type: string; message: string } | null;
}
/** Who decides; without `groups` a member of all that are asked. */
export interface Decider {
  id?: string;
  name?: string;
  groups?: string[];
  comment?: string;
  /** Of the form of a named decision. */
  values?: unknown;
}

const NAMES = new Map(Object.entries(STATUS).map(([name, number]) => [number, name as keyof typeof STATUS]));

export class TestRun {
  #decisions = 0;

  constructor(
    private readonly run: MockedRun,
    private readonly manifest: FlowManifest
  ) {}

  get status(): keyof typeof STATUS {
    return NAMES.get(this.run.state.status) ?? 'running';
  }
  /** Undefined until the run has completed. */
  get output(): unknown {
    return this.run.result();
  }
  get failure(): TestEnd['failure'] {
    const failure = failureOf(this.run.runEvents.at(-1)?.attributes.failure);
    return failure && { type: failure.type, message: failure.message };
  }
  /** Every attempt of every call, in their order. */
  get calls(): readonly TestCall[] {
    return this.run.calls;
  }
  /** Flow time since the start. */
  get elapsedMs(): number {
    return this.run.now - this.run.startedMs;
  }
  get now(): Date {
    return new Date(this.run.now);
  }

  /** As the page of a run shows it. */
  get ledger(): TestEffect[] {
    const pending = [...this.run.state.activities.values()].map(pendingView);
    const { entries } = ledgerOf(this.run.runEvents, this.manifest, { pending, settlements: [] });
    return entries.map(({ nodeId, activityId, title, state, happened }) => {
      const item = itemOf(activityId);
      return { step: nodeId, ...(item === undefined ? {} : { item }), title, state, happened };
    });
  }
  /** The steps whose effects remain or may remain. */
  get remaining(): string[] {
    return this.ledger.filter(({ state }) => isLeft(state)).map(stepName);
  }
  /** The steps whose effects were undone. */
  get undone(): string[] {
    return this.ledger.filter(({ state }) => state === 'undone').map(stepName);
  }

  /** What the run waits for now. */
  async waits(): Promise<TestWait[]> {
    if (!this.run.isOpen) return [];
    const { nodes, waitsFor } = await this.run.report();
    const people = waitsFor.map((wait): TestWait => {
      const words = wait.kind === 'approval' ? wait.question : `${wait.error.type}: ${wait.error.message}`;
      return { kind: wait.kind, step: stepOfQuestion(wait), words };
    });
    const drawn = new Map(allNodes(this.manifest.document.steps).map((node) => [node.id, node]));
    const others = Object.entries(nodes).flatMap(([step, { state }]): TestWait[] => {
      const node = drawn.get(nodeIdOf(step));
      if (state !== 'waiting' || people.some((wait) => wait.step === step)) return [];
      if (node?.kind === 'waitForSignal') return [{ kind: 'signal', step, words: node.signal }];
      return node?.kind === 'wait' ? [{ kind: 'time', step, words: '' }] : [];
    });
    const retries = [...this.run.state.activities.values()].some(
      ({ nextAttemptAtMs }) => nextAttemptAtMs > this.run.now
    );
    return [...people, ...others, ...(retries ? [{ kind: 'time' as const, step: '', words: '' }] : [])];
  }

  /** '3d', '90m' and the like, or milliseconds. */
  async skip(duration: string | number): Promise<void> {
    if (typeof duration === 'string' && !durationSchema.safeParse(duration).success)
      throw new TestProblem(`'${duration}' is no duration, such as '30s', '5m', '12h' or '30d'.`);
    await this.run.workUntil(this.run.now + (typeof duration === 'string' ? durationMs(duration) : duration));
  }

  /** [TSK5] */
  async end(): Promise<TestEnd> {
    await this.run.workUntil(Infinity);
    if (!this.run.isOpen) return { status: this.status, output: this.output, failure: this.failure };
    const waits = (await this.waits()).map(({ kind, step, words }) => `${kind} of '${step}'${words && ` (${words})`}`);
    throw new TestProblem(
      `The run does not end by itself. It waits for: ${waits.join('; ') || 'nothing that it says'}.`
    );
  }

  async signal(name: string, payload?: unknown): Promise<void> {
    this.#demandOpen();
    const declared = Object.hasOwn(this.manifest.document.signals, name) ? this.manifest.document.signals[name] : null;
    if (!declared) throw new TestProblem(`This flow declares no signal '${name}'.`);
    const misfit = misfitOf(payload, declared.schema);
    if (misfit) throw new TestProblem(`The signal '${name}' is refused: ${misfit.at} ${misfit.message}.`);
    this.run.signal(name, payload);
    await this.#settle();
  }

  /** `step`: of an item in a loop: `step~2`. */
  approve(step: string, by: Decider = {}): Promise<void> {
    return this.#decide(step, 'approve', by);
  }
  reject(step: string, by: Decider = {}): Promise<void> {
    return this.#decide(step, 'reject', by);
  }

  /** `decision`: the key of one that the approval names. */
  decide(step: string, decision: string, by: Decider = {}): Promise<void> {
    return this.#decide(step, decision, by);
  }

  /** An operator answers what to do about an undo that failed. */
  async answerUndo(step: string, choice: 'retry' | 'doneByHand' | 'leave', reason = 'In a test'): Promise<void> {
    await this.#asked(step, 'undo');
    await this.#update(UNDO_DECISION_UPDATE, { nodeId: step, choice, reason, actor: OPERATOR });
  }
  /** An operator answers whether a step happened whose outcome is unknown. `output`: what it would have answered. */
  async answerOutcome(step: string, choice: 'applied' | 'notApplied' | 'undo', output?: unknown): Promise<void> {
    await this.#asked(step, 'outcome');
    const reason = 'In a test';
    await this.#update(OUTCOME_DECISION_UPDATE, { nodeId: step, choice, output, reason, actor: OPERATOR });
  }

  /** Somebody stops the run: it undoes what it has done. */
  async stop(): Promise<void> {
    this.#demandOpen();
    this.run.cancel('stop', 'in a test');
    await this.#settle();
  }

  async #decide(step: string, decision: string, by: Decider): Promise<void> {
    const { taskId, dataHash, candidates } = await this.#asked(step, 'approval');
    const { id = 'somebody', name = 'Somebody', groups = candidates, comment = 'In a test', values } = by;
    await this.#update(APPROVAL_UPDATE, { taskId, decision, dataHash, actor: { id, name, groups }, comment, values });
  }

  async #asked<Kind extends HumanWait['kind']>(step: string, kind: Kind): Promise<Extract<HumanWait, { kind: Kind }>> {
    this.#demandOpen();
    const { waitsFor } = await this.run.report();
    const wait = waitsFor.find((each) => each.kind === kind && stepOfQuestion(each) === step);
    if (wait) return wait as Extract<HumanWait, { kind: Kind }>;
    const others = (await this.waits()).map((each) => `${each.kind} of '${each.step}'`).join(', ') || 'nobody';
    throw new TestProblem(`Nobody is asked about '${step}' (${kind}). The run waits for: ${others}.`);
  }

  async #update(name: string, decision: object): Promise<void> {
    const id = `decision-${++this.#decisions}`;
    this.run.update(id, name, decision);
    await this.#settle();
    const { outcome } = this.run.updateStages.findLast(({ updateId }) => updateId === id) ?? {};
    if (outcome?.failure) throw new TestProblem(`The decision is refused: ${outcome.failure.message ?? ''}`);
  }

  #settle(): Promise<void> {
    return this.run.workUntil(this.run.now);
  }
  #demandOpen(): void {
    if (!this.run.isOpen) throw new TestProblem(`The run has ended (${this.status}).`);
  }
}

const OPERATOR: Actor = { id: 'operator', name: 'An operator', groups: [] };
const stepName = ({ step, item }: TestEffect) => (item === undefined ? step : `${step}~${item}`);
