/**
 * A run in memory. `apply.ts` alone changes the state that is derived from events. The machines change the rest,
 * which `side.ts` stores (attempts, buffered events, request ids, digest) or which a crash may lose (the open task,
 * admitted updates).
 */
import type { temporal } from '../proto';
import { STATUS, type RunKey, type RunStatus, type TimestampMs } from '../run-name';
import type { SearchAttributeValue } from '../visibility/record';
import type {
  ActivityState,
  AfterClose,
  ChildState,
  ExternalRequest,
  HistoryEvent,
  LeftBehind,
  Payload,
  Rules,
  RunState,
  TimerState,
  UpdateState,
  WorkflowTaskState,
} from './api';
import { Deadlines } from './deadlines';
import { emptyDigest } from './digest';

export class Run implements RunState {
  status: RunStatus = 1;
  nextEventId = 1;
  historySizeBytes = 0;
  stateTransitions = 0;
  digest = emptyDigest();
  started: temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes = {};
  startedWith: RunState['startedWith'] = { userMetadata: null, links: [] };
  startTimeMs: TimestampMs = 0;
  originalStartTimeMs: TimestampMs = 0;
  closeTimeMs: TimestampMs | null = null;
  closeEvent: HistoryEvent | null = null;
  runDeadlineMs: TimestampMs | null = null;
  firstWorkflowTaskAtMs: TimestampMs = 0;
  workflowTaskTimeoutMs = 10_000;
  lastCompletedTaskStartedEventId = 0;
  revision = '';
  failedWorkflowTasks = 0;
  uncountedBytes = 0;
  lastWorkflowTaskFailure: RunState['lastWorkflowTaskFailure'] = null;
  workflowTask: WorkflowTaskState | null = null;
  scheduledTask: RunState['scheduledTask'] = null;
  workflowTaskAttempt = 1;
  workflowTaskAtMs: TimestampMs = 0;
  unseenWake = false;
  unsentUpdates = 0;
  inFlightUpdates = 0;
  unseen: HistoryEvent[] = [];
  cancelRequest: RunState['cancelRequest'] = null;
  pause: RunState['pause'] = null;
  leftBehind: LeftBehind | null = null;
  afterClose: AfterClose | null = null;
  ownTime: RunState['ownTime'] = null;
  hadFailures = false;
  lastFailed: RunState['lastFailed'] = null;
  signalCount = 0;
  activities = new Map<number, ActivityState>();
  pausedActivities = 0;
  retryingActivities = 0;
  activityIds = new Map<string, number>();
  openTasks = new Set<string>();
  signalWaits: readonly string[] = [];
  waitChanges = 0;
  timers = new Map<string, TimerState>();
  updates = new Map<string, UpdateState>();
  externals = new Map<number, ExternalRequest>();
  children = new Map<number, ChildState>();
  failedChildren = new Map<number, string>();
  owed = new Set<number>();
  toBeDeleted = false;
  isKept = false;
  resetRunId = '';
  resetEventId = 0;
  takenOver = false;
  originRunId = '';
  resetPoints: RunState['resetPoints'] = [];
  buffered: HistoryEvent[] = [];
  searchAttributes: Record<string, SearchAttributeValue> = {};
  searchAttributePayloads: Record<string, Payload> = {};
  memo: Record<string, Payload> = {};
  signalRequestIds = new Set<string>();
  signalsBefore: readonly string[] = [];
  pauseRequestIds = new Set<string>();
  unpauseRequestIds = new Set<string>();
  cancelRequestIds = new Set<string>();
  attachedRequests = new Map<string, number>();
  readonly deadlines = new Deadlines();

  constructor(
    readonly runKey: RunKey,
    readonly namespace: string,
    readonly workflowId: string,
    readonly runId: string,
    readonly firstRunId: string,
    public startRequestId: string,
    public rules: Rules
  ) {}

  get needsWorkflowTask(): boolean {
    return this.status === STATUS.running && !this.pause && (this.unseenWake || this.unsentUpdates > 0);
  }
}
