/** The fields of batch operations. */
import { ACTIVITY_OPTIONS } from './activities';
import { honoured, ignored, notYet, stored, type Fields } from './fate';
import { EXECUTION, WORKER_VERSIONING } from './messages';
import { POST_RESET } from './to-runs';

const IDENTITY = { identity: honoured };
const NO_ACTIVITIES = notYet('activities without a workflow are not served');

export const START_BATCH: Fields = {
  namespace: honoured,
  visibilityQuery: honoured,
  jobId: honoured,
  reason: stored('batch.reason'),
  executions: EXECUTION,
  targetExecutions: NO_ACTIVITIES,
  maxOperationsPerSecond: honoured,
  terminationOperation: { details: honoured, ...IDENTITY },
  signalOperation: { signal: honoured, input: honoured, header: honoured, ...IDENTITY },
  cancellationOperation: IDENTITY,
  deletionOperation: IDENTITY,
  resetOperation: {
    ...IDENTITY,
    options: {
      firstWorkflowTask: {},
      lastWorkflowTask: {},
      workflowTaskId: honoured,
      buildId: WORKER_VERSIONING,
      resetReapplyType: honoured,
      currentRunOnly: ignored('it is read with a build id only', 'service/worker/batcher/activities.go'),
      resetReapplyExcludeTypes: honoured,
    },
    resetType: honoured,
    resetReapplyType: honoured,
    postResetOperations: POST_RESET,
  },
  updateWorkflowOptionsOperation: notYet('options of runs cannot be changed'),
  unpauseActivitiesOperation: {
    ...IDENTITY,
    type: honoured,
    matchAll: honoured,
    resetAttempts: honoured,
    resetHeartbeat: honoured,
    jitter: honoured,
  },
  resetActivitiesOperation: {
    ...IDENTITY,
    type: honoured,
    matchAll: honoured,
    resetAttempts: ignored('a reset always does so', 'service/worker/batcher/activities.go'),
    resetHeartbeat: honoured,
    keepPaused: honoured,
    jitter: honoured,
    restoreOriginalOptions: honoured,
  },
  updateActivityOptionsOperation: {
    ...IDENTITY,
    type: honoured,
    matchAll: honoured,
    activityOptions: ACTIVITY_OPTIONS,
    updateMask: { paths: honoured },
    restoreOriginal: honoured,
  },
  cancelActivitiesOperation: NO_ACTIVITIES,
  terminateActivitiesOperation: NO_ACTIVITIES,
  deleteActivitiesOperation: NO_ACTIVITIES,
};

export const STOP_BATCH: Fields = { namespace: honoured, jobId: honoured, reason: honoured, identity: honoured };
export const DESCRIBE_BATCH: Fields = { namespace: honoured, jobId: honoured };
export const LIST_BATCHES: Fields = { namespace: honoured, pageSize: honoured, nextPageToken: honoured };
