/**
 * One run on the real engine whose outside does what a trial was told, and the comparison of both: the way it ends, the
 * ledger, the order of the undos, the questions, and the books.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { allNodes } from '../../flow/tree';
import type { FlowNode } from '../../flow/document';
import type { FlowManifest } from '../../flow/manifest';
import { itemPlanOf, stopsAt, type TrialPlan } from '../../flow/trial-plan';
import { forwardIdOf, parseActivityId, stepOfWait } from '../../run-view/activity-id';
import { agreementOf } from '../../run-view/books';
import { fieldsOf } from '../../run-view/fields';
import { failureOf } from '../../run-view/failure';
import { ledgerOf } from '../../run-view/ledger';
import type { LedgerEntry, RunEvent } from '../../run-view/model';
import {
  APPROVAL_UPDATE,
  OUTCOME_DECISION_UPDATE,
  UNDO_DECISION_UPDATE,
  type HumanWait,
  type NodesReport,
} from '../../saga/contract';
import { handedIdOf } from '../../saga/handed';
import { nodeIdOf } from '../../saga/item-path';
import type { TrialResult } from '../../trial/result';
import { PlannedCalls } from './planned-calls';
import { OPERATOR, REASON, RealRun, type Around } from './real-run';

const LOOK_MS = 250;
/** After so many looks at the same questions the run counts as one that asks: an approval ends by itself after 3 s. */
const QUIET_LOOKS = 16;
const LIMIT_MS = 150_000;

export class ForeseenRun {
  readonly run: RealRun;
  readonly #plan: TrialPlan;
  readonly #calls: PlannedCalls;
  #events: RunEvent[] = [];
  #waitsFor: HumanWait[] = [];
  readonly #sent = new Set<string>();
  readonly #used = new Map<string, number>();
  readonly #nodes: ReadonlyMap<string, FlowNode>;

  constructor(
    workflowId: string,
    private readonly manifest: FlowManifest,
    { plan }: Pick<TrialResult, 'plan'>,
    private readonly around: Around
  ) {
    this.run = new RealRun(workflowId, manifest, around);
    this.#plan = plan;
    this.#nodes = new Map(allNodes(manifest.document.steps).map((node) => [node.id, node]));
    this.#calls = new PlannedCalls(plan, () => this.#stop());
    around.service.plans.set(workflowId, this.#calls);
  }

  /** Resolves when the run has closed, or waits for people as the trial does at its end. */
  async play(): Promise<void> {
    await this.run.start(this.#plan.input);
    const from = Date.now();
    let lastAsked = '';
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      const { isOpen, pending } = await this.run.look();
      this.#waitsFor = [];
      if (!isOpen || Date.now() - from > LIMIT_MS) break;
      const report = await this.run.report();
      this.#waitsFor = report.waitsFor;
      const hasSent = await this.#react(report);
      const asked = JSON.stringify(report.waitsFor);
      const isQuiet = !hasSent && pending === 0 && report.waitsFor.length > 0 && asked === lastAsked;
      quiet = isQuiet ? quiet + 1 : 0;
      lastAsked = asked;
      await delay(LOOK_MS);
    }
    this.#events = await this.run.events();
    for (const stepId of waitsTimedOut(this.#events)) {
      const { decision, signal } = itemPlanOf(this.#plan, stepId);
      const kind = this.#nodes.get(nodeIdOf(stepId))?.kind;
      const isLate = kind === 'approval' ? decision !== 'nobody' : kind === 'waitForSignal' && signal !== 'never';
      if (isLate) this.#calls.offPlan ??= `what ${stepId} waits for was sent after its time limit`;
    }
  }

  /** Why it cannot be compared; null if it can. */
  get offPlan(): string | null {
    return this.#calls.offPlan;
  }

  inWords(found: readonly string[]): string[] {
    return [
      `${this.run.workflowId} differs from its trial:`,
      ...found.map((words) => `    ${words}`),
      `    plan ${JSON.stringify(this.#plan)}`,
    ];
  }

  /** True if this call has stopped the run. */
  #stop = async (): Promise<boolean> => {
    if (!this.#once('stop')) return false;
    await this.run.cancel();
    return true;
  };

  async #react({ nodes, waitsFor }: NodesReport): Promise<boolean> {
    const before = this.#sent.size;
    const isStopDue = (stepId: string) =>
      stopsAt(this.#plan, stepId) && this.#nodes.get(nodeIdOf(stepId))?.kind !== 'action';
    // That of a step comes with its call.
    const isThere = Object.keys(nodes).some((stepId) => nodes[stepId]!.state !== 'skipped' && isStopDue(stepId));
    // As in a trial: nobody decides, and no signal comes, before the run has heard of the stop.
    if (isThere && (await this.#stop())) return true;
    for (const wait of waitsFor) await this.#decide(wait);
    for (const [stepId, { state }] of Object.entries(nodes)) {
      const node = this.#nodes.get(nodeIdOf(stepId));
      if (state !== 'waiting' || node?.kind !== 'waitForSignal') continue;
      if (itemPlanOf(this.#plan, stepId).signal === 'never' || !this.#once(`signal ${stepId}`)) continue;
      await this.run.signal(node.signal, {});
    }
    return this.#sent.size > before;
  }

  async #decide(wait: HumanWait): Promise<void> {
    const step = wait.kind === 'approval' ? wait.taskId.split('/').at(-1)! : stepOfWait(wait);
    const planned = itemPlanOf(this.#plan, step);
    const id = `${wait.kind} ${step} ${wait.sinceMs}`;
    if (wait.kind === 'approval') {
      const { taskId, dataHash } = wait;
      const decision = planned.decision ?? 'approve';
      if (decision === 'nobody' || !this.#once(id)) return;
      await this.run.update(APPROVAL_UPDATE, id, { taskId, decision, dataHash, actor: OPERATOR, comment: REASON });
      return;
    }
    const said = { nodeId: step, reason: REASON, actor: OPERATOR };
    const key = await this.#keyOf(step);
    const used = this.#used.get(step + wait.kind) ?? 0;
    if (wait.kind === 'undo') {
      const choice = planned.afterUndoFailed?.[used];
      if (!choice || !this.#once(id)) return;
      this.#used.set(step + wait.kind, used + 1);
      if (choice === 'doneByHand' && key !== undefined) this.around.service.undoByHand(key);
      await this.run.update(UNDO_DECISION_UPDATE, id, { ...said, choice });
      return;
    }
    const decided = planned.outcome?.[used];
    if (!decided || !this.#once(id)) return;
    this.#used.set(step + wait.kind, used + 1);
    const isThere = key !== undefined && this.around.service.holds(key);
    if (isThere === (decided.choice === 'notApplied')) this.#calls.offPlan ??= `nobody would say so of ${step}`;
    if (decided.choice === 'notApplied' && key !== undefined) this.around.service.refuse(key);
    await this.run.update(OUTCOME_DECISION_UPDATE, id, { ...said, ...decided, output: decided.output ?? null });
  }

  /** Of an effect that a child handed over: the key with which the child called. */
  async #keyOf(step: string): Promise<string | undefined> {
    const [child, ...inner] = step.split('/');
    if (inner.length === 0) return this.run.keyOf(step);
    const of = `/${this.run.workflowId}/${child}/`;
    return [...this.around.service.books.keys()].find((key) => key.includes(of));
  }

  #once(key: string): boolean {
    if (this.#sent.has(key)) return false;
    this.#sent.add(key);
    return true;
  }

  /** Where run and trial differ. */
  against(trial: TrialResult, { anyOrder = false } = {}): string[] {
    const { manifest } = this;
    const events = this.#events;
    const waitsFor = this.#waitsFor;
    const pending = trial.moments.at(-1)?.pending ?? null;
    const real = {
      end: ENDS[this.run.status] ?? 'asks',
      failure: failureOf(events.at(-1)?.attributes.failure)?.type ?? null,
      asks: waitsFor
        .map((wait) => `${wait.kind} ${wait.kind === 'approval' ? nodeIdOf(wait.nodeId) : stepOfWait(wait)}`)
        .sort(),
      undos: anyOrder ? undosIn(events).sort() : undosIn(events),
      ledger: inWords(this.run.ledger(events)),
      books: this.#books(trial),
    };
    const foreseen = {
      end: trial.end.kind,
      failure: trial.end.failure?.type ?? null,
      asks: trial.end.questions
        .map(
          ({ kind, nodeId, item }) =>
            `${kind} ${item !== undefined && kind !== 'approval' ? `${nodeId}~${item}` : nodeId}`
        )
        .sort(),
      undos: anyOrder ? undosIn(trial.events).sort() : undosIn(trial.events),
      ledger: inWords(ledgerOf(trial.events, manifest, { pending, settlements: [] }).entries),
      books: this.#booksOfTrial(trial),
    };
    const found: string[] = [];
    for (const [what, value] of Object.entries(real)) {
      const [said, was] = [foreseen[what as keyof typeof real], value].map((each) => JSON.stringify(each));
      if (said !== was) found.push(`${what}: the trial ${said}, the run ${was}`);
    }
    for (const { activityId, applied, undone } of trial.books) {
      const entry = ledgerOf(trial.events, manifest, { pending, settlements: [] }).entries.find(
        (each) => each.activityId === activityId
      );
      if (!this.#hasEffect(activityId)) continue;
      const book = { applied: Number(applied), undone: Number(undone) };
      if (agreementOf(book, entry ?? null) === 'differs')
        found.push(`${activityId}: ledger and books of the trial differ: ${entry?.state}, ${JSON.stringify(book)}`);
    }
    return found;
  }

  /**
   * What remains in the books. What a person undid by hand is not in those of a trial, and a call without an effect says
   * nothing: a stop may come before or after it.
   */
  #books(trial: TrialResult): string[] {
    const byHand = this.#byHand(trial);
    const own = new Set(
      this.#events.flatMap(({ type, attributes }) => {
        const { activityId, input } = fieldsOf(attributes);
        const { idempotencyKey } = fieldsOf(Array.isArray(input) ? input[1] : null);
        return type === 'ActivityTaskScheduled' && typeof idempotencyKey === 'string' && typeof activityId === 'string'
          ? [idempotencyKey]
          : [];
      })
    );
    return [...this.around.service.books]
      .filter(([, { applied, undone }]) => applied > undone)
      .flatMap(([key]) => (own.has(key) ? key.split('/').at(-1)! : (this.#handedId(key) ?? [])))
      .filter((stepId) => !byHand.has(stepId) && this.#hasEffect(stepId))
      .sort();
  }
  /** The id, in this run, of what a child for which it waits has done; null for other keys. */
  #handedId(key: string): string | null {
    const [, workflowId, child, , activityId] = key.split('/');
    if (workflowId !== this.run.workflowId || child === undefined || activityId === undefined) return null;
    const node = this.#nodes.get(nodeIdOf(child));
    return node?.kind === 'child' && node.waits === 'end' ? handedIdOf(child, activityId) : null;
  }
  #booksOfTrial(trial: TrialResult): string[] {
    const byHand = this.#byHand(trial);
    return trial.books
      .filter(({ activityId, applied, undone }) => applied && !undone && !byHand.has(activityId))
      .map(({ activityId }) => activityId)
      .filter((stepId) => this.#hasEffect(stepId))
      .sort();
  }
  #hasEffect = (stepId: string): boolean => this.manifest.nodes[nodeIdOf(stepId)]?.effect !== 'none';
  #byHand({ events }: TrialResult): Set<string> {
    const { entries } = ledgerOf(events, this.manifest);
    return new Set(entries.filter(({ state }) => state === 'doneByHand').map(({ activityId }) => activityId));
  }
}

const ENDS: Record<string, string> = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'canceled' };

const inWords = (entries: readonly LedgerEntry[]): string[] =>
  entries
    .map(({ activityId, state, happened, mayBeUndone }) => `${activityId} ${state} ${happened} ${mayBeUndone}`)
    .sort();

/** In the order in which they were called. */
function undosIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ type, attributes }) => {
    const id = type === 'ActivityTaskScheduled' ? parseActivityId(String(attributes.activityId)) : null;
    return id?.role === 'undo' ? [forwardIdOf(id)] : [];
  });
}

/** The steps whose timers have fired. */
function waitsTimedOut(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ type, attributes }) => {
    const started =
      type === 'TimerFired' ? events.find(({ id }) => id === Number(attributes.startedEventId)) : undefined;
    return started?.summary === undefined ? [] : [started.summary];
  });
}
