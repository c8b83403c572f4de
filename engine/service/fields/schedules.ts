/** The fields of requests for schedules. */
import { honoured, ignored, notYet, refused, stored, type Fate, type Fields } from './fate';
import { RETRY_POLICY, WORKER_VERSIONING } from './messages';

const HANDLER = 'service/frontend/workflow_handler.go';
const IDENTITY = ignored('it is only in the history of the workflow that is the schedule there', HANDLER);

const ADDRESS: Fields = { namespace: honoured, scheduleId: honoured };

const RANGE: Fields = { start: honoured, end: honoured, step: honoured };
const TEXTS: Fields = {
  second: honoured,
  minute: honoured,
  hour: honoured,
  dayOfMonth: honoured,
  month: honoured,
  year: honoured,
  dayOfWeek: honoured,
  comment: honoured,
};
const CALENDAR: Fields = {
  second: RANGE,
  minute: RANGE,
  hour: RANGE,
  dayOfMonth: RANGE,
  month: RANGE,
  year: RANGE,
  dayOfWeek: RANGE,
  comment: honoured,
};

const SPEC: Fields = {
  structuredCalendar: CALENDAR,
  cronString: honoured,
  calendar: TEXTS,
  interval: { interval: honoured, phase: honoured },
  excludeCalendar: TEXTS,
  excludeStructuredCalendar: CALENDAR,
  startTime: honoured,
  endTime: honoured,
  jitter: honoured,
  timezoneName: honoured,
  // Refused by engine/schedules, beside what else is wrong with a spec.
  timezoneData: notYet('time zones are those of this runtime'),
};

const described = (field: string): Fate => stored(`schedule.schedule.action.startWorkflow.${field}`);

const ACTION: Fields = {
  workflowId: honoured,
  workflowType: { name: honoured },
  taskQueue: {
    name: honoured,
    kind: described('taskQueue.kind'),
    normalName: described('taskQueue.normalName'),
  },
  input: described('input'),
  workflowExecutionTimeout: honoured,
  workflowRunTimeout: honoured,
  workflowTaskTimeout: honoured,
  workflowIdReusePolicy: honoured,
  retryPolicy: RETRY_POLICY,
  cronSchedule: refused('is not allowed'),
  memo: described('memo'),
  searchAttributes: honoured,
  header: described('header'),
  userMetadata: described('userMetadata'),
  versioningOverride: WORKER_VERSIONING,
  priority: described('priority'),
};

const SCHEDULE: Fields = {
  spec: SPEC,
  action: { startWorkflow: ACTION },
  policies: {
    overlapPolicy: honoured,
    catchupWindow: honoured,
    pauseOnFailure: honoured,
    keepOriginalWorkflowId: ignored('every workflow id gets its time', 'service/worker/scheduler/workflow.go'),
  },
  state: {
    notes: honoured,
    paused: honoured,
    limitedActions: honoured,
    remainingActions: honoured,
  },
};

const PATCH_FIELDS: Fields = {
  triggerImmediately: { overlapPolicy: honoured, scheduledTime: honoured },
  backfillRequest: { startTime: honoured, endTime: honoured, overlapPolicy: honoured },
  pause: honoured,
  unpause: honoured,
};

export const CREATE_SCHEDULE: Fields = {
  ...ADDRESS,
  schedule: SCHEDULE,
  initialPatch: PATCH_FIELDS,
  identity: IDENTITY,
  requestId: honoured,
  memo: stored('schedule.memo'),
  searchAttributes: honoured,
};

export const DESCRIBE_SCHEDULE: Fields = ADDRESS;

export const UPDATE_SCHEDULE: Fields = {
  ...ADDRESS,
  schedule: SCHEDULE,
  conflictToken: honoured,
  identity: IDENTITY,
  requestId: honoured,
  searchAttributes: honoured,
  memo: stored('schedule.memo'),
};

export const PATCH_SCHEDULE: Fields = { ...ADDRESS, patch: PATCH_FIELDS, identity: IDENTITY, requestId: honoured };

export const MATCHING_TIMES: Fields = { ...ADDRESS, startTime: honoured, endTime: honoured };

export const DELETE_SCHEDULE: Fields = { ...ADDRESS, identity: IDENTITY };

export const LIST_SCHEDULES: Fields = {
  namespace: honoured,
  maximumPageSize: honoured,
  nextPageToken: honoured,
  query: honoured,
};
export const COUNT_SCHEDULES: Fields = { namespace: honoured, query: honoured };
