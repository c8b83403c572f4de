/** One run, or all runs of one workflow id, as a client uses them. Every call is repeated until it is answered. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { status as grpcStatus } from '@grpc/grpc-js';
import Long from 'long';
import type { HistoryEvent } from '../history';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import { EMBEDDED_QUEUE } from '../service/start-engine';
import { grpcErrorOf, type Calls } from './calls';
import type { DeletedRun } from './participant';

const { EventType } = temporal.api.enums.v1;
const { History } = temporal.api.history.v1;
export const NAMESPACE = 'default';

/** What can no longer be asked of a run: it has closed, is gone, or may not be reset to that point. */
const TOO_LATE: ReadonlySet<number | undefined> = new Set([grpcStatus.NOT_FOUND, grpcStatus.FAILED_PRECONDITION]);

export class ClientRun {
  /** '' for the current run of the workflow id. */
  runId = '';

  constructor(
    readonly workflowId: string,
    private readonly calls: Calls
  ) {}

  get execution() {
    return { workflowId: this.workflowId, runId: this.runId };
  }

  /**
   * The request id is the workflow id, so however often it is asked there is one run. A request id is known of the current
   * run only, as on a Temporal server: if the first answer was lost and the chain has gone on since, the repeat is refused.
   */
  async start(type: string, input: unknown): Promise<void> {
    let asked = 0;
    const start = (client: Client) => {
      asked++;
      return client.workflowService.startWorkflowExecution({
        namespace: NAMESPACE,
        requestId: this.workflowId,
        workflowId: this.workflowId,
        workflowType: { name: type },
        taskQueue: { name: EMBEDDED_QUEUE },
        input: { payloads: [defaultPayloadConverter.toPayload(input)] },
      });
    };
    const { runId } = await this.calls.change(start).catch((error: unknown) => {
      if (asked > 1 && grpcErrorOf(error)?.code === grpcStatus.ALREADY_EXISTS) return { runId: '' };
      throw error;
    });
    this.runId = runId;
  }

  /** Null: there is no such run. */
  async look(): Promise<{ isOpen: boolean; events: number; pending: number } | null> {
    const described = await unlessTooLate(
      this.calls.persist((client) =>
        client.workflowService.describeWorkflowExecution({ namespace: NAMESPACE, execution: this.execution })
      )
    );
    if (!described) return null;
    const { workflowExecutionInfo: info, pendingActivities, pendingWorkflowTask } = described;
    return {
      isOpen: info?.status === STATUS.running,
      events: Number(info?.historyLength ?? 0),
      pending: (pendingActivities?.length ?? 0) + (pendingWorkflowTask ? 1 : 0),
    };
  }

  /** The current run of the workflow id, and not the one that follows it in its chain. */
  async pinned(): Promise<ClientRun> {
    const { workflowExecutionInfo } = await this.calls.persist((client) =>
      client.workflowService.describeWorkflowExecution({ namespace: NAMESPACE, execution: this.execution })
    );
    const run = new ClientRun(this.workflowId, this.calls);
    run.runId = workflowExecutionInfo?.execution?.runId ?? '';
    return run;
  }

  async events(): Promise<HistoryEvent[]> {
    const history = await this.calls.persist((client) =>
      client.workflow.getHandle(this.workflowId, this.runId || undefined).fetchHistory()
    );
    return History.decode(History.encode(history).finish()).events;
  }

  async read(): Promise<DeletedRun> {
    return { ...this.execution, events: await this.events() };
  }

  /** True if it was acknowledged. */
  async signal(signalName: string, requestId: string): Promise<boolean> {
    return this.#asked((client) =>
      client.workflowService.signalWorkflowExecution({
        namespace: NAMESPACE,
        workflowExecution: this.execution,
        signalName,
        requestId,
        input: { payloads: [defaultPayloadConverter.toPayload(requestId)] },
      })
    );
  }

  async cancel(requestId: string): Promise<boolean> {
    const workflowExecution = this.execution;
    return this.#asked((client) =>
      client.workflowService.requestCancelWorkflowExecution({ namespace: NAMESPACE, workflowExecution, requestId })
    );
  }

  async remove(): Promise<boolean> {
    const workflowExecution = this.execution;
    return this.#asked((client) =>
      client.workflowService.deleteWorkflowExecution({ namespace: NAMESPACE, workflowExecution })
    );
  }

  /**
   * Resets it, one run and no other, to its last workflow task that completed, or to the first one. The id of the new
   * run; null if it cannot be reset any more. The run itself is unchanged here.
   */
  async reset(requestId: string, to: 'first' | 'last'): Promise<string | null> {
    const isCompleted = ({ eventType }: HistoryEvent) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
    const events = await this.events();
    const point = to === 'first' ? events.find(isCompleted) : events.findLast(isCompleted);
    if (!point) return null;
    const answer = await unlessTooLate(
      this.calls.change((client) =>
        client.workflowService.resetWorkflowExecution({
          namespace: NAMESPACE,
          workflowExecution: this.execution,
          requestId,
          reason: 'The crash test.',
          workflowTaskFinishEventId: Long.fromValue(point.eventId ?? 0),
        })
      )
    );
    return answer?.runId ?? null;
  }

  async #asked(work: Parameters<Calls['change']>[0]): Promise<boolean> {
    return (await unlessTooLate(this.calls.change(work))) !== null;
  }
}

async function unlessTooLate<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (TOO_LATE.has(grpcErrorOf(error)?.code)) return null;
    throw error;
  }
}

/** The number of open runs that match. */
export async function countOpen(calls: Calls, filter: string): Promise<number> {
  const { count } = await calls.persist((client) =>
    client.workflowService.countWorkflowExecutions({
      namespace: NAMESPACE,
      query: `${filter} AND ExecutionStatus = 'Running'`,
    })
  );
  return Number(count);
}
