/**
 * The WorkflowService, and what there is of the OperatorService: one implementation, several doors. A missing method returns UNIMPLEMENTED with its name. Every
 * change is logged for the audit: the caller, the method and the run; never payloads.
 */
import { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { OPERATIONS, type Operation } from '../permissions/permissions';
import { demandAccess, partsOf, signed, type About } from './access';
import { asServiceError, unimplemented } from './errors';
import type { google } from '../proto';
import { durationMs } from '../proto-time';
import { demandKnownFields } from './fields/door';
import { DAY_MS } from './retention';
import { demandPlainText } from './request-text';
import type { Caller, Frontend } from './frontend/context';
import * as activities from './frontend/activities';
import * as batches from './frontend/batches';
import * as interact from './frontend/interact';
import * as namespaces from './frontend/namespaces';
import * as read from './frontend/read';
import * as scheduleLists from './frontend/schedule-lists';
import * as schedules from './frontend/schedules';
import * as attributes from './frontend/search-attributes';
import { reset } from './frontend/reset';
import { executeMultiOperation } from './frontend/multi-operation';
import { signalWithStart, start } from './frontend/start';
import * as taskQueues from './frontend/task-queues';
import * as visibility from './frontend/visibility';

// Each method takes the request type of its own name, which the doors decode.
type Method = (frontend: Frontend, request: never, caller: Caller) => unknown;

/** The callable methods and their operations. A method that reads no run needs no proof of the lease. */
const METHODS: Record<string, { operation: Operation; about: About; run: Method; tellsOfRuns?: false }> = {
  GetSystemInfo: about('cluster', 'cluster.describe', namespaces.getSystemInfo),
  GetClusterInfo: about('cluster', 'cluster.describe', namespaces.getClusterInfo),
  DescribeNamespace: about('cluster', 'cluster.describe', namespaces.describeNamespace),
  ListNamespaces: about('cluster', 'cluster.describe', namespaces.listNamespaces),
  GetSearchAttributes: about('cluster', 'cluster.describe', namespaces.getSearchAttributes),
  RegisterNamespace: {
    ...about('installation', 'namespaces.register', namespaces.registerNamespace),
    tellsOfRuns: false,
  },
  UpdateNamespace: {
    ...about('installation', 'namespaces.update', namespaces.updateNamespace),
    tellsOfRuns: false,
  },
  DeprecateNamespace: {
    ...about('installation', 'namespaces.deprecate', namespaces.deprecateNamespace),
    tellsOfRuns: false,
  },
  StartWorkflowExecution: about('start', 'runs.start', start),
  SignalWithStartWorkflowExecution: about('start', 'runs.start', signalWithStart),
  SignalWorkflowExecution: about('run', 'runs.signal', interact.signal),
  RequestCancelWorkflowExecution: about('run', 'runs.cancel', interact.requestCancel),
  TerminateWorkflowExecution: about('run', 'runs.terminate', interact.terminate),
  ResetWorkflowExecution: about('run', 'runs.reset', reset),
  DeleteWorkflowExecution: about('run', 'runs.delete', interact.remove),
  QueryWorkflow: about('run', 'runs.query', interact.query),
  UpdateWorkflowExecution: about('run', 'runs.update', interact.update),
  ExecuteMultiOperation: about('start', 'runs.start', executeMultiOperation),
  PollWorkflowExecutionUpdate: about('run', 'runs.get', interact.pollUpdate),
  PauseWorkflowExecution: about('run', 'runs.pause', interact.pause),
  UnpauseWorkflowExecution: about('run', 'runs.unpause', interact.unpause),
  PauseActivity: about('run', 'runs.pauseActivity', activities.pauseActivity),
  UnpauseActivity: about('run', 'runs.unpauseActivity', activities.unpauseActivity),
  ResetActivity: about('run', 'runs.resetActivity', activities.resetActivity),
  UpdateActivityOptions: about('run', 'runs.updateActivity', activities.updateActivityOptions),
  DescribeWorkflowExecution: about('run', 'runs.get', read.describe),
  GetWorkflowExecutionHistory: about('run', 'runs.get', read.getHistory),
  GetWorkflowExecutionHistoryReverse: about('run', 'runs.get', read.getHistoryReverse),
  ListWorkflowExecutions: about('list', 'runs.list', visibility.list),
  ScanWorkflowExecutions: about('list', 'runs.list', visibility.list),
  ListOpenWorkflowExecutions: about('list', 'runs.list', visibility.listOpen),
  ListClosedWorkflowExecutions: about('list', 'runs.list', visibility.listClosed),
  CountWorkflowExecutions: about('list', 'runs.list', visibility.count),
  CreateSchedule: about('schedule', 'schedules.create', schedules.create),
  DescribeSchedule: about('schedule', 'schedules.get', schedules.describe),
  UpdateSchedule: about('schedule', 'schedules.update', schedules.update),
  PatchSchedule: about('schedule', 'schedules.patch', schedules.patch),
  ListScheduleMatchingTimes: about('schedule', 'schedules.get', schedules.listMatchingTimes),
  DeleteSchedule: about('schedule', 'schedules.delete', schedules.remove),
  ListSchedules: about('list', 'schedules.list', scheduleLists.list),
  CountSchedules: about('list', 'schedules.list', scheduleLists.count),
  PollWorkflowTaskQueue: about('installation', 'queues.poll', taskQueues.refusePolls),
  PollActivityTaskQueue: about('installation', 'queues.poll', taskQueues.refusePolls),
  // What a batch does decides the right that it needs (access.ts).
  StartBatchOperation: about('list', 'batches.start', batches.startBatch),
  StopBatchOperation: about('list', 'batches.stop', batches.stopBatch),
  DescribeBatchOperation: about('list', 'batches.get', batches.describeBatch),
  ListBatchOperations: about('list', 'batches.list', batches.listBatches),
  DescribeTaskQueue: about('installation', 'cluster.describe', taskQueues.describe),
  // OperatorService; no name is in both services.
  ListClusters: about('cluster', 'cluster.describe', namespaces.listClusters),
  ListSearchAttributes: about('cluster', 'cluster.describe', attributes.listSearchAttributes),
  AddSearchAttributes: {
    ...about('installation', 'searchAttributes.add', attributes.addSearchAttributes),
    tellsOfRuns: false,
  },
  RemoveSearchAttributes: {
    ...about('installation', 'searchAttributes.remove', attributes.removeSearchAttributes),
    tellsOfRuns: false,
  },
  DeleteNamespace: {
    ...about('installation', 'namespaces.delete', namespaces.deleteNamespace),
    tellsOfRuns: false,
  },
};

export const ANSWERED_METHODS: readonly string[] = Object.keys(METHODS);

function about(what: About, operation: Operation, run: Method): (typeof METHODS)[string] {
  return { operation, about: what, run, ...(what === 'cluster' ? { tellsOfRuns: false } : {}) };
}

/** Refusals that contain information about a run. */
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

  /** True if it serves: the lease is ours. */
  get isServing(): boolean {
    return this.options.frontend.engine.holdsLease;
  }
  /** After `isServing` changed. Returns how to stop. */
  onServing(listener: () => void): () => void {
    return this.options.frontend.engine.onLease(listener);
  }

  /** Answer a request of the method's own type. Throws ServiceError, and nothing else. */
  async call(method: string, request: unknown, caller: Caller): Promise<unknown> {
    const known = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
    const parts = known ? partsOf(method, known.operation, known.about, request) : [];
    const changes = !known || parts.some(({ operation }) => OPERATIONS[operation] !== 'read');
    try {
      if (!known) throw unimplemented(method);
      demandPlainText(request);
      demandKnownFields(method, request);
      for (const part of parts)
        await demandAccess(this.options.frontend, part.operation, part.about, part.request, caller);
      const asked = changes ? signed(method, request, caller, this.options.taskQueue) : request;
      const answer = await this.#proved(known, asked, caller);
      if (changes) this.#audit(method, request, caller, 'ok');
      return answer;
    } catch (error) {
      const failure = asServiceError(error);
      if (failure.code === status.INTERNAL)
        this.options.log?.error({ err: error, method }, 'a request failed with an internal error');
      if (changes) this.#audit(method, request, caller, status[failure.code] ?? 'error');
      throw failure;
    }
  }

  /** Neither an answer nor a refusal may depend on memory while the lease is not proved. */
  async #proved(method: (typeof METHODS)[string], request: unknown, caller: Caller): Promise<unknown> {
    const { engine } = this.options.frontend;
    const sinceMs = engine.elapsedMs();
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
      execution?: { workflowId?: string };
      operations?: { startWorkflow?: { workflowId?: string } }[];
      namespace?: string;
      scheduleId?: string;
      jobId?: string;
      searchAttributes?: Record<string, unknown> | string[];
      config?: { workflowExecutionRetentionTtl?: google.protobuf.IDuration | null } | null;
    } | null;
    const workflowId =
      named?.workflowId ??
      named?.workflowExecution?.workflowId ??
      named?.execution?.workflowId ??
      named?.operations?.[0]?.startWorkflow?.workflowId;
    const changed = method.endsWith('SearchAttributes') ? (named?.searchAttributes ?? {}) : null;
    const attributes = Array.isArray(changed) ? changed : changed && Object.keys(changed);
    const retention = named?.config?.workflowExecutionRetentionTtl;
    this.options.log?.info(
      {
        audit: true,
        who: caller.name,
        method,
        namespace: named?.namespace,
        ...(named?.scheduleId ? { schedule: named.scheduleId } : { workflowId }),
        ...(named?.jobId ? { jobId: named.jobId } : {}),
        ...(attributes ? { attributes } : {}),
        ...(retention ? { retentionDays: durationMs(retention) / DAY_MS } : {}),
        outcome,
      },
      outcome === 'ok' ? 'change' : 'refused change'
    );
  }
}
