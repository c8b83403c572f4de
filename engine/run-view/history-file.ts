/**
 * A history from a file: what `temporal workflow show --output json`, the download of Temporal's screens, the SDKs and
 * Backstitch itself write. Pure.
 *
 * Rules
 * [HFI1] `{ "events": […] }`, the same below "history", and a bare list of events are read. What is none of them is
 *      refused with what it is instead.
 * [HFI2] The events are those of one run from its start: the first one is its start, their ids are 1, 2, 3 … in whatever
 *      order they are written. A gap, a repeated id and an event without an id are refused by their number.
 * [HFI3] A file of more than LARGEST characters, more than EVENTS_MOST events, or nested too deep is refused before it is
 *      parsed or shown.
 * [HFI4] An event of a kind that this release does not know keeps its place, its values are shown, and it is counted.
 * [HFI5] A name or a value of the file is never more than text: no name of an event or of an attribute is looked up.
 */
import { eventsFromHistory } from './events-from-history';
import type { RunEvent } from './model';
import { readPasted } from '../flow/values/pasted';

export interface HistoryFile {
  events: RunEvent[];
  workflowId: string;
  runId: string;
  firstRunId: string;
  workflowType: string;
  taskQueue: string;
  /** That decided the last task; null: no task names one. */
  revision: string | null;
  /** Kinds of events that this release does not know, with how many there are. */
  unknown: { type: string; count: number }[];
}
export type ReadHistory = { history: HistoryFile } | { problem: string };

/** Histories end at 50 MB; as JSON with base64 they are longer. */
export const LARGEST = 50_000_000;
const EVENTS_MOST = 100_000;
const LEVELS_MOST = 300;

/** The problem is one sentence or two. */
export function readHistoryFile(text: string): ReadHistory {
  if (text.trim() === '') return { problem: 'The file is empty.' };
  if (text.length > LARGEST) return { problem: tooLarge(text.length) };
  const read = readPasted(text, { characters: LARGEST, levels: LEVELS_MOST });
  if ('problem' in read) return { problem: `${read.problem} A history is a file of JSON with a list of events.` };
  const list = eventsOf(read.value);
  if (list === null) return { problem: notHistory(read.value) };
  if (list.length === 0) return { problem: 'This history has no events.' };
  if (list.length > EVENTS_MOST)
    return {
      problem: `This file has ${list.length} events. At most ${EVENTS_MOST} are shown, more than a run can have.`,
    };
  const events = eventsFromHistory({ events: list }).map(named);
  const disorder = order(events);
  if (disorder !== null) return { problem: disorder };
  const [start] = events;
  if (start?.type !== 'WorkflowExecutionStarted')
    return {
      problem: `Event 1 is ${start?.type}, not the start of a run. Download the history from its first event on.`,
    };
  return { history: about(events, start) };
}

export const tooLarge = (characters: number): string =>
  `The file has ${(characters / 1_000_000).toFixed(0)} MB, and at most ${LARGEST / 1_000_000} MB are read: no run has a longer history.`;

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** [HFI1] */
function eventsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value.every(isFields) ? value : null;
  if (!isFields(value)) return null;
  if (Array.isArray(value.events)) return value.events;
  const { history } = value;
  return isFields(history) && Array.isArray(history.events) ? history.events : null;
}

function notHistory(value: unknown): string {
  const advice = "A history has a list 'events', as 'temporal workflow show --output json' writes it.";
  if (!isFields(value)) return `This is JSON, but not a history. ${advice}`;
  if ('format' in value && 'steps' in value)
    return `This is the document of a flow, not the history of a run. ${advice}`;
  const names = Object.keys(value)
    .slice(0, 4)
    .map((name) => `'${name.slice(0, 40)}'`);
  return names.length === 0
    ? `This is JSON without any field. ${advice}`
    : `This is JSON with ${names.join(', ')}, but not a history. ${advice}`;
}

/** [HFI5] */
const PLAIN_NAME = /^[A-Z][A-Za-z0-9]{2,79}$/;
const named = (event: RunEvent): RunEvent =>
  PLAIN_NAME.test(event.type)
    ? event
    : { ...event, type: 'Unreadable', attributes: { problem: 'The event has no kind.' } };

/** [HFI2] Sorts in place. */
function order(events: RunEvent[]): string | null {
  const without = events.findIndex(({ id }) => !Number.isSafeInteger(id) || id < 1);
  if (without !== -1) return `The ${without + 1}. event of the file has no number (eventId).`;
  events.sort((a, b) => a.id - b.id);
  if (events[0]!.id !== 1)
    return `Events 1 to ${events[0]!.id - 1} are missing: the file has only a part of the history.`;
  for (let at = 1; at < events.length; at++) {
    const [before, { id }] = [events[at - 1]!.id, events[at]!];
    if (id === before) return `Event ${id} is there twice.`;
    if (id !== before + 1) {
      const gap = id === before + 2 ? `Event ${before + 1} is` : `Events ${before + 1} to ${id - 1} are`;
      return `${gap} missing: event ${before} is followed by event ${id}.`;
    }
  }
  return null;
}

function about(events: RunEvent[], { attributes }: RunEvent): HistoryFile {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const nameIn = (value: unknown): string => (isFields(value) ? text(value.name) : text(value));
  const runId = text(attributes.originalExecutionRunId) || text(attributes.firstExecutionRunId);
  return {
    events,
    workflowId: text(attributes.workflowId) || runId,
    runId,
    firstRunId: text(attributes.firstExecutionRunId) || runId,
    workflowType: nameIn(attributes.workflowType),
    taskQueue: nameIn(attributes.taskQueue),
    revision: lastRevision(events),
    unknown: unknownKinds(events),
  };
}

function lastRevision(events: readonly RunEvent[]): string | null {
  for (let at = events.length - 1; at >= 0; at--) {
    const { type, attributes } = events[at]!;
    if (type !== 'WorkflowTaskCompleted') continue;
    const { workerVersion } = attributes;
    const buildId = isFields(workerVersion) ? workerVersion.buildId : null;
    return typeof buildId === 'string' && buildId !== '' ? buildId : null;
  }
  return null;
}

/** [HFI4] */
function unknownKinds(events: readonly RunEvent[]): HistoryFile['unknown'] {
  const counts = new Map<string, number>();
  for (const { type } of events) if (!KINDS.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count }));
}

/** The events of temporal.api.enums.v1.EventType, as `RunEvent` names them. */
const KINDS: ReadonlySet<string> = new Set(
  `WorkflowExecutionStarted WorkflowExecutionCompleted WorkflowExecutionFailed WorkflowExecutionTimedOut
  WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowTaskTimedOut WorkflowTaskFailed
  ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted ActivityTaskFailed ActivityTaskTimedOut
  ActivityTaskCancelRequested ActivityTaskCanceled TimerStarted TimerFired TimerCanceled
  WorkflowExecutionCancelRequested WorkflowExecutionCanceled RequestCancelExternalWorkflowExecutionInitiated
  RequestCancelExternalWorkflowExecutionFailed ExternalWorkflowExecutionCancelRequested MarkerRecorded
  WorkflowExecutionSignaled WorkflowExecutionTerminated WorkflowExecutionContinuedAsNew
  StartChildWorkflowExecutionInitiated StartChildWorkflowExecutionFailed ChildWorkflowExecutionStarted
  ChildWorkflowExecutionCompleted ChildWorkflowExecutionFailed ChildWorkflowExecutionCanceled
  ChildWorkflowExecutionTimedOut ChildWorkflowExecutionTerminated SignalExternalWorkflowExecutionInitiated
  SignalExternalWorkflowExecutionFailed ExternalWorkflowExecutionSignaled UpsertWorkflowSearchAttributes
  WorkflowExecutionUpdateAdmitted WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateRejected
  WorkflowExecutionUpdateCompleted WorkflowPropertiesModifiedExternally ActivityPropertiesModifiedExternally
  WorkflowPropertiesModified NexusOperationScheduled NexusOperationStarted NexusOperationCompleted
  NexusOperationFailed NexusOperationCanceled NexusOperationTimedOut NexusOperationCancelRequested
  WorkflowExecutionOptionsUpdated NexusOperationCancelRequestCompleted NexusOperationCancelRequestFailed
  WorkflowExecutionPaused WorkflowExecutionUnpaused WorkflowExecutionTimeSkippingTransitioned`.split(/\s+/)
);
