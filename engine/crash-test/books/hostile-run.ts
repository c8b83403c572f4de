/**
 * One run of a random document with the runs of its children, and the people around them: they stop or kill them, signal
 * them, decide, and answer their questions after they have looked into the books of the service.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FlowManifest, NodeManifest } from '../../flow/manifest';
import { stepOfWait } from '../../run-view/activity-id';
import { STATUS } from '../../run-name';
import { APPROVAL_UPDATE, OUTCOME_DECISION_UPDATE, UNDO_DECISION_UPDATE, type HumanWait } from '../../saga/contract';
import { nodeIdOf } from '../../saga/item-path';
import { listRuns } from '../listed-runs';
import type { Random } from '../random';
import type { HostileService } from './hostile-service';
import { familyOf, OPERATOR, REASON, RealRun, type Around } from './real-run';

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
  readonly #around: Around;
  readonly #service: HostileService;
  readonly #random: Random;
  readonly #disturbances: Disturbance[];
  /** When a person decides, by task. */
  readonly #dueAt = new Map<string, number>();
  /** Its own, and those of its children and theirs, by workflow id. */
  readonly #runs = new Map<string, RealRun>();

  constructor(
    workflowId: string,
    /** Of all flows, by workflow type. */
    private readonly manifests: ReadonlyMap<string, FlowManifest>,
    manifest: FlowManifest,
    { calls, service, random }: Around & { random: Random }
  ) {
    this.#around = { calls, service };
    this.run = new RealRun(workflowId, manifest, this.#around);
    this.#service = service;
    this.#random = random;
    const at = () => random.between(0, 8_000);
    this.#disturbances = [
      ...(random.chance(0.3) ? [{ kind: 'signal' as const, atMs: at() }] : []),
      ...(random.chance(0.15) ? [{ kind: 'cancel' as const, atMs: at() }] : []),
      ...(random.chance(0.06) ? [{ kind: 'terminate' as const, atMs: at() }] : []),
    ].sort((a, b) => a.atMs - b.atMs);
  }

  /** Resolves when the run has closed, and all runs below it. */
  async play(): Promise<void> {
    const items = Array.from({ length: this.#random.between(1, 3) }, (_, index) => index);
    await this.run.start({ items });
    const from = Date.now();
    for (let open = await this.#open(); open.length > 0; open = await this.#open()) {
      while (this.#disturbances[0] && Date.now() - from > this.#disturbances[0].atMs)
        await this.#disturb(this.#disturbances.shift()!, this.#random.pick(open));
      for (const run of open)
        for (const wait of (await run.report()).waitsFor)
          await (wait.kind === 'approval' ? this.#decide(run, wait) : this.#answer(run, wait));
      await delay(LOOK_MS);
    }
    await this.run.look();
  }

  async #open(): Promise<RealRun[]> {
    const open: RealRun[] = [];
    for (const listed of await listRuns(this.#around.calls, familyOf(this.run.workflowId))) {
      const manifest = this.manifests.get(listed.workflowType);
      const known = this.#runs.get(listed.workflowId);
      const run = known ?? new RealRun(listed.workflowId, manifest!, this.#around, listed.runId);
      this.#runs.set(listed.workflowId, run);
      if (listed.status === STATUS.running) open.push(run);
    }
    return open;
  }

  /** The step, and the key of its call: of an effect that a child handed over, those in the child. */
  async #stepOf(run: RealRun, step: string): Promise<{ node: NodeManifest | undefined; key: string | undefined }> {
    const [own = '', ...inner] = step.split('/');
    const child = inner.length > 0 ? this.#runs.get(`${run.workflowId}/${own}`) : undefined;
    if (child) return this.#stepOf(child, inner.join('/'));
    return { node: run.manifest.nodes[nodeIdOf(step)], key: await run.keyOf(step) };
  }

  async #disturb({ kind }: Disturbance, run: RealRun): Promise<void> {
    if (kind === 'cancel') await run.cancel();
    else if (kind === 'terminate') await run.terminate();
    else if (run.manifest.document.signals.told) await run.signal('told', {});
  }

  async #decide(run: RealRun, { taskId, dataHash }: Approval): Promise<void> {
    const random = this.#random;
    const dueAt = this.#dueAt.get(taskId) ?? Date.now() + random.between(...DECIDES_MS);
    this.#dueAt.set(taskId, dueAt);
    if (Date.now() < dueAt) return;
    const decision = random.pick(['approve', 'approve', 'reject']);
    const said = { taskId, decision, dataHash, actor: OPERATOR, comment: REASON };
    if (await run.update(APPROVAL_UPDATE, `${taskId} decided`, said)) this.decided++;
  }

  async #answer(run: RealRun, question: Question): Promise<void> {
    const service = this.#service;
    const random = this.#random;
    const step = stepOfWait(question);
    const { node, key } = await this.#stepOf(run, step);
    const updateId = `${question.kind} ${step} ${++this.answered}`;
    const say = (name: string, choice: string, more: object = {}) =>
      run.update(name, updateId, { nodeId: step, choice, reason: REASON, actor: OPERATOR, ...more });
    if (question.kind === 'undo') {
      const choice = random.pick(['retry', 'doneByHand', 'leave']);
      if (choice === 'doneByHand' && key !== undefined) service.undoByHand(key);
      return void (await say(UNDO_DECISION_UPDATE, choice));
    }
    if (key !== undefined && service.holds(key)) {
      const canUndo = node?.undo;
      const choice = canUndo && random.chance(0.3) ? 'undo' : 'applied';
      return void (await say(OUTCOME_DECISION_UPDATE, choice, { output: { n: 1 } }));
    }
    if (key !== undefined) service.refuse(key);
    await say(OUTCOME_DECISION_UPDATE, 'notApplied');
  }
}
