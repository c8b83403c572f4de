/**
 * One order and the people around it. It starts the order until the start is acknowledged, follows its history as the
 * live page does, answers its questions according to the plan, and records everything that the engine acknowledged or
 * reported. All of that must be true at the end.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { WorkflowUpdateFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { status as grpcStatus } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryEvent } from '../history';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import {
  APPROVAL_UPDATE,
  NODES_QUERY,
  OUTCOME_DECISION_UPDATE,
  UNDO_DECISION_UPDATE,
  type Actor,
  type ApprovalDecision,
  type HumanWait,
  type NodesReport,
} from '../saga/contract';
import { EMBEDDED_QUEUE } from '../service/start-engine';
import { grpcErrorOf, type Calls } from './calls';
import { ClientRun, NAMESPACE } from './client-run';
import type { Participant } from './participant';
import type { HumanTask } from './people';
import type { OrderPlan } from './plan';

/** Longer than the engine's own long poll. */
const POLL_LIMIT_MS = 25_000;
const LOOK_MS = 50;
const OPERATOR: Actor = { id: 'op', name: 'Olga Operator', groups: ['operators'] };

/** What an order needs from its environment. */
export interface Surroundings {
  calls: Calls;
  workflowType: string;
  /** The question of this run to an approver at the moment, if it is not the given one. */
  asks(workflowId: string, except: string | null): HumanTask | null;
  /** The runs that need an operator. */
  needsHand: ReadonlySet<string>;
  /** Undoes by hand, in the shop, what the run could not undo. */
  refundByHand(order: OrderPlan): Promise<void>;
}

export interface Acknowledged {
  /** The id of the update, and its answer. */
  updates: { updateId: string; name: string }[];
  /** Request ids. */
  signals: string[];
  cancel: boolean;
  /** The last delivery note that was accepted. */
  note: string | null;
  approval: 'approve' | 'reject' | null;
}

export class Order implements Participant {
  runId = '';
  closed = false;
  /** The order waits for a person who will not answer. */
  waits = false;
  /** Every event of its run that was reported, in order. */
  readonly told: HistoryEvent[] = [];
  /** The run that it had before it was reset. */
  resetFrom: string | null = null;
  readonly acknowledged: Acknowledged = { updates: [], signals: [], cancel: false, note: null, approval: null };
  readonly complaints: string[] = [];
  #retried = false;
  #cancelled: boolean;
  #remarks = 0;
  /** What the run before the reset had asked. */
  #taskBefore: string | null = null;
  readonly #notes: string[];
  readonly #answered = new Set<string>();

  constructor(
    readonly plan: OrderPlan,
    private readonly around: Surroundings
  ) {
    this.#cancelled = plan.cancelAfterEvents === null;
    this.#notes = [...plan.notes];
  }

  get name(): string {
    return this.plan.workflowId;
  }
  get kept(): Record<string, number> {
    const { updates, signals, cancel } = this.acknowledged;
    return {
      starts: Number(this.runId !== ''),
      updates: updates.length,
      signals: signals.length,
      cancels: Number(cancel),
      resets: Number(this.resetFrom !== null),
    };
  }
  get stuck(): string | null {
    if (this.closed || this.waits) return null;
    return this.runId ? `after event ${this.told.length}` : 'not started';
  }

  async play(): Promise<void> {
    await this.#start();
    while (await this.#playRun());
  }

  /** True if the run was reset, so there is another one to play. Otherwise it has closed, or waits. */
  async #playRun(): Promise<boolean> {
    const { runId } = this;
    this.told.length = 0;
    const over = new AbortController();
    const followed = this.#follow(over.signal);
    followed.catch(() => {});
    try {
      await Promise.race([followed, this.#attend(over.signal)]);
      if (this.closed) await followed;
      return this.runId !== runId;
    } finally {
      over.abort();
    }
  }

  async #start(): Promise<void> {
    const { workflowId, requestId, input } = this.plan;
    const answer = await this.around.calls.change((client) =>
      client.workflowService.startWorkflowExecution({
        namespace: NAMESPACE,
        requestId,
        workflowId,
        workflowType: { name: this.around.workflowType },
        taskQueue: { name: EMBEDDED_QUEUE },
        input: { payloads: [defaultPayloadConverter.toPayload(input)] },
      })
    );
    this.runId = answer.runId;
  }

  /** Reads the history as it grows. */
  async #follow(stop: AbortSignal): Promise<void> {
    const { History } = temporal.api.history.v1;
    let nextPageToken: Uint8Array | undefined;
    while (!stop.aborted) {
      const page = await this.around.calls.persist(
        (client) =>
          client.workflowService.getWorkflowExecutionHistory({
            namespace: NAMESPACE,
            execution: { workflowId: this.plan.workflowId, runId: this.runId },
            waitNewEvent: true,
            nextPageToken,
          }),
        POLL_LIMIT_MS
      );
      if (stop.aborted) return;
      this.told.push(...History.decode(History.encode(page.history ?? {}).finish()).events);
      nextPageToken = page.nextPageToken;
      if (!nextPageToken?.length) {
        this.closed = true;
        return;
      }
    }
  }

  /** Performs the actions of the plan that are due at this point of the run. */
  async #attend(stop: AbortSignal): Promise<void> {
    const { plan } = this;
    const notes = this.#notes;
    while (!this.closed && !stop.aborted) {
      const task = this.around.asks(plan.workflowId, this.#taskBefore);
      // A note is sent once the order waits for its approval, or at once if the order needs no approval.
      if (notes.length > 0 && (task || plan.approval === 'none')) await this.#changeNote(notes.shift()!);
      if (this.#remarks < plan.remarks && this.told.length > 4 * this.#remarks) await this.#remark(++this.#remarks);
      if (!this.#cancelled && this.told.length >= (plan.cancelAfterEvents ?? 0)) {
        this.#cancelled = true;
        await this.#cancel();
      }
      if (task && plan.isReset && this.resetFrom === null && !this.acknowledged.cancel && (await this.#reset(task)))
        return;
      const said = notes.length === 0 && this.#remarks === plan.remarks;
      if (task && plan.approval !== 'nobody' && plan.approval !== 'none') await this.#decide(task, plan.approval);
      else if (task && said && this.#cancelled && !this.acknowledged.cancel) {
        this.waits = true;
        return;
      }
      if (this.around.needsHand.has(plan.workflowId) && (await this.#giveHand())) {
        this.waits = true;
        return;
      }
      await delay(LOOK_MS);
    }
  }

  /** To before its first effect. False if it cannot be reset any more. */
  async #reset({ taskId }: HumanTask): Promise<boolean> {
    const run = new ClientRun(this.plan.workflowId, this.around.calls);
    run.runId = this.runId;
    const made = await run.reset(`${this.plan.workflowId} reset`, 'first');
    if (made === null) return false;
    // The new run asks again; nobody closes the question of the old one.
    this.#taskBefore = taskId;
    this.resetFrom = this.runId;
    this.runId = made;
    return true;
  }

  async #changeNote(deliveryNote: string): Promise<void> {
    const updateId = deliveryNote;
    if (await this.#update('changeDeliveryNote', updateId, { deliveryNote })) this.acknowledged.note = deliveryNote;
  }

  async #remark(number: number): Promise<void> {
    const requestId = `${this.plan.workflowId}-remark-${number}`;
    const sent = await this.#unlessClosed((client) =>
      client.workflowService.signalWorkflowExecution({
        namespace: NAMESPACE,
        workflowExecution: { workflowId: this.plan.workflowId, runId: this.runId },
        signalName: 'remark',
        requestId,
        input: { payloads: [defaultPayloadConverter.toPayload(requestId)] },
      })
    );
    if (sent) this.acknowledged.signals.push(requestId);
  }

  /** A cancel of a run that has closed succeeds and records nothing. Nothing was acknowledged then. */
  async #cancel(): Promise<void> {
    const execution = { workflowId: this.plan.workflowId, runId: this.runId };
    const sent = await this.#unlessClosed((client) =>
      client.workflowService.requestCancelWorkflowExecution({
        namespace: NAMESPACE,
        workflowExecution: execution,
        requestId: `${this.plan.workflowId}-cancel`,
        reason: 'The customer changed her mind.',
      })
    );
    if (!sent) return;
    const { workflowExecutionInfo, workflowExtendedInfo } = await this.around.calls.persist((client) =>
      client.workflowService.describeWorkflowExecution({ namespace: NAMESPACE, execution })
    );
    const isOpen = workflowExecutionInfo?.status === STATUS.running;
    this.acknowledged.cancel = isOpen || workflowExtendedInfo?.cancelRequested === true;
  }

  async #decide(task: HumanTask, decision: 'approve' | 'reject'): Promise<void> {
    if (this.#answered.has(task.taskId)) return;
    this.#answered.add(task.taskId);
    const { taskId, dataHash } = task;
    const actor = { id: 'ann', name: 'Ann Approver', groups: [] };
    const answer: ApprovalDecision = { taskId, decision, comment: 'Looked at it.', dataHash, actor };
    const updateId = `${taskId}/${decision}-1`;
    if (!(await this.#update(APPROVAL_UPDATE, updateId, answer))) return;
    this.acknowledged.approval = decision;
    // The same decision again gets the same answer; a different one comes too late.
    if (!(await this.#update(APPROVAL_UPDATE, updateId, answer, false)))
      this.complaints.push('a decision that was repeated under its own id was refused');
    const other = { ...answer, decision: decision === 'approve' ? ('reject' as const) : ('approve' as const) };
    if (await this.#update(APPROVAL_UPDATE, `${taskId}/too-late`, other, false))
      this.complaints.push('a second decision was taken');
  }

  /** True if the operator leaves the order waiting. */
  async #giveHand(): Promise<boolean> {
    const waits = await this.#waitsFor();
    for (const wait of waits) {
      if (wait.kind === 'approval') continue;
      const question = `${wait.kind}/${wait.nodeId}/${wait.sinceMs}`;
      if (this.#answered.has(question)) continue;
      const planned = this.plan.input.scenario === 'refund-fails' && wait.nodeId === 'charge-payment';
      if (planned && wait.kind === 'undo' && this.plan.failedUndo === 'nobody') return true;
      this.#answered.add(question);
      const { nodeId } = wait;
      const told = { nodeId, actor: OPERATOR, reason: 'Seen to.' };
      if (wait.kind === 'outcome') {
        await this.#update(OUTCOME_DECISION_UPDATE, question, { ...told, choice: 'undo' });
        continue;
      }
      const choice = planned ? this.#undoChoice() : 'retry';
      if (choice === 'doneByHand') await this.around.refundByHand(this.plan);
      await this.#update(UNDO_DECISION_UPDATE, question, { ...told, choice });
    }
    return false;
  }

  #undoChoice(): 'leave' | 'doneByHand' | 'retry' {
    const { failedUndo } = this.plan;
    if (failedUndo === 'doneByHand') return 'doneByHand';
    if (failedUndo !== 'retry' || this.#retried) return 'leave';
    this.#retried = true;
    return 'retry';
  }

  async #waitsFor(): Promise<HumanWait[]> {
    const report = await this.around.calls.persist((client) =>
      client.workflow.getHandle(this.plan.workflowId, this.runId).query<NodesReport>(NODES_QUERY)
    );
    return report.waitsFor;
  }

  /** True if it was accepted. False if it was refused, or if the run had closed. */
  async #update(name: string, updateId: string, argument: object, first = true): Promise<boolean> {
    try {
      const accepted = await this.#unlessClosed((client) =>
        client.workflow.getHandle(this.plan.workflowId, this.runId).executeUpdate(name, { updateId, args: [argument] })
      );
      if (accepted && first) this.acknowledged.updates.push({ updateId, name });
      return accepted;
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) return false;
      throw error;
    }
  }

  /** False if the run has closed; nothing is acknowledged then. */
  async #unlessClosed(work: Parameters<Calls['persist']>[0]): Promise<boolean> {
    try {
      await this.around.calls.change(work);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || grpcErrorOf(error)?.code === grpcStatus.NOT_FOUND) return false;
      throw error;
    }
  }
}
