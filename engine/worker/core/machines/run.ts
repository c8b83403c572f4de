/**
 * One cached run between the history and the library. It turns the events of a task into activation jobs, and the
 * library's commands into Temporal's commands. It records which sequence number of the code belongs to which event of
 * the history.
 *
 * Invariants:
 * - Commands and the events that they led to are matched one to one and in order, in a live run and in a replay. Any
 *   difference is nondeterminism.
 * - A result that needs no answer from the engine (a cancelled activity for which the code does not wait) is resolved
 *   within the same task, by a further activation. The official core does the same, so each of the two can replay the
 *   histories of the other.
 * - The terminal command is the last one (core flag 3).
 */
import { temporal, type coresdk } from '../../../proto';
import { timestampMs as msOf } from '../../../proto-time';
import type { Command, HistoryEvent } from '../../../history/api';
import type { Job, JobVariant } from '../../sandbox/protocol';
import { ActivityMachine } from './activity';
import { DeterminismViolation } from '../determinism-violation';
import { describe, framesOf, initializeJob, resetJob } from '../event-jobs';
import { ownFields, ownPayloads } from '../payload';
import type { PendingCommand } from '../pending-command';
import {
  failedUpdate,
  isDeprecatedPatch,
  modifyProperties,
  patchCommand,
  patchOf,
  terminalCommand,
  updateAnswer,
  upsertSearchAttributes,
  type Carried,
} from '../simple-commands';
import { BetweenRuns } from './between-runs';
import { cancelTimerCommand, startTimerCommand } from './timer';

const { EventType } = temporal.api.enums.v1;
type WorkflowCommand = coresdk.workflow_commands.IWorkflowCommand;

/**
 * The code requested something that this engine does not support yet. The task fails with a message that names it.
 */
export class UnsupportedCommandError extends Error {
  override name = 'UnsupportedCommandError';
}

/** Events that a command leads to. Such an event must be the event of the next expected command. */
const COMMAND_EVENTS = new Set<number>([
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_TIMER_CANCELED,
  EventType.EVENT_TYPE_MARKER_RECORDED,
  EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
  EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);

/**
 * The order of jobs within an activation, as in the official core. Jobs with the same number keep the order of their
 * events.
 */
const ORDER: Partial<Record<JobVariant, number>> = {
  initializeWorkflow: 0,
  notifyHasPatch: 1,
  updateRandomSeed: 2,
  signalWorkflow: 3,
  doUpdate: 3,
};

export interface UpdateDelivery {
  protocolInstanceId: string;
  request: temporal.api.update.v1.IRequest;
  runValidator: boolean;
}

export interface TaskOutcome {
  commands: Command[];
  messages: temporal.api.protocol.v1.IMessage[];
}

export class RunMachine {
  /** The highest id of an event that was processed and is not the Scheduled or Started event of a workflow task. */
  processedEventId = 0;
  startedEventId = 0;
  readonly flags = new Set<number>();
  #sdkNamed = false;
  #expected: PendingCommand[] = [];
  #terminal: PendingCommand | null = null;
  #messages: temporal.api.protocol.v1.IMessage[] = [];
  readonly #activities = new Map<number, ActivityMachine>();
  readonly #between = new BetweenRuns();
  readonly #activityByEvent = new Map<number, ActivityMachine>();
  /** Open timers, with the command that starts each timer. */
  readonly #timers = new Map<number, PendingCommand>();
  /**
   * `strict`: a timer of the history must also belong to the same node. For code that the history was not made by: the
   * numbers of timers alone would match the timer of another step.
   */
  constructor(private readonly options: { strict?: boolean } = {}) {}

  readonly #carried: Carried = { memo: null, retryPolicy: null, searchAttributes: {} };

  /** Open updates by protocol instance. */
  readonly #updates = new Map<string, { updateId: string; accepted: boolean }>();

  /** True if these events directly follow the events that this machine has processed. */
  continues(events: readonly HistoryEvent[], previousStartedEventId: number): boolean {
    const first = Number(events[0]?.eventId ?? 0);
    const afterTask = previousStartedEventId === this.startedEventId && first === this.startedEventId + 1;
    // A task that had only rejected updates left no trace, so its event ids are used again.
    const afterTraceless = first <= this.processedEventId + 1 && previousStartedEventId < this.startedEventId;
    return afterTask || afterTraceless;
  }

  /**
   * The jobs of a task. `following` (replay only): the events of the next task, from which the patches and the
   * updates of this task are read.
   */
  begin(
    events: readonly HistoryEvent[],
    updates: readonly UpdateDelivery[],
    following: readonly HistoryEvent[]
  ): { jobs: Job[]; timestampMs: number } {
    const jobs: Job[] = [];
    let timestampMs = 0;
    for (const event of events) {
      const eventId = Number(event.eventId);
      if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) {
        this.startedEventId = eventId;
        timestampMs = msOf(event.eventTime);
        continue;
      }
      if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED || eventId <= this.processedEventId)
        continue;
      this.processedEventId = eventId;
      if (COMMAND_EVENTS.has(event.eventType ?? 0)) this.#match(event);
      else {
        if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) this.#taskCompleted(event);
        const job = this.#job(event);
        if (job) jobs.push(job);
      }
    }
    const left = this.#expected[0];
    if (left)
      throw new DeterminismViolation(this.processedEventId + 1, 'nothing more of this task', left.title, left.origin);
    for (const event of following) {
      const patchId = patchOf(event);
      if (patchId !== null) jobs.push({ variant: 'notifyHasPatch', notifyHasPatch: { patchId } });
    }
    for (const update of updates) jobs.push(this.#updateJob(update));
    jobs.sort((a, b) => (ORDER[a.variant] ?? 4) - (ORDER[b.variant] ?? 4));
    return { jobs, timestampMs };
  }

  /** The updates of a replayed task: those whose acceptance is among the events that follow the task. */
  static acceptedIn(following: readonly HistoryEvent[]): UpdateDelivery[] {
    return following.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) =>
      accepted?.acceptedRequest
        ? [
            {
              protocolInstanceId: accepted.protocolInstanceId ?? '',
              request: accepted.acceptedRequest,
              runValidator: false,
            },
          ]
        : []
    );
  }

  /**
   * Processes the commands of an activation. Returns the jobs for a further activation within this task; an empty
   * list means that none is needed.
   */
  take(
    commands: readonly WorkflowCommand[],
    following: readonly HistoryEvent[] | null,
    origins: readonly string[] | null = null
  ): Job[] {
    const jobs: Job[] = [];
    for (const [index, command] of commands.entries()) {
      const job = this.#take(command, following);
      if (job) jobs.push(job);
      const asked = this.#terminal ?? this.#expected.at(-1);
      if (asked) asked.origin ??= framesOf(origins?.[index]);
    }
    return jobs;
  }

  /** Ends the task and returns what the task sends. From now on the events of its commands are expected. */
  finish(): TaskOutcome {
    if (this.#terminal) this.#expected.push(this.#terminal);
    this.#terminal = null;
    for (const pending of this.#expected) pending.sent = true;
    const messages = this.#messages;
    this.#messages = [];
    return { commands: this.#expected.map(({ command }) => command), messages };
  }

  /** Metadata of a live task: the flags and the SDK name that this task used for the first time. */
  metadata(usedFlags: readonly number[]): temporal.api.sdk.v1.IWorkflowTaskCompletedMetadata {
    const langUsedFlags = usedFlags.filter((flag) => !this.flags.has(flag));
    for (const flag of langUsedFlags) this.flags.add(flag);
    if (this.#sdkNamed) return { langUsedFlags };
    this.#sdkNamed = true;
    return { coreUsedFlags: [1, 3], langUsedFlags, sdkName: 'temporal-typescript', sdkVersion: '1.24.0' };
  }

  #taskCompleted(event: HistoryEvent): void {
    const metadata = event.workflowTaskCompletedEventAttributes?.sdkMetadata;
    if (metadata?.sdkName) this.#sdkNamed = true;
    for (const flag of metadata?.langUsedFlags ?? []) this.flags.add(flag);
  }

  #match(event: HistoryEvent): void {
    if (isDeprecatedPatch(event) && !this.#expected[0]?.matches(event)) return;
    const next = this.#expected.shift();
    if (!next) throw new DeterminismViolation(Number(event.eventId), describe(event), 'asked for nothing');
    if (!next.matches(event))
      throw new DeterminismViolation(Number(event.eventId), describe(event), next.title, next.origin);
    next.recorded(event);
  }

  #job(event: HistoryEvent): Job | null {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        this.#start(event);
        return initializeJob(event);
      case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return resetJob(event);
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
        const signal = event.workflowExecutionSignaledEventAttributes;
        return {
          variant: 'signalWorkflow',
          signalWorkflow: {
            signalName: signal?.signalName,
            input: ownPayloads(signal?.input),
            identity: signal?.identity,
            headers: ownFields(signal?.header?.fields),
          },
        };
      }
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        return {
          variant: 'cancelWorkflow',
          cancelWorkflow: { reason: event.workflowExecutionCancelRequestedEventAttributes?.cause },
        };
      case EventType.EVENT_TYPE_TIMER_FIRED: {
        const seq = Number(event.timerFiredEventAttributes?.timerId);
        return this.#timers.delete(seq) ? { variant: 'fireTimer', fireTimer: { seq } } : null;
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
        return this.#closeActivity(event, event.activityTaskCompletedEventAttributes?.scheduledEventId);
      case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
        return this.#closeActivity(event, event.activityTaskFailedEventAttributes?.scheduledEventId);
      case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
        return this.#closeActivity(event, event.activityTaskTimedOutEventAttributes?.scheduledEventId);
      case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
        return this.#closeActivity(event, event.activityTaskCanceledEventAttributes?.scheduledEventId);
      default:
        return this.#heard(event);
    }
  }

  #start({ workflowExecutionStartedEventAttributes: started }: HistoryEvent): void {
    const { memo, retryPolicy, searchAttributes } = started ?? {};
    this.#carried.memo = memo?.fields ? { fields: ownFields(memo.fields) } : null;
    this.#carried.retryPolicy = retryPolicy ?? null;
    this.#carried.searchAttributes = ownFields(searchAttributes?.indexedFields);
  }

  /** What other runs made of what this one asked. */
  #heard(event: HistoryEvent): Job | null {
    const job = this.#between.event(event);
    if (job !== 'foreign') return job;
    throw new DeterminismViolation(Number(event.eventId), describe(event), 'never asked another run for that');
  }

  #closeActivity(event: HistoryEvent, scheduledEventId: unknown): Job | null {
    const activity = this.#activityByEvent.get(Number(scheduledEventId));
    if (!activity)
      throw new DeterminismViolation(Number(event.eventId), describe(event), 'never scheduled that activity');
    this.#activityByEvent.delete(activity.scheduledEventId);
    this.#activities.delete(activity.seq);
    return activity.close(event);
  }

  #updateJob({ protocolInstanceId, request, runValidator }: UpdateDelivery): Job {
    const updateId = request.meta?.updateId ?? '';
    this.#updates.set(protocolInstanceId, { updateId, accepted: false });
    return {
      variant: 'doUpdate',
      doUpdate: {
        id: updateId,
        protocolInstanceId,
        name: request.input?.name,
        input: ownPayloads(request.input?.args),
        headers: ownFields(request.input?.header?.fields),
        meta: { updateId, identity: request.meta?.identity },
        runValidator,
      },
    };
  }

  #take(command: WorkflowCommand, following: readonly HistoryEvent[] | null): Job | null {
    const metadata = command.userMetadata ?? null;
    if (command.scheduleActivity) {
      const activity = new ActivityMachine(command.scheduleActivity.seq ?? 0, command.scheduleActivity, metadata);
      this.#activities.set(activity.seq, activity);
      this.#expected.push(activity.scheduleCommand((eventId) => this.#activityByEvent.set(eventId, activity)));
    } else if (command.requestCancelActivity) return this.#cancelActivity(command.requestCancelActivity.seq ?? 0);
    else if (command.startTimer) {
      const pending = startTimerCommand(command.startTimer, metadata, this.options.strict);
      this.#timers.set(command.startTimer.seq ?? 0, pending);
      this.#expected.push(pending);
    } else if (command.cancelTimer) this.#cancelTimer(command.cancelTimer.seq ?? 0);
    else if (command.setPatchMarker) {
      const { patchId, deprecated } = command.setPatchMarker;
      // A deprecated patch may be missing in an older history.
      const known = following === null || following.some((event) => patchOf(event) === patchId);
      if (known || !deprecated) this.#expected.push(patchCommand(patchId ?? '', deprecated ?? false));
    } else if (command.upsertWorkflowSearchAttributes) {
      const { searchAttributes } = command.upsertWorkflowSearchAttributes;
      Object.assign(this.#carried.searchAttributes, searchAttributes?.indexedFields);
      this.#expected.push(upsertSearchAttributes(command.upsertWorkflowSearchAttributes));
    } else if (command.modifyWorkflowProperties)
      this.#expected.push(modifyProperties(command.modifyWorkflowProperties));
    else if (command.updateResponse) this.#answerUpdate(command.updateResponse);
    else return this.#takeOther(command, metadata);
    return null;
  }

  #takeOther(command: WorkflowCommand, metadata: temporal.api.sdk.v1.IUserMetadata | null): Job | null {
    const taken = this.#between.take(command, metadata);
    if (!taken) this.#terminate(command);
    if (taken?.remove) this.#expected.splice(this.#expected.indexOf(taken.remove), 1);
    if (taken?.add) this.#expected.push(taken.add);
    return taken?.job ?? null;
  }

  #terminate(command: WorkflowCommand): void {
    const terminal = terminalCommand(command, this.#carried);
    if (!terminal) {
      const name = Object.keys(command).find((key) => !['userMetadata', 'eventGroupMarkers', 'variant'].includes(key));
      throw new UnsupportedCommandError(`This engine does not support the workflow command '${name}' yet.`);
    }
    this.#terminal ??= terminal;
  }

  #cancelActivity(seq: number): Job | null {
    const activity = this.#activities.get(seq);
    if (!activity) return null;
    const index = this.#expected.findIndex(
      ({ command, sent }) =>
        !sent && command.scheduleActivityTaskCommandAttributes?.activityId === activity.schedule.activityId
    );
    const { takeBack, request, job } = activity.cancel(index < 0);
    if (takeBack) {
      this.#expected.splice(index, 1);
      this.#activities.delete(seq);
    }
    if (request) this.#expected.push(request);
    return job ?? null;
  }

  #cancelTimer(seq: number): void {
    const start = this.#timers.get(seq);
    if (!start) return;
    this.#timers.delete(seq);
    const index = this.#expected.indexOf(start);
    if (index >= 0 && !start.sent) this.#expected.splice(index, 1);
    else this.#expected.push(cancelTimerCommand(seq));
  }

  #answerUpdate(response: coresdk.workflow_commands.IUpdateResponse): void {
    const instance = response.protocolInstanceId ?? '';
    const update = this.#updates.get(instance);
    if (!update) return;
    const answer =
      response.rejected && update.accepted
        ? failedUpdate(response, update.updateId)
        : updateAnswer(response, this.startedEventId - 1, update.updateId);
    if (response.accepted) update.accepted = true;
    else this.#updates.delete(instance);
    this.#messages.push(answer.message);
    if (answer.command) this.#expected.push(answer.command);
  }
}
