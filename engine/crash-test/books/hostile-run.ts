/**
 * One run of a random document and the people around it: they stop or kill it, signal it, decide, and answer its
 * questions after they have looked into the books of the service.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FlowManifest } from '../../flow/manifest';
import { stepOfWait } from '../../run-view/activity-id';
import { APPROVAL_UPDATE, OUTCOME_DECISION_UPDATE, UNDO_DECISION_UPDATE, type HumanWait } from '../../saga/contract';
import type { Random } from '../random';
import type { HostileService } from './hostile-service';
import { OPERATOR, REASON, RealRun, type Around } from './real-run';

const LOOK_MS = 300;
/** Some decisions come too late: approvals of random documents wait at most three seconds. */
const DECIDES_MS = [0, 5_000] as const;

type Question = Exclude<HumanWait, { kind: 'approval' }>;
type Approval = Extract<HumanWait, { kind: 'approval' }>;
type Disturbance = { kind: 'cancel' | 'terminate' | 'signal'; atMs: number };

export class HostileRun {
  readonly run: RealRun;
  answered = 0;
  decided = 0;
  readonly #service: HostileService;
  readonly #random: Random;
  readonly #disturbances: Disturbance[];
  /** When a person decides, by task. */
  readonly #dueAt = new Map<string, number>();

  constructor(
    workflowId: string,
    private readonly manifest: FlowManifest,
    { calls, service, random }: Around & { random: Random }
  ) {
    this.run = new RealRun(workflowId, manifest, { calls, service });
    this.#service = service;
    this.#random = random;
    const at = () => random.between(0, 8_000);
    this.#disturbances = [
      ...(random.chance(0.3) ? [{ kind: 'signal' as const, atMs: at() }] : []),
      ...(random.chance(0.15) ? [{ kind: 'cancel' as const, atMs: at() }] : []),
      ...(random.chance(0.06) ? [{ kind: 'terminate' as const, atMs: at() }] : []),
    ].sort((a, b) => a.atMs - b.atMs);
  }

  /** Resolves when the run has closed. */
  async play(): Promise<void> {
    const items = Array.from({ length: this.#random.between(1, 3) }, (_, index) => index);
    await this.run.start({ items });
    const from = Date.now();
    while ((await this.run.look()).isOpen) {
      while (this.#disturbances[0] && Date.now() - from > this.#disturbances[0].atMs)
        await this.#disturb(this.#disturbances.shift()!);
      for (const wait of (await this.run.report()).waitsFor)
        await (wait.kind === 'approval' ? this.#decide(wait) : this.#answer(wait));
      await delay(LOOK_MS);
    }
  }

  async #disturb({ kind }: Disturbance): Promise<void> {
    if (kind === 'cancel') await this.run.cancel();
    else if (kind === 'terminate') await this.run.terminate();
    else await this.run.signal('told', {});
  }

  async #decide({ taskId, dataHash }: Approval): Promise<void> {
    const random = this.#random;
    const dueAt = this.#dueAt.get(taskId) ?? Date.now() + random.between(...DECIDES_MS);
    this.#dueAt.set(taskId, dueAt);
    if (Date.now() < dueAt) return;
    const decision = random.pick(['approve', 'approve', 'reject']);
    const said = { taskId, decision, dataHash, actor: OPERATOR, comment: REASON };
    if (await this.run.update(APPROVAL_UPDATE, `${taskId} decided`, said)) this.decided++;
  }

  async #answer(question: Question): Promise<void> {
    const service = this.#service;
    const random = this.#random;
    const step = stepOfWait(question);
    const key = await this.run.keyOf(step);
    const updateId = `${question.kind} ${step} ${++this.answered}`;
    const say = (name: string, choice: string, more: object = {}) =>
      this.run.update(name, updateId, { nodeId: step, choice, reason: REASON, actor: OPERATOR, ...more });
    if (question.kind === 'undo') {
      const choice = random.pick(['retry', 'doneByHand', 'leave']);
      if (choice === 'doneByHand' && key !== undefined) service.undoByHand(key);
      return void (await say(UNDO_DECISION_UPDATE, choice));
    }
    if (key !== undefined && service.holds(key)) {
      const canUndo = this.manifest.nodes[question.nodeId]?.undo;
      const choice = canUndo && random.chance(0.3) ? 'undo' : 'applied';
      return void (await say(OUTCOME_DECISION_UPDATE, choice, { output: { n: 1 } }));
    }
    if (key !== undefined) service.refuse(key);
    await say(OUTCOME_DECISION_UPDATE, 'notApplied');
  }
}
