/**
 * A run under test: calls the decisions with a virtual clock, commits what they write as the service does, and can be
 * rebuilt from the commits at any moment. For tests only.
 */
import Long from 'long';
import { temporal } from '../../proto';
import type { HistoryBatch, StoredRun } from '../../store/port';
import * as history from '../index';
import type { Command, Effect, HistoryEvent, HistoryLimits, Payloads, RunState, StartRun, Transition } from '../index';
import { idOf, toDuration } from '../../proto-time';

const { CommandType, EventType } = temporal.api.enums.v1;
const update = temporal.api.update.v1;
type Message = temporal.api.protocol.v1.IMessage;

export const payloads = (value: unknown): Payloads => ({
  payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) }],
});
export const payload = (value: unknown) => payloads(value).payloads![0]!;
export const failure = (message: string, more: temporal.api.failure.v1.IApplicationFailureInfo = {}) => ({
  message,
  source: 'Test',
  applicationFailureInfo: { type: 'Error', ...more },
});

export const command = {
  schedule: (
    activityId: string,
    more: temporal.api.command.v1.IScheduleActivityTaskCommandAttributes = {}
  ): Command => ({
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'work' },
      startToCloseTimeout: toDuration(10_000),
      ...more,
    },
  }),
  cancelActivity: (scheduledEventId: number): Command => ({
    commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
    requestCancelActivityTaskCommandAttributes: { scheduledEventId: Long.fromNumber(scheduledEventId) },
  }),
  timer: (timerId: string, ms: number): Command => ({
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId, startToFireTimeout: toDuration(ms) },
  }),
  cancelTimer: (timerId: string): Command => ({
    commandType: CommandType.COMMAND_TYPE_CANCEL_TIMER,
    cancelTimerCommandAttributes: { timerId },
  }),
  marker: (markerName: string): Command => ({
    commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
    recordMarkerCommandAttributes: { markerName, details: { data: payloads({ id: 'p' }) } },
  }),
  upsert: (fields: Record<string, unknown>): Command => ({
    commandType: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesCommandAttributes: {
      searchAttributes: {
        indexedFields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, payload(value)])),
      },
    },
  }),
  memo: (fields: Record<string, unknown>): Command => ({
    commandType: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
    modifyWorkflowPropertiesCommandAttributes: {
      upsertedMemo: {
        fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, payload(value)])),
      },
    },
  }),
  message: (messageId: string): Command => ({
    commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
    protocolMessageCommandAttributes: { messageId },
  }),
  startChild: (
    workflowId: string,
    more: temporal.api.command.v1.IStartChildWorkflowExecutionCommandAttributes = {}
  ): Command => ({
    commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: { workflowId, workflowType: { name: 'child' }, ...more },
  }),
  signalRun: (
    workflowId: string,
    more: temporal.api.command.v1.ISignalExternalWorkflowExecutionCommandAttributes = {}
  ): Command => ({
    commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
    signalExternalWorkflowExecutionCommandAttributes: { execution: { workflowId }, signalName: 'go', ...more },
  }),
  cancelRun: (
    workflowId: string,
    more: temporal.api.command.v1.IRequestCancelExternalWorkflowExecutionCommandAttributes = {}
  ): Command => ({
    commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
    requestCancelExternalWorkflowExecutionCommandAttributes: { workflowId, ...more },
  }),
  continueAsNew: (
    more: temporal.api.command.v1.IContinueAsNewWorkflowExecutionCommandAttributes = {}
  ): Command => ({
    commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    continueAsNewWorkflowExecutionCommandAttributes: more,
  }),
  complete: (value: unknown = 'done'): Command => ({
    commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
    completeWorkflowExecutionCommandAttributes: { result: payloads(value) },
  }),
  fail: (reason: string, more: temporal.api.failure.v1.IApplicationFailureInfo = {}): Command => ({
    commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
    failWorkflowExecutionCommandAttributes: { failure: failure(reason, more) },
  }),
  cancel: (): Command => ({
    commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
    cancelWorkflowExecutionCommandAttributes: {},
  }),
};

const message = (id: string, updateId: string, type: string, value: Uint8Array): Message => ({
  id,
  protocolInstanceId: updateId,
  body: { type_url: `type.googleapis.com/temporal.api.update.v1.${type}`, value },
});
export const answers = {
  accept: (updateId: string): Message =>
    message(`${updateId}/accept`, updateId, 'Acceptance', update.Acceptance.encode({}).finish()),
  reject: (updateId: string): Message =>
    message(`${updateId}/reject`, updateId, 'Rejection', update.Rejection.encode({ failure: failure('no') }).finish()),
  complete: (updateId: string, value: unknown = 'ok'): Message =>
    message(
      `${updateId}/complete`,
      updateId,
      'Response',
      update.Response.encode({ outcome: { success: payloads(value) } }).finish()
    ),
};

export class TestRun {
  now = 1_000_000;
  epoch = 1;
  state: RunState;
  batches: HistoryBatch[] = [];
  events: HistoryEvent[] = [];
  /** Effects of the last decision. */
  effects: Effect[] = [];
  readonly rules: history.Rules;

  constructor(
    options: {
      start?: Partial<StartRun>;
      attributes?: StartRun['attributes'];
      limits?: Partial<HistoryLimits>;
      polled?: readonly string[];
      counted?: readonly string[];
    } = {}
  ) {
    this.rules = {
      ...history.defaultRules,
      limits: { ...history.defaultLimits, ...options.limits },
      isCounted: (workflowType) => (options.counted ?? []).includes(workflowType),
      isPolled: (taskQueue) => (options.polled ?? []).includes(taskQueue),
    };
    const { state, transition } = history.startRun(
      {
        runKey: 1,
        namespace: 'default',
        workflowId: 'w',
        runId: 'r',
        firstRunId: 'r',
        requestId: 'start-1',
        firstWorkflowTaskAt: 0,
        ...options.start,
        attributes: { workflowType: { name: 'flow' }, taskQueue: { name: 'backstitch' }, ...options.attributes },
      },
      this.now,
      this.epoch,
      this.rules
    );
    this.state = state;
    this.commit(transition);
  }

  commit(transition: Transition): Transition {
    this.effects = transition.effects;
    if (transition.events.length > 0) {
      const bytes = history.encodeBatch(transition.events);
      history.recordBatch(this.state, bytes);
      this.batches.push({ firstEventId: idOf(transition.events[0]!.eventId), events: bytes });
      this.events.push(...transition.events);
    }
    return transition;
  }

  stored(): StoredRun {
    const { runKey, namespace, workflowId, runId, firstRunId, nextEventId, status } = this.state;
    const side = history.encodeSide(this.state);
    return { runKey, namespace, workflowId, runId, firstRunId, nextEventId, status, wakeAt: null, side };
  }

  /** The state that another engine would have in memory. */
  rebuilt(): RunState {
    const events = this.batches.flatMap(({ events }) => temporal.api.history.v1.History.decode(events).events);
    return history.rebuildRun(this.stored(), events, this.rules);
  }

  takeover(): Transition {
    this.state = this.rebuilt();
    this.epoch += 1;
    return this.commit(history.recoverRun(this.state, this.epoch, this.now));
  }

  open() {
    return history.openWorkflowTask(this.state, this.now);
  }

  answer(commands: Command[], messages: Message[] = [], revision = ''): Transition {
    const sdkMetadata = this.state.lastCompletedTaskStartedEventId === 0 ? { coreUsedFlags: [1, 3] } : null;
    const completion = { identity: 'worker', commands, messages, sdkMetadata, revision };
    return this.commit(history.completeWorkflowTask(this.state, completion, this.epoch, this.now));
  }

  /** Opens a task and completes it. */
  task(...commands: Command[]): Transition {
    if (!this.open()) throw new Error('no workflow task is wanted');
    return this.answer(commands);
  }

  failTask(
    cause: number = temporal.api.enums.v1.WorkflowTaskFailedCause
      .WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
  ): Transition {
    return this.commit(history.failWorkflowTask(this.state, cause, failure('broken'), 'worker', this.now));
  }

  signal(signalName = 'go', requestId = '', more: Partial<history.SignalRequest> = {}): Transition {
    const request = { signalName, input: payloads(signalName), header: null, identity: 'client', requestId, ...more };
    return this.commit(history.signal(this.state, request, this.now));
  }

  admit(updateId: string): Transition {
    const request = { meta: { updateId, identity: 'client' }, input: { name: 'set', args: payloads(1) } };
    return this.commit(history.admitUpdate(this.state, request, this.now));
  }

  requestCancel(requestId = 'c'): Transition {
    return this.commit(history.requestCancel(this.state, { reason: 'why', identity: 'client', requestId }, this.now));
  }

  terminate(): Transition {
    return this.commit(history.terminate(this.state, { reason: 'why', details: null, identity: 'client' }, this.now));
  }

  ref(activityId: string): history.AttemptRef {
    const activity = this.state.activities.get(this.state.activityIds.get(activityId) ?? 0);
    if (!activity) throw new Error(`activity ${activityId} is not pending`);
    return { scheduledEventId: activity.scheduledEventId, attempt: activity.attempt };
  }
  activity(activityId: string): history.ActivityState {
    return this.state.activities.get(this.ref(activityId).scheduledEventId)!;
  }
  completeActivity(ref: history.AttemptRef, value: unknown = 'ok'): Transition {
    return this.commit(history.completeActivity(this.state, ref, payloads(value), 'worker', this.epoch, this.now));
  }
  failActivity(ref: history.AttemptRef, reason = failure('no')): Transition {
    return this.commit(history.failActivity(this.state, ref, reason, 'worker', this.epoch, this.now));
  }
  cancelActivity(ref: history.AttemptRef): Transition {
    return this.commit(history.cancelActivity(this.state, ref, null, 'worker', this.epoch, this.now));
  }
  heartbeat(ref: history.AttemptRef, value: unknown): Transition {
    return this.commit(history.heartbeatActivity(this.state, ref, payloads(value), this.now));
  }

  /** What became of a message to another run. */
  heard(initiatedEventId: number, result: history.MessageResult = { kind: 'done' }): Transition {
    const message = history.messageOf(this.state, initiatedEventId);
    if (!message) throw new Error(`there is no message ${initiatedEventId}`);
    return this.commit(history.answerMessage(this.state, message, result, this.now));
  }

  /** The last run of a child has closed with this event. */
  childClosed({ initiatedEventId, workflowId, runId }: history.ChildState, event: HistoryEvent): Transition {
    const closed = { initiatedEventId, workflowId, runId, firstRunId: runId, event };
    return this.commit(history.childClosed(this.state, closed, this.now));
  }

  /** Advances the time. */
  after(ms: number): Transition {
    this.now += ms;
    return this.commit(history.advance(this.state, this.epoch, this.now));
  }

  /** Time from now to the run's next deadline. */
  untilDeadline(): number | null {
    const at = history.nextDeadline(this.state);
    return at === null ? null : at - this.now;
  }

  /** Event types without their prefix, from an event id on. */
  types(from = 1): string[] {
    return this.events.slice(from - 1).map(({ eventType }) => EventType[eventType!]!.replace('EVENT_TYPE_', ''));
  }
  last(): HistoryEvent {
    return this.events.at(-1)!;
  }
  check(): history.Finding[] {
    return history.checkHistory(this.batches, history.readExpectation(this.stored()));
  }
}
