/**
 * One decision in progress: the events that it has written and its effects.
 *
 * `happen` is for events from outside of the run (results, firings, signals): written at once, or buffered while a
 * workflow task is open, because a task's ids were fixed when it opened. `write` is for events of the task itself.
 * State that is derived from events changes through `apply` when the event happens; ids, and the events for the next
 * task, when it is written.
 */
import Long from 'long';
import { temporal } from '../proto';
import type { Effect, HistoryEvent, RunState, Transition } from './api';
import { apply, written } from './apply';
import { activityClose, childClose, PLACEHOLDER } from './event';
import { idOf, toTimestamp } from '../proto-time';

const { EventType } = temporal.api.enums.v1;

export class Decision implements Transition {
  readonly events: HistoryEvent[] = [];
  readonly effects: Effect[] = [];

  readonly #pausedBefore: number;
  readonly #retryingBefore: number;
  readonly #waitsBefore: number;
  readonly #pauseBefore: RunState['pause'];

  constructor(
    readonly state: RunState,
    readonly epoch: number,
    readonly now: number
  ) {
    this.#pausedBefore = state.pausedActivities;
    this.#retryingBefore = state.retryingActivities;
    this.#waitsBefore = state.waitChanges;
    this.#pauseBefore = state.pause;
  }

  /** Appends an event with the next id, and returns the id. `atMs` is used only if the event happened earlier. */
  write(event: HistoryEvent, atMs = this.now): number {
    event.eventTime ??= toTimestamp(atMs);
    this.append(event);
    apply(this.state, event);
    return this.state.nextEventId - 1;
  }

  happen(event: HistoryEvent, atMs = this.now): void {
    event.eventTime = toTimestamp(atMs);
    if (this.state.workflowTask) this.state.buffered.push(event);
    else this.append(event);
    apply(this.state, event);
  }

  /** Buffered explicitly: an event that a command causes but that comes after all commands. */
  defer(event: HistoryEvent): void {
    event.eventTime = toTimestamp(this.now);
    this.state.buffered.push(event);
    apply(this.state, event);
  }

  /**
   * Writes the buffered events: first signals and requests in their order, then closes of activities,
   * children and timers in their order.
   */
  flush(): void {
    const { state } = this;
    if (state.buffered.length === 0) return;
    const buffered = state.buffered;
    state.buffered = [];
    const startedChildren = new Map<number, number>();
    for (const event of buffered) {
      if (closesPending(event)) continue;
      this.append(event);
      const child = event.childWorkflowExecutionStartedEventAttributes;
      if (child) startedChildren.set(idOf(child.initiatedEventId), state.nextEventId - 1);
    }
    let startedEventId = 0;
    for (const event of buffered) {
      if (!closesPending(event)) continue;
      const close = activityClose(event);
      // A close follows its Started in the buffer, and the id of the Started is known only now.
      if (close && idOf(close.startedEventId) === PLACEHOLDER) close.startedEventId = Long.fromNumber(startedEventId);
      const child = childClose(event);
      if (child && idOf(child.startedEventId) === PLACEHOLDER)
        child.startedEventId = Long.fromNumber(startedChildren.get(idOf(child.initiatedEventId)) ?? 0);
      this.append(event);
      if (event.eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED) startedEventId = state.nextEventId - 1;
    }
  }

  private append(event: HistoryEvent): void {
    const id = Long.fromNumber(this.state.nextEventId);
    event.eventId = id;
    event.taskId = id;
    written(this.state, event);
    this.events.push(event);
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** The end of a decision: requests a workflow task if one is needed and none is open. */
  done(): Transition {
    const { state } = this;
    // Lists show what is paused (paused.ts), what is tried again, and where the run waits (service/attention.ts).
    const pauses = state.pausedActivities !== this.#pausedBefore || state.pause !== this.#pauseBefore;
    const moves = state.retryingActivities !== this.#retryingBefore || state.waitChanges !== this.#waitsBefore;
    if (pauses || moves) this.effects.push({ kind: 'visibility' });
    if (state.needsWorkflowTask && !state.workflowTask) {
      this.effects.push({ kind: 'workflowTask', at: Math.max(this.now, state.workflowTaskAtMs) });
    }
    return this;
  }
}

const closesPending = (event: HistoryEvent): boolean =>
  event.eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED ||
  event.eventType === EventType.EVENT_TYPE_TIMER_FIRED ||
  activityClose(event) !== null ||
  childClose(event) !== null;
