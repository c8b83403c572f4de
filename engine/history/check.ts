/**
 * Checks what the official replayer does not check: that a stored history is complete, that its references are valid,
 * and that it is the acknowledged one. The rules have numbers; each finding names its rule and the event.
 *
 *   H1  ids are contiguous from 1; a batch begins at the id under which it is stored
 *   H2  WorkflowExecutionStarted is the first event and occurs only once
 *   H3  every event has a time, exactly the attributes of its type, and the fields without which it has no meaning
 *   H4  a workflow task is Scheduled, Started, then at once Completed, Failed or TimedOut, which name the first two
 *   H5  a command's event is right after the WorkflowTaskCompleted that it names, or after another such event
 *   H6  an activity's Started, cancel request and close name its Scheduled; its close its Started; each occurs once
 *   H7  a timer's firing or cancel names its TimerStarted and its id; each timer closes once
 *   H8  an update is accepted once, with its request, and completes once, naming its acceptance
 *   H9  a closing event is the last one
 *   H10 the history contains all events that were acknowledged (next event id)
 *   H11 the history is closed exactly if the run is closed, and with the same status
 *   H12 its bytes are those that were committed (digest)
 *   H13 the result of a signal or cancel to another run names its Initiated, of its own kind; each ends once
 *   H14 a child's Started, failed start and close name its Initiated and its workflow id; its close its Started; each
 *       occurs once
 *
 * Pure, and independent of apply.ts on purpose, because it must not repeat errors of that file.
 */
import { temporal } from '../proto';
import type { HistoryBatch } from '../store/port';
import type { Expectation, HistoryEvent } from './api';
import { checkEvent } from './check-event';
import { References } from './check-references';
import { chainDigest, emptyDigest } from './digest';
import { idOf } from '../proto-time';

const { EventType } = temporal.api.enums.v1;
const { History } = temporal.api.history.v1;

export interface Finding {
  rule: `H${number}`;
  /** 0 if it concerns the history as a whole. */
  eventId: number;
  message: string;
}

/**
 * `expected.digest` is compared only for batches, because events alone have no bytes. An empty result means that
 * nothing is wrong.
 */
export function checkHistory(
  history: readonly HistoryBatch[] | readonly HistoryEvent[],
  expected: Partial<Expectation> = {}
): Finding[] {
  const findings: Finding[] = [];
  const events: HistoryEvent[] = [];
  let digest = emptyDigest();
  for (const part of history) {
    if (!isBatch(part)) {
      events.push(part);
      continue;
    }
    try {
      const batch = History.decode(part.events).events;
      const first = idOf(batch[0]?.eventId);
      if (first !== part.firstEventId) {
        findings.push({
          rule: 'H1',
          eventId: part.firstEventId,
          message: `the batch stored under ${part.firstEventId} begins with event ${first}`,
        });
      }
      for (const event of batch) events.push(event);
    } catch (error) {
      findings.push({ rule: 'H3', eventId: part.firstEventId, message: `the batch does not decode: ${String(error)}` });
    }
    digest = chainDigest(digest, part.events);
  }
  const checker = new Checker(findings);
  events.forEach((event, index) => checker.event(event, index + 1));
  checker.end(expected);
  const hasBytes = history.length > 0 && isBatch(history[0]!);
  if (expected.digest && hasBytes && !digest.every((byte, index) => byte === expected.digest![index])) {
    findings.push({ rule: 'H12', eventId: 0, message: 'the bytes are not those that were committed' });
  }
  return findings;
}

const isBatch = (part: HistoryBatch | HistoryEvent): part is HistoryBatch => 'firstEventId' in part;

const closing = new Map<number, number>([
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, 2],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, 3],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, 4],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, 5],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, 6],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, 7],
]);

class Checker {
  private last = 0;
  private closedBy: { eventId: number; status: number } | null = null;
  private readonly references = new References((rule, eventId, message) => this.find(rule, eventId, message));

  constructor(private readonly findings: Finding[]) {}

  private find(rule: Finding['rule'], eventId: number, message: string): void {
    this.findings.push({ rule, eventId, message });
  }

  event(event: HistoryEvent, position: number): void {
    const id = idOf(event.eventId);
    const type = event.eventType ?? 0;
    if (id !== this.last + 1) this.find('H1', id || position, `event ${id} follows event ${this.last}`);
    this.last = id || position;
    if (this.closedBy) this.find('H9', id, `comes after the closing event ${this.closedBy.eventId}`);
    if ((type === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) !== (position === 1)) {
      this.find('H2', id, 'WorkflowExecutionStarted is the first event, and only the first');
    }
    const { problems, whole } = checkEvent(event);
    for (const problem of problems) this.find('H3', id, problem);
    if (!whole) return;
    this.references.event(event);
    const status = closing.get(type);
    if (status !== undefined) this.closedBy ??= { eventId: id, status };
  }

  end(expected: Partial<Expectation>): void {
    this.references.end();
    if (expected.nextEventId !== undefined && this.last + 1 !== expected.nextEventId) {
      const message = `the history ends at event ${this.last}; ${expected.nextEventId - 1} events were acknowledged`;
      this.find('H10', 0, message);
    }
    const status = this.closedBy?.status ?? 1;
    if (expected.status !== undefined && expected.status !== status) {
      this.find('H11', 0, `the run has status ${expected.status}; its history says ${status}`);
    }
  }
}
