/**
 * A round: some waiters (flows.ts), to all of which one batch operation does the same. Each of them had it done exactly
 * once, whenever the engine was killed.
 */
import { status as grpcStatus } from '@grpc/grpc-js';
import { defaultPayloadConverter } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import type { BatchRequest } from '../service/batches';
import { grpcErrorOf, type Calls } from './calls';
import { ClientRun, countOpen, NAMESPACE } from './client-run';
import type { JudgedRun } from './judged-run';
import { belongsTo, type DeletedRun, type Mixed, type World } from './participant';
import type { RoundPlan } from './plan-mix';

const { BatchOperationState: State, EventType } = temporal.api.enums.v1;
const { BatchOperationReset, BatchOperationSignal } = temporal.api.batch.v1;
const LOOK_MS = 120;
/** Of a run that waits: its first effect is known. */
const EVENTS_WHEN_WAITING = 10;

export class Round implements Mixed {
  readonly waits = false;
  readonly deleted: DeletedRun[] = [];
  readonly kept = { starts: 0, batches: 0, signals: 0 };
  readonly name: string;
  stuck: string | null = 'not started';
  #counts = { total: 0, done: 0, failed: 0 };

  constructor(
    private readonly plan: RoundPlan,
    private readonly calls: Calls,
    private readonly workflowType: string
  ) {
    this.name = plan.name;
  }

  get #filter(): string {
    return `WorkflowId STARTS_WITH '${this.name}/'`;
  }

  async play(): Promise<void> {
    const { plan, calls, kept, name } = this;
    const runs = Array.from({ length: plan.runs }, (_, index) => new ClientRun(`${name}/${index}`, calls));
    await Promise.all(
      runs.map((run) => run.start(this.workflowType, { orderId: run.workflowId, scenario: 'goes-well' }))
    );
    kept.starts += runs.length;
    this.stuck = 'its runs come to wait';
    for (const run of runs) while (!(await isWaiting(run))) await delay(LOOK_MS);
    if (plan.operation === 'delete') await this.#close(runs);
    this.stuck = 'waits for its batch';
    await this.#begin();
    kept.batches++;
    while (!(await this.#hasEnded())) await delay(LOOK_MS);
    this.stuck = 'its runs go on';
    if (plan.operation === 'reset')
      for (const { workflowId } of runs) {
        const current = new ClientRun(workflowId, calls);
        while (!(await isWaiting(current))) await delay(LOOK_MS);
        kept.signals += Number(await current.signal('go', `${workflowId} go`));
      }
    while ((await countOpen(calls, this.#filter)) > 0) await delay(LOOK_MS);
    if (plan.operation === 'delete') for (const run of runs) while (await run.look()) await delay(LOOK_MS);
    this.stuck = null;
  }

  /** A run of a flow may be deleted when it has closed and no effect of it remains. */
  async #close(runs: readonly ClientRun[]): Promise<void> {
    this.stuck = 'its runs are stopped';
    for (const run of runs) await run.cancel(`${run.workflowId} cancel`);
    while ((await countOpen(this.calls, this.#filter)) > 0) await delay(LOOK_MS);
    for (const run of runs) this.deleted.push(await run.read());
  }

  /** A batch that is begun again by the same id is there already. Only one is under way at a time. */
  async #begin(): Promise<void> {
    for (;;) {
      try {
        await this.calls.change((client) =>
          client.workflowService.startBatchOperation({
            namespace: NAMESPACE,
            jobId: this.name,
            reason: 'The crash test.',
            visibilityQuery: this.#filter,
            ...this.#operation(),
          })
        );
        return;
      } catch (error) {
        const code = grpcErrorOf(error)?.code;
        if (code === grpcStatus.ALREADY_EXISTS) return;
        if (code !== grpcStatus.RESOURCE_EXHAUSTED) throw error;
        await delay(LOOK_MS);
      }
    }
  }

  #operation(): BatchRequest {
    switch (this.plan.operation) {
      case 'signal': {
        const input = { payloads: [defaultPayloadConverter.toPayload(this.name)] };
        return { signalOperation: BatchOperationSignal.create({ signal: 'go', input }) };
      }
      case 'cancel':
        return { cancellationOperation: {} };
      case 'terminate':
        return { terminationOperation: {} };
      case 'delete':
        return { deletionOperation: {} };
      case 'reset': {
        const options = this.plan.toFirst ? { firstWorkflowTask: {} } : { lastWorkflowTask: {} };
        return { resetOperation: BatchOperationReset.create({ options }) };
      }
    }
  }

  async #hasEnded(): Promise<boolean> {
    const answer = await this.calls.persist((client) =>
      client.workflowService.describeBatchOperation({ namespace: NAMESPACE, jobId: this.name })
    );
    this.#counts = {
      total: Number(answer.totalOperationCount),
      done: Number(answer.completeOperationCount),
      failed: Number(answer.failureOperationCount),
    };
    return answer.state === State.BATCH_OPERATION_STATE_COMPLETED;
  }

  judge({ runs, books }: World): string[] {
    const { plan, name } = this;
    const { total, done, failed } = this.#counts;
    const words: string[] = [];
    if (total !== plan.runs || done !== plan.runs || failed !== 0)
      words.push(`its batch counts ${done} of ${total} done and ${failed} failed; there were ${plan.runs} runs`);
    for (let index = 0; index < plan.runs; index++) {
      const workflowId = `${name}/${index}`;
      const own = runs.filter((run) => belongsTo(workflowId, run.workflowId));
      const kinds = books
        .filter((key) => key.orderId === workflowId && key.applied > key.undone)
        .map((key) => key.kind);
      const found = `${own.map(describeRun).sort().join(' and ')}; books: ${kinds.sort().join(' and ')}`;
      const expected = EXPECTED[plan.operation === 'reset' && plan.toFirst ? 'resetToFirst' : plan.operation];
      if (found !== expected) words.push(`${workflowId} is ${found}; expected: ${expected}`);
    }
    return words.map((each) => `${name}: ${each}`);
  }
}

/** What each run and the books are after it. The first effect is done once more after a reset to before it. */
const EXPECTED: Record<RoundPlan['operation'] | 'resetToFirst', string> = {
  signal: 'completed, 1 signals, 0 cancels; books: payment and reservation',
  cancel: 'canceled, 0 signals, 1 cancels; books: ',
  terminate: 'terminated, 0 signals, 0 cancels; books: reservation',
  delete: '; books: ',
  reset: 'completed, 1 signals, 0 cancels and terminated, 0 signals, 0 cancels; books: payment and reservation',
  resetToFirst:
    'completed, 1 signals, 0 cancels and terminated, 0 signals, 0 cancels; books: payment and reservation and reservation',
};

function describeRun({ status, events }: JudgedRun): string {
  const count = (type: number) => events.filter(({ eventType }) => eventType === type).length;
  const name = Object.entries(STATUS).find(([, value]) => value === status)?.[0];
  const signals = count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  return `${name}, ${signals} signals, ${count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)} cancels`;
}

async function isWaiting(run: ClientRun): Promise<boolean> {
  const now = await run.look();
  return now !== null && now.events >= EVENTS_WHEN_WAITING && now.pending === 0;
}
