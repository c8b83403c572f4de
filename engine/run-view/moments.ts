/**
 * A run as it was after each of its events: what a slider over the history shows. Pure.
 *
 * Rules
 * [MOM1] The run after event n is the projection of its first n events: nothing that came later is known. After the last
 *        event it is the run of now, apart from what no event tells: the report of the workflow and pending state.
 * [MOM2] A move reads at most EVERY events, from the checkpoint before it, wherever it leads.
 * [MOM3] A call that was not answered yet had been sent then, if its answer says when it was sent and that was before the
 *        moment. What people and services said after the run had closed is known from when they said it.
 */
import type { FlowManifest } from '../flow/manifest';
import type { PendingActivityView, RunEvent, RunFacts, RunProjection } from './model';
import { projectRecords } from './project';
import { copyOfRecords, recordsReader, type Records } from './records';

const EVERY = 1_000;

/** Each close of a run, and the status that it leaves. */
const CLOSES: Readonly<Record<string, RunFacts['status']>> = {
  WorkflowExecutionCompleted: 'completed',
  WorkflowExecutionFailed: 'failed',
  WorkflowExecutionCanceled: 'canceled',
  WorkflowExecutionTerminated: 'terminated',
  WorkflowExecutionTimedOut: 'timedOut',
  WorkflowExecutionContinuedAsNew: 'continuedAsNew',
};

export interface Moment {
  facts: RunFacts;
  projection: RunProjection;
}

export class Moments {
  #events: readonly RunEvent[] = [];
  /** After 0, EVERY, 2 × EVERY … events; as far as somebody came. */
  #checkpoints: Records[] = [];

  /** The run has these events now. If they begin with those of before, the checkpoints stay. */
  update(events: readonly RunEvent[]): void {
    const before = this.#events;
    const isSame =
      events.length >= before.length && events[0] === before[0] && events[before.length - 1] === before.at(-1);
    if (!isSame) this.#checkpoints = [];
    this.#events = events;
  }

  /** After the first `count` events, of at least one. `facts`: the run of now. */
  at(count: number, facts: RunFacts, manifest: FlowManifest): Moment {
    const records = this.#recordsAt(count);
    const then = this.#factsAt(count, records, facts);
    return { facts: then, projection: projectRecords(then, records, manifest) };
  }

  /** [MOM2] */
  #recordsAt(count: number): Records {
    const from = Math.floor(count / EVERY);
    while (this.#checkpoints.length <= from) {
      const place = this.#checkpoints.length;
      const last = this.#checkpoints[place - 1];
      const checkpoint = this.#read(last, (place - 1) * EVERY, last ? place * EVERY : 0);
      this.#checkpoints.push(checkpoint);
    }
    return this.#read(this.#checkpoints[from], from * EVERY, count);
  }

  #read(records: Records | undefined, from: number, to: number): Records {
    const reader = records ? recordsReader(copyOfRecords(records)) : recordsReader();
    for (let at = Math.max(0, from); at < to; at++) reader.read(this.#events[at]!);
    return reader.records;
  }

  /** [MOM1] [MOM3] */
  #factsAt(count: number, records: Records, facts: RunFacts): RunFacts {
    const events = this.#events.slice(0, count);
    const last = events.at(-1);
    const atMs = last?.timeMs ?? 0;
    const status = (last && CLOSES[last.type]) ?? 'running';
    const isNow = count >= this.#events.length;
    const said = <T extends { atMs: number }>(list: readonly T[] = []) => list.filter((each) => each.atMs <= atMs);
    return {
      status,
      events,
      pending: this.#pendingAt(count, records, atMs),
      settlements: isNow ? facts.settlements : said(facts.settlements),
      lateAnswers: isNow ? facts.lateAnswers : said(facts.lateAnswers),
      handedOver: isNow ? facts.handedOver : null,
      passedOn: isNow ? facts.passedOn : null,
      nodes: null,
      workflowTask: null,
      nowMs: atMs,
    };
  }

  /** [MOM3] Of the activities that had not ended: of each the attempt that its end tells of, if it had begun. */
  #pendingAt(count: number, { activities }: Records, atMs: number): PendingActivityView[] {
    const open = activities.filter(({ outcome }) => outcome === null);
    if (open.length === 0) return [];
    const unknown = open.flatMap(({ startedMs, scheduledEventId }) => (startedMs === null ? [scheduledEventId] : []));
    const sent = this.#sentAfter(count, new Set(unknown));
    return open.map(({ activityId, activityType, scheduledEventId, maximumAttempts, ...known }) => {
      const later = sent.get(scheduledEventId);
      const startedMs = known.startedMs ?? later?.startedMs ?? Infinity;
      const hasStarted = startedMs <= atMs;
      return {
        activityId,
        activityType,
        scheduledEventId,
        state: hasStarted ? 'started' : 'scheduled',
        attempt: hasStarted ? (later?.attempt ?? known.attempt) : 1,
        maximumAttempts,
        lastStartedMs: hasStarted ? startedMs : null,
        nextAttemptMs: null,
        lastFailure: null,
        heartbeat: null,
        attempts: [],
      };
    });
  }

  /** The event that an attempt began is written when it ends, so it is behind the moment; not far, for most. */
  #sentAfter(count: number, open: Set<number>): Map<number, { startedMs: number; attempt: number }> {
    const found = new Map<number, { startedMs: number; attempt: number }>();
    for (let at = count; at < this.#events.length && found.size < open.size; at++) {
      const { type, attributes, timeMs } = this.#events[at]!;
      const id = Number(attributes.scheduledEventId);
      if (type === 'ActivityTaskStarted' && open.has(id) && !found.has(id))
        found.set(id, { startedMs: timeMs, attempt: Number(attributes.attempt ?? 1) });
    }
    return found;
  }
}
