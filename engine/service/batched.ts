/** What batches can do: the field of the request, the permission that it needs, and its number in answers. */
import type { Operation } from '../permissions/permissions';
import { temporal } from '../proto';
import type { BatchRequest } from './batches';

const { BatchOperationType: Type } = temporal.api.enums.v1;

interface Batched {
  field: keyof BatchRequest &
    (
      | 'terminationOperation'
      | 'signalOperation'
      | 'cancellationOperation'
      | 'deletionOperation'
      | 'resetOperation'
      | 'unpauseActivitiesOperation'
      | 'resetActivitiesOperation'
      | 'updateActivityOptionsOperation'
    );
  method: string;
  operation: Operation;
  type: number;
  /** Closed runs do not match its query (service/worker/batcher/activities.go, adjustQuery). */
  isForOpenRuns: boolean;
}

export const BATCHED: readonly Batched[] = [
  {
    field: 'terminationOperation',
    method: 'TerminateWorkflowExecution',
    operation: 'runs.terminate',
    type: Type.BATCH_OPERATION_TYPE_TERMINATE,
    isForOpenRuns: true,
  },
  {
    field: 'signalOperation',
    method: 'SignalWorkflowExecution',
    operation: 'runs.signal',
    type: Type.BATCH_OPERATION_TYPE_SIGNAL,
    isForOpenRuns: true,
  },
  {
    field: 'cancellationOperation',
    method: 'RequestCancelWorkflowExecution',
    operation: 'runs.cancel',
    type: Type.BATCH_OPERATION_TYPE_CANCEL,
    isForOpenRuns: true,
  },
  {
    field: 'deletionOperation',
    method: 'DeleteWorkflowExecution',
    operation: 'runs.delete',
    type: Type.BATCH_OPERATION_TYPE_DELETE,
    isForOpenRuns: false,
  },
  {
    field: 'resetOperation',
    method: 'ResetWorkflowExecution',
    operation: 'runs.reset',
    type: Type.BATCH_OPERATION_TYPE_RESET,
    isForOpenRuns: false,
  },
  {
    field: 'unpauseActivitiesOperation',
    method: 'UnpauseActivity',
    operation: 'runs.unpauseActivity',
    type: Type.BATCH_OPERATION_TYPE_UNPAUSE_ACTIVITY,
    isForOpenRuns: true,
  },
  {
    field: 'resetActivitiesOperation',
    method: 'ResetActivity',
    operation: 'runs.resetActivity',
    type: Type.BATCH_OPERATION_TYPE_RESET_ACTIVITY,
    isForOpenRuns: true,
  },
  {
    field: 'updateActivityOptionsOperation',
    method: 'UpdateActivityOptions',
    operation: 'runs.updateActivity',
    type: Type.BATCH_OPERATION_TYPE_UPDATE_ACTIVITY_OPTIONS,
    isForOpenRuns: true,
  },
];

export const batchedOf = (request: BatchRequest): Batched | undefined => BATCHED.find(({ field }) => request[field]);
export const batchedOperation = (request: BatchRequest): Operation | undefined => batchedOf(request)?.operation;
