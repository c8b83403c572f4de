/**
 * One run on the real engine: what the people around it ask and do, and how its ledger compares with the books of the
 * service. Calls are repeated until the engine answers, because it may be killed meanwhile.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import type { FlowManifest } from '../../flow/manifest';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { ledgerOf } from '../../run-view/ledger';
import type { LedgerEntry, RunEvent } from '../../run-view/model';
import { keyOwner } from '../../run-view/step-keys';
import { NODES_QUERY, type Actor, type NodesReport } from '../../saga/contract';
import { EMBEDDED_QUEUE } from '../../service/start-engine';
import type { Calls } from '../calls';
import type { HostileService } from './hostile-service';

const NAMESPACE = 'default';
const RUNNING = 1;
export const OPERATOR: Actor = { id: 'op', name: 'Olga Operator', groups: [] };
export const REASON = 'Seen in the books.';

export interface Around {
  calls: Calls;
  service: HostileService;
}

/** A filter of lists: the run, and all that are below it. */
export const familyOf = (workflowId: string): string =>
  `(WorkflowId = '${workflowId}' OR WorkflowId STARTS_WITH '${workflowId}/')`;

export class RealRun {
  /** How it closed, in Temporal's words. */
  status = '';

  constructor(
    readonly workflowId: string,
    readonly manifest: FlowManifest,
    private readonly around: Around,
    /** Of one that was started by another one. */
    public runId = ''
  ) {}

  async start(input: unknown): Promise<void> {
    const { runId } = await this.around.calls.change((client) =>
      client.workflowService.startWorkflowExecution({
        namespace: NAMESPACE,
        requestId: this.workflowId,
        workflowId: this.workflowId,
        workflowType: { name: this.manifest.workflowType },
        taskQueue: { name: EMBEDDED_QUEUE },
        input: { payloads: [defaultPayloadConverter.toPayload(input)] },
      })
    );
    this.runId = runId;
  }

  /** `pending`: activities that are under way or will be tried again. */
  async look(): Promise<{ isOpen: boolean; pending: number }> {
    const { status, raw } = await this.around.calls.persist((client) => this.#handle(client).describe());
    this.status = status.name;
    return { isOpen: status.code === RUNNING, pending: raw.pendingActivities?.length ?? 0 };
  }

  async events(): Promise<RunEvent[]> {
    return this.around.calls.persist(async (client) => eventsFromHistory(await this.#handle(client).fetchHistory()));
  }

  report(): Promise<NodesReport> {
    return this.around.calls.persist((client) => this.#handle(client).query<NodesReport>(NODES_QUERY));
  }

  cancel = () => this.#unlessRefused((client) => this.#handle(client).cancel());
  terminate = () => this.#unlessRefused((client) => this.#handle(client).terminate(REASON));
  signal = (name: string, payload: unknown) =>
    this.#unlessRefused((client) => this.#handle(client).signal(name, payload));

  /** False if the run refuses it: it may have closed meanwhile, or have got its answer otherwise. */
  update(name: string, updateId: string, said: object): Promise<boolean> {
    return this.#unlessRefused((client) => this.#handle(client).executeUpdate(name, { updateId, args: [said] }));
  }

  /** The key with which a step was called, if its call has reached the service. */
  async keyOf(step: string): Promise<string | undefined> {
    const ownerOf = keyOwner(await this.events(), this);
    return [...this.around.service.books.keys()].find((each) => ownerOf(each) === step);
  }

  ledger(events: readonly RunEvent[]): LedgerEntry[] {
    return ledgerOf(events, this.manifest).entries;
  }

  #handle(client: Client) {
    return client.workflow.getHandle(this.workflowId, this.runId);
  }

  async #unlessRefused(work: (client: Client) => Promise<unknown>): Promise<boolean> {
    try {
      await this.around.calls.change(work);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) return false;
      throw error;
    }
  }
}
