/**
 * One run of a random document and the people around it: they stop or kill it, signal it, and answer its questions
 * after they have looked into the books of the service.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { FlowManifest } from '../../flow/manifest';
import { agreementOf } from '../../run-view/books';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { ledgerOf } from '../../run-view/ledger';
import type { RunEvent } from '../../run-view/model';
import { parseActivityId, stepOfWait } from '../../run-view/activity-id';
import { keyOwner } from '../../run-view/step-keys';
import {
  NODES_QUERY,
  OUTCOME_DECISION_UPDATE,
  UNDO_DECISION_UPDATE,
  type Actor,
  type HumanWait,
  type NodesReport,
} from '../../saga/contract';
import { EMBEDDED_QUEUE } from '../../service/start-engine';
import type { Calls } from '../calls';
import type { Random } from '../random';
import type { HostileService } from './hostile-service';

const NAMESPACE = 'default';
const RUNNING = 1;
const LOOK_MS = 300;
const OPERATOR: Actor = { id: 'op', name: 'Olga Operator', groups: [] };
const REASON = 'Seen in the books.';

type Question = Exclude<HumanWait, { kind: 'approval' }>;
type Disturbance = { kind: 'cancel' | 'terminate' | 'signal'; atMs: number };

export class HostileRun {
  runId = '';
  /** How it closed, in Temporal's words. */
  status = '';
  answered = 0;
  readonly #disturbances: Disturbance[];

  constructor(
    readonly workflowId: string,
    private readonly manifest: FlowManifest,
    private readonly around: { calls: Calls; service: HostileService; random: Random }
  ) {
    const { random } = around;
    const at = () => random.between(0, 8_000);
    this.#disturbances = [
      ...(random.chance(0.3) ? [{ kind: 'signal' as const, atMs: at() }] : []),
      ...(random.chance(0.15) ? [{ kind: 'cancel' as const, atMs: at() }] : []),
      ...(random.chance(0.06) ? [{ kind: 'terminate' as const, atMs: at() }] : []),
    ].sort((a, b) => a.atMs - b.atMs);
  }

  /** Resolves when the run has closed. */
  async play(): Promise<void> {
    const { calls, random } = this.around;
    const items = Array.from({ length: random.between(1, 3) }, (_, index) => index);
    const answer = await calls.change((client) =>
      client.workflowService.startWorkflowExecution({
        namespace: NAMESPACE,
        requestId: this.workflowId,
        workflowId: this.workflowId,
        workflowType: { name: this.manifest.workflowType },
        taskQueue: { name: EMBEDDED_QUEUE },
        input: { payloads: [defaultPayloadConverter.toPayload({ items })] },
      })
    );
    this.runId = answer.runId;
    const from = Date.now();
    while (await this.#isOpen()) {
      while (this.#disturbances[0] && Date.now() - from > this.#disturbances[0].atMs)
        await this.#disturb(this.#disturbances.shift()!);
      for (const question of await this.#questions()) await this.#answer(question);
      await delay(LOOK_MS);
    }
  }

  /** Where the ledger of the closed run and the books differ, in words. */
  async differences(): Promise<string[]> {
    const { service } = this.around;
    const events = await this.#events();
    const ownerOf = keyOwner(events, this);
    const { entries } = ledgerOf(events, this.manifest);
    const found: string[] = [];
    const seen = new Map<string, string>();
    for (const key of service.books.keys()) {
      const activityId = ownerOf(key);
      if (activityId !== null) seen.set(activityId, key);
    }
    for (const [activityId, key] of seen) {
      const nodeId = parseActivityId(activityId)?.nodeId ?? activityId;
      if (this.manifest.nodes[nodeId]?.effect === 'none') continue;
      const entry = entries.find((each) => each.activityId === activityId) ?? null;
      const book = service.book(key);
      // A person said that it was undone by hand, and had undone it.
      const isWrong = agreementOf(book, entry) === 'differs' || (entry?.state === 'doneByHand' && service.holds(key));
      if (isWrong)
        found.push(
          `${activityId}: the ledger says ${entry ? `${entry.state} (happened: ${entry.happened})` : 'nothing'}, the books have ${book.applied} done and ${book.undone} undone: ${book.log.join('; ')}`
        );
    }
    for (const entry of entries)
      if (!seen.has(entry.activityId) && agreementOf({ applied: 0, undone: 0 }, entry) === 'differs')
        found.push(`${entry.activityId}: the ledger says ${entry.state}, the books have nothing`);
    return found.map((words) => `${this.workflowId} (${this.status}) ${words}`);
  }

  async #isOpen(): Promise<boolean> {
    const { status } = await this.around.calls.persist((client) =>
      client.workflow.getHandle(this.workflowId, this.runId).describe()
    );
    this.status = status.name;
    return status.code === RUNNING;
  }

  async #events(): Promise<RunEvent[]> {
    return this.around.calls.persist(async (client) =>
      eventsFromHistory(await client.workflow.getHandle(this.workflowId, this.runId).fetchHistory())
    );
  }

  async #questions(): Promise<Question[]> {
    const { waitsFor } = await this.around.calls.persist((client) =>
      client.workflow.getHandle(this.workflowId, this.runId).query<NodesReport>(NODES_QUERY)
    );
    return waitsFor.filter((wait) => wait.kind !== 'approval');
  }

  async #disturb({ kind }: Disturbance): Promise<void> {
    await this.#unlessRefused(async (client) => {
      const handle = client.workflow.getHandle(this.workflowId, this.runId);
      if (kind === 'cancel') await handle.cancel();
      else if (kind === 'terminate') await handle.terminate(REASON);
      else await handle.signal('told', {});
    });
  }

  async #answer(question: Question): Promise<void> {
    const { service, random } = this.around;
    const step = stepOfWait(question);
    const ownerOf = keyOwner(await this.#events(), this);
    const key = [...service.books.keys()].find((each) => ownerOf(each) === step);
    const updateId = `${question.kind} ${step} ${++this.answered}`;
    const say = (name: string, choice: string, more: object = {}) =>
      this.#unlessRefused((client) =>
        client.workflow
          .getHandle(this.workflowId, this.runId)
          .executeUpdate(name, { updateId, args: [{ nodeId: step, choice, reason: REASON, actor: OPERATOR, ...more }] })
      );
    if (question.kind === 'undo') {
      const choice = random.pick(['retry', 'doneByHand', 'leave']);
      if (choice === 'doneByHand' && key !== undefined) service.undoByHand(key);
      return say(UNDO_DECISION_UPDATE, choice);
    }
    if (key !== undefined && service.holds(key)) {
      const canUndo = this.manifest.nodes[question.nodeId]?.undo;
      return say(OUTCOME_DECISION_UPDATE, canUndo && random.chance(0.3) ? 'undo' : 'applied', { output: { n: 1 } });
    }
    if (key !== undefined) service.refuse(key);
    return say(OUTCOME_DECISION_UPDATE, 'notApplied');
  }

  /** A run may have closed meanwhile, or have got its answer otherwise. */
  async #unlessRefused(work: Parameters<Calls['change']>[0]): Promise<void> {
    try {
      await this.around.calls.change(work);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError)) throw error;
    }
  }
}
