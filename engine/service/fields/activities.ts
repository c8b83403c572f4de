/** The fields of requests to pending activities. */
import { honoured, ignored, stored, type Fields } from './fate';
import { EXECUTION, RETRY_POLICY } from './messages';

const UNREAD = ignored('it is not read', 'service/history/api/updateactivityoptions/api.go');
const inPause = (field: string) => stored(`activity.pauseInfo.manual.${field}`);

export const ACTIVITY_OPTIONS: Fields = {
  taskQueue: { name: honoured, kind: UNREAD, normalName: UNREAD },
  scheduleToCloseTimeout: honoured,
  scheduleToStartTimeout: honoured,
  startToCloseTimeout: honoured,
  heartbeatTimeout: honoured,
  retryPolicy: { ...RETRY_POLICY, nonRetryableErrorTypes: UNREAD },
  priority: UNREAD,
  startDelay: UNREAD,
};

export const PAUSE_ACTIVITY: Fields = {
  namespace: honoured,
  execution: EXECUTION,
  identity: inPause('identity'),
  id: honoured,
  type: honoured,
  reason: inPause('reason'),
  requestId: ignored(
    'newer than this version; a second pause has no effect',
    'service/history/api/pauseactivity/api.go'
  ),
};

export const UNPAUSE_ACTIVITY: Fields = {
  namespace: honoured,
  execution: EXECUTION,
  identity: ignored('it is not read', 'service/history/api/unpauseactivity/api.go'),
  id: honoured,
  type: honoured,
  unpauseAll: honoured,
  resetAttempts: honoured,
  resetHeartbeat: honoured,
  jitter: honoured,
};

export const RESET_ACTIVITY: Fields = {
  namespace: honoured,
  execution: EXECUTION,
  identity: ignored('it is not read', 'service/history/api/resetactivity/api.go'),
  id: honoured,
  type: honoured,
  matchAll: honoured,
  resetHeartbeat: honoured,
  keepPaused: honoured,
  jitter: honoured,
  restoreOriginalOptions: honoured,
};

export const UPDATE_ACTIVITY_OPTIONS: Fields = {
  namespace: honoured,
  execution: EXECUTION,
  identity: UNREAD,
  activityOptions: ACTIVITY_OPTIONS,
  updateMask: { paths: honoured },
  id: honoured,
  type: honoured,
  matchAll: honoured,
  restoreOriginal: honoured,
};
