/**
 * The fields of every answered request of the WorkflowService, with what becomes of each (fate.ts). door.ts refuses
 * what the table says is refused; fields.test.ts compares the table with the protobuf definitions.
 */
import * as activities from './activities';
import * as batches from './batches';
import { honoured, ignored, type Fields } from './fate';
import * as reads from './reads';
import { SIGNAL_WITH_START, START, START_FOR_UPDATE } from './starts';
import * as schedules from './schedules';
import * as toRuns from './to-runs';

export const REQUESTS: Readonly<Record<string, Fields>> = {
  GetSystemInfo: {},
  GetClusterInfo: {},
  GetSearchAttributes: {},
  DescribeNamespace: reads.DESCRIBE_NAMESPACE,
  ListNamespaces: reads.LIST_NAMESPACES,
  RegisterNamespace: reads.REGISTER_NAMESPACE,
  UpdateNamespace: reads.UPDATE_NAMESPACE,
  DeprecateNamespace: reads.DEPRECATE_NAMESPACE,
  StartWorkflowExecution: START,
  SignalWithStartWorkflowExecution: SIGNAL_WITH_START,
  SignalWorkflowExecution: toRuns.SIGNAL,
  RequestCancelWorkflowExecution: toRuns.REQUEST_CANCEL,
  TerminateWorkflowExecution: toRuns.TERMINATE,
  ResetWorkflowExecution: toRuns.RESET,
  DeleteWorkflowExecution: toRuns.DELETE,
  QueryWorkflow: toRuns.QUERY,
  UpdateWorkflowExecution: toRuns.UPDATE,
  ExecuteMultiOperation: {
    namespace: honoured,
    operations: { startWorkflow: START_FOR_UPDATE, updateWorkflow: toRuns.UPDATE_WITH_START },
    resourceId: ignored('it is for routing between clusters', 'service/frontend/workflow_handler.go'),
  },
  PollWorkflowExecutionUpdate: toRuns.POLL_UPDATE,
  PauseWorkflowExecution: toRuns.PAUSE,
  UnpauseWorkflowExecution: toRuns.UNPAUSE,
  PauseActivity: activities.PAUSE_ACTIVITY,
  UnpauseActivity: activities.UNPAUSE_ACTIVITY,
  ResetActivity: activities.RESET_ACTIVITY,
  UpdateActivityOptions: activities.UPDATE_ACTIVITY_OPTIONS,
  DescribeWorkflowExecution: reads.DESCRIBE,
  GetWorkflowExecutionHistory: reads.HISTORY,
  GetWorkflowExecutionHistoryReverse: reads.HISTORY_REVERSE,
  ListWorkflowExecutions: reads.LIST,
  ScanWorkflowExecutions: reads.LIST,
  ListOpenWorkflowExecutions: reads.LIST_OPEN,
  ListClosedWorkflowExecutions: reads.LIST_CLOSED,
  CountWorkflowExecutions: reads.COUNT,
  StartBatchOperation: batches.START_BATCH,
  StopBatchOperation: batches.STOP_BATCH,
  DescribeBatchOperation: batches.DESCRIBE_BATCH,
  ListBatchOperations: batches.LIST_BATCHES,
  DescribeTaskQueue: reads.DESCRIBE_TASK_QUEUE,
  CreateSchedule: schedules.CREATE_SCHEDULE,
  DescribeSchedule: schedules.DESCRIBE_SCHEDULE,
  UpdateSchedule: schedules.UPDATE_SCHEDULE,
  PatchSchedule: schedules.PATCH_SCHEDULE,
  ListScheduleMatchingTimes: schedules.MATCHING_TIMES,
  DeleteSchedule: schedules.DELETE_SCHEDULE,
  ListSchedules: schedules.LIST_SCHEDULES,
  CountSchedules: schedules.COUNT_SCHEDULES,
  ListClusters: { pageSize: honoured, nextPageToken: honoured },
  ListSearchAttributes: { namespace: honoured },
  AddSearchAttributes: { namespace: honoured, searchAttributes: honoured },
  RemoveSearchAttributes: { namespace: honoured, searchAttributes: honoured },
  DeleteNamespace: { namespace: honoured, namespaceId: honoured, namespaceDeleteDelay: honoured },
};

/** Always rejected, whatever their fields say. */
export const ALWAYS_REJECTED: readonly string[] = ['PollWorkflowTaskQueue', 'PollActivityTaskQueue'];
