/**
 * The WorkflowService: one implementation, several doors. A method that is not here answers UNIMPLEMENTED and names itself.
 * Every change leaves an audit line: who, which method, which run; never payloads.
 */
import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { asServiceError, ServiceError, unimplemented } from './errors';
import type { Caller, Frontend } from './frontend/context';
import * as interact from './frontend/interact';
import * as namespaces from './frontend/namespaces';
import * as read from './frontend/read';
import { signalWithStart, start } from './frontend/start';
import * as taskQueues from './frontend/task-queues';
import * as visibility from './frontend/visibility';

// Each method takes the request type of its own name; the doors decode it as such.
type Method = (frontend: Frontend, request: never, caller: Caller) => unknown;

/** What may be called, and the role that it takes. What tells of no run needs no proof that its memory still counts. */
const METHODS: Record<string, { role: Caller['role']; run: Method; tellsOfRuns?: false }> = {
  GetSystemInfo: { role: 'read', run: namespaces.getSystemInfo, tellsOfRuns: false },
  GetClusterInfo: { role: 'read', run: namespaces.getClusterInfo, tellsOfRuns: false },
  DescribeNamespace: { role: 'read', run: namespaces.describeNamespace, tellsOfRuns: false },
  ListNamespaces: { role: 'read', run: namespaces.listNamespaces, tellsOfRuns: false },
  RegisterNamespace: { role: 'operate', run: namespaces.registerNamespace, tellsOfRuns: false },
  GetSearchAttributes: { role: 'read', run: namespaces.getSearchAttributes, tellsOfRuns: false },
  StartWorkflowExecution: { role: 'operate', run: start },
  SignalWithStartWorkflowExecution: { role: 'operate', run: signalWithStart },
  SignalWorkflowExecution: { role: 'operate', run: interact.signal },
  RequestCancelWorkflowExecution: { role: 'operate', run: interact.requestCancel },
  TerminateWorkflowExecution: { role: 'operate', run: interact.terminate },
  QueryWorkflow: { role: 'read', run: interact.query },
  UpdateWorkflowExecution: { role: 'operate', run: interact.update },
  PollWorkflowExecutionUpdate: { role: 'read', run: interact.pollUpdate },
  DescribeWorkflowExecution: { role: 'read', run: read.describe },
  GetWorkflowExecutionHistory: { role: 'read', run: read.getHistory },
  GetWorkflowExecutionHistoryReverse: { role: 'read', run: read.getHistoryReverse },
  ListWorkflowExecutions: { role: 'read', run: visibility.list },
  ListOpenWorkflowExecutions: { role: 'read', run: visibility.listOpen },
  ListClosedWorkflowExecutions: { role: 'read', run: visibility.listClosed },
  CountWorkflowExecutions: { role: 'read', run: visibility.count },
  PollWorkflowTaskQueue: { role: 'operate', run: taskQueues.refusePolls },
  PollActivityTaskQueue: { role: 'operate', run: taskQueues.refusePolls },
  DescribeTaskQueue: { role: 'read', run: taskQueues.describe },
};

const RANK: Record<Caller['role'], number> = { read: 0, operate: 1, decide: 2 };
/** Refusals that say something of a run. */
const TELLING = new Set([
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.RESOURCE_EXHAUSTED,
]);

export interface WorkflowServiceOptions {
  frontend: Frontend;
  taskQueue: string;
  log?: Logger;
}

export class WorkflowServiceImplementation {
  constructor(private readonly options: WorkflowServiceOptions) {}

  /** It answers: the lease is ours. */
  get isServing(): boolean {
    return this.options.frontend.engine.holdsLease;
  }
  /** After `isServing` changed. Returns how to stop. */
  onServing(listener: () => void): () => void {
    return this.options.frontend.engine.onLease(listener);
  }

  /** Answer a request of the method's own type. Throws ServiceError, and nothing else. */
  async call(method: string, request: unknown, caller: Caller): Promise<unknown> {
    try {
      const known = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (!known) throw unimplemented(method);
      if (RANK[caller.role] < RANK[known.role]) {
        throw new ServiceError(
          status.PERMISSION_DENIED,
          `${method} needs a key with the role '${known.role}'; ${caller.name} has '${caller.role}'.`
        );
      }
      const answer = await this.#proved(known, request, caller);
      if (known.role !== 'read') this.#audit(method, request, caller, 'ok');
      return answer;
    } catch (error) {
      const known = asServiceError(error);
      if (known.code === status.INTERNAL) this.options.log?.error({ err: error, method }, 'a request broke the engine');
      if (METHODS[method]?.role !== 'read') this.#audit(method, request, caller, status[known.code] ?? 'error');
      throw known;
    }
  }

  /** Neither an answer nor a refusal may rest on what is in memory once the lease is unproven. */
  async #proved(method: (typeof METHODS)[string], request: unknown, caller: Caller): Promise<unknown> {
    const { engine } = this.options.frontend;
    const sinceMs = engine.now();
    const call = async () => method.run(this.options.frontend, request as never, caller);
    if (method.tellsOfRuns === false) return call();
    const answer = await call().catch(async (error: unknown) => {
      if (TELLING.has(asServiceError(error).code)) await engine.prove(sinceMs);
      throw error;
    });
    await engine.prove(sinceMs);
    return answer;
  }

  #audit(method: string, request: unknown, caller: Caller, outcome: string): void {
    const named = request as {
      workflowId?: string;
      workflowExecution?: { workflowId?: string };
      namespace?: string;
    } | null;
    const workflowId = named?.workflowId ?? named?.workflowExecution?.workflowId;
    this.options.log?.info(
      { audit: true, who: caller.name, method, namespace: named?.namespace, workflowId, outcome },
      'change'
    );
  }
}
