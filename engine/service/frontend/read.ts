/** DescribeWorkflowExecution and history reads, with long polls. */
import Long from 'long';
import { temporal } from '../../proto';
import { toTimestamp } from '../../proto-time';
import * as history from '../../history';
import type { HistoryEvent, RunPause, RunState } from '../../history';
import type { NamespaceRecord } from '../../store/port';
import { invalid } from '../errors';
import { attributesOf, visibilityOf, type Run } from '../run';
import { namespaceOf, runOf, type Frontend } from './context';
import { pendingActivity, pendingChild, pendingTask } from './pending';
import type { workflowservice } from './requests';
import { attributePayload, executionInfo, readable } from './visibility';

const { EventType, HistoryEventFilterType } = temporal.api.enums.v1;
/** Also without a size. */
const MAX_PAGE = 1_000;
/** A page ends with the event that exceeds this size, because a whole history may be too large for one answer. */
const PAGE_BYTES = 2 * 1024 * 1024;
/** The most events that are read at once while their size is unknown. */
const FIRST_READ = 64;
/** A long poll without news returns after this time. The client then sends the request again. */
const LONG_POLL_MS = 20_000;

export async function describe(
  frontend: Frontend,
  request: workflowservice.IDescribeWorkflowExecutionRequest
): Promise<workflowservice.IDescribeWorkflowExecutionResponse> {
  const run = await runOf(frontend, request.namespace, request.execution, 'execution');
  await run.told();
  const { state } = run;
  const { started } = state;
  return {
    executionConfig: {
      taskQueue: started.taskQueue,
      workflowExecutionTimeout: started.workflowExecutionTimeout,
      workflowRunTimeout: started.workflowRunTimeout,
      defaultWorkflowTaskTimeout: started.workflowTaskTimeout,
      userMetadata: state.startedWith.userMetadata,
    },
    workflowExecutionInfo: {
      ...executionInfo(visibilityOf(state, run.durableNextEventId - 1)),
      priority: started.priority,
      historyLength: Long.fromNumber(run.durableNextEventId - 1),
      stateTransitionCount: Long.fromNumber(state.stateTransitions),
      historySizeBytes: Long.fromNumber(state.historySizeBytes),
      autoResetPoints: { points: [...(started.prevAutoResetPoints?.points ?? []), ...history.resetPointsOf(state)] },
      searchAttributes: { indexedFields: attributePayloads(state, namespaceOf(frontend, request.namespace)) },
      memo: { fields: state.memo },
    },
    pendingActivities: [...state.activities.values()].map(pendingActivity),
    pendingChildren: run.isOpen ? [...state.children.values()].map(pendingChild) : [],
    pendingWorkflowTask: pendingTask(state, run.lastUsedMs, run.now()),
    workflowExtendedInfo: {
      executionExpirationTime: started.workflowExecutionExpirationTime,
      runExpirationTime: state.runDeadlineMs === null ? null : toTimestamp(state.runDeadlineMs),
      originalStartTime: toTimestamp(state.originalStartTimeMs),
      lastResetTime: state.originRunId === started.originalExecutionRunId ? null : toTimestamp(state.startTimeMs),
      resetRunId: state.resetRunId,
      cancelRequested: state.cancelRequest !== null,
      pauseInfo: run.isOpen && state.pause ? pauseMessage(state.pause) : null,
      requestIdInfos: {
        [state.startRequestId]: {
          eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
          eventId: Long.fromNumber(1),
        },
        ...Object.fromEntries([...state.attachedRequests].map(attachedInfo)),
      },
    },
  };
}

const pauseMessage = ({ atMs, identity, reason }: RunPause): temporal.api.workflow.v1.IWorkflowExecutionPauseInfo => ({
  pausedTime: toTimestamp(atMs),
  identity,
  reason,
});

const attachedInfo = ([requestId, eventId]: [string, number]) => [
  requestId,
  {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    eventId: Long.fromNumber(eventId),
    buffered: eventId === 0,
  },
];

const typeIn = ({ metadata }: temporal.api.common.v1.IPayload) => ({ type: metadata?.type ?? new Uint8Array() });

/** The search attributes that the workflow wrote, and those that the engine adds. */
function attributePayloads(
  state: RunState,
  namespace: NamespaceRecord
): Record<string, temporal.api.common.v1.IPayload> {
  return Object.fromEntries(
    readable(attributesOf(state), namespace).map(([name, value]) => {
      const written = state.searchAttributes[name] === value ? state.searchAttributePayloads[name] : undefined;
      const payload = attributePayload(value, namespace.searchAttributes[name]);
      // The data as it was sent, with the type of today.
      return [name, written ? { ...written, metadata: { ...written.metadata, ...typeIn(payload) } } : payload];
    })
  );
}

type ReadHistory = Pick<workflowservice.IGetWorkflowExecutionHistoryRequest, 'execution' | 'nextPageToken'>;

interface PageToken {
  runId: string;
  next: number;
}

export async function getHistory(
  frontend: Frontend,
  request: workflowservice.IGetWorkflowExecutionHistoryRequest
): Promise<workflowservice.IGetWorkflowExecutionHistoryResponse> {
  const token = decodeToken(request);
  const execution = token ? { ...request.execution, runId: token.runId } : request.execution;
  let run = await runOf(frontend, request.namespace, execution, 'execution');
  const { runId } = run.state;
  const wait = async (reached: (run: Run) => boolean) => {
    const found = run;
    if (request.waitNewEvent) await waitUntil(frontend, found, () => reached(found));
    if (found.dead) run = await runOf(frontend, request.namespace, { ...execution, runId }, 'execution');
  };
  const closeOnly = request.historyEventFilterType === HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;
  const from = token?.next ?? 1;
  if (closeOnly) {
    await wait(({ isOpen, isClean }) => !isOpen && isClean);
    if (run.isOpen) {
      const nextPageToken = request.waitNewEvent ? encodeToken({ runId, next: 1 }) : new Uint8Array();
      return { history: { events: [] }, nextPageToken };
    }
    await run.durable();
    return { history: { events: run.state.closeEvent ? [run.state.closeEvent] : [] } };
  }
  await wait(({ durableNextEventId, isOpen }) => durableNextEventId > from || !isOpen);
  const size = pageSize(request.maximumPageSize);
  const events = await readPage(frontend, run, from, Math.min(run.durableNextEventId, from + size));
  const next = from + events.length;
  // Checked after the read, because the run may have written its last events meanwhile.
  const more = next < run.durableNextEventId || (request.waitNewEvent && (run.isOpen || !run.isClean));
  return { history: { events }, nextPageToken: more ? encodeToken({ runId, next }) : new Uint8Array() };
}

export async function getHistoryReverse(
  frontend: Frontend,
  request: workflowservice.IGetWorkflowExecutionHistoryReverseRequest
): Promise<workflowservice.IGetWorkflowExecutionHistoryReverseResponse> {
  const token = decodeToken(request);
  const execution = token ? { ...request.execution, runId: token.runId } : request.execution;
  const run = await runOf(frontend, request.namespace, execution, 'execution');
  const until = token?.next ?? run.durableNextEventId;
  const from = Math.max(1, until - pageSize(request.maximumPageSize));
  const events = await readPageBack(frontend, run, from, until);
  const next = until - events.length;
  const nextPageToken = next > 1 ? encodeToken({ runId: run.state.runId, next }) : new Uint8Array();
  return { history: { events }, nextPageToken };
}

/** Events in [from, to) in order, as many as fit into a page, and at least one. */
async function readPage({ engine }: Frontend, run: Run, from: number, to: number): Promise<HistoryEvent[]> {
  const page = new Page(run);
  while (from < to && !page.isFull) {
    const until = Math.min(to, from + page.nextRead);
    page.add(await engine.readEvents(run.runKey, from, until));
    from = until;
  }
  return page.events;
}

/** As `readPage`, but from the end: newest first. */
async function readPageBack({ engine }: Frontend, run: Run, from: number, to: number): Promise<HistoryEvent[]> {
  const page = new Page(run);
  while (from < to && !page.isFull) {
    const since = Math.max(from, to - page.nextRead);
    page.add((await engine.readEvents(run.runKey, since, to)).reverse());
    to = since;
  }
  return page.events;
}

class Page {
  readonly events: HistoryEvent[] = [];
  /** The number of events to read next: more while they are small. */
  nextRead: number;
  #bytes = 0;

  /**
   * The first read is about one page of events of the usual size of this run. What is read beyond the page is read
   * again for the next one: 64 events of 1 MB would be read for every two that fit.
   */
  constructor({ state, durableNextEventId }: Run) {
    const usualBytes = state.historySizeBytes / Math.max(1, durableNextEventId - 1);
    this.nextRead = Math.min(FIRST_READ, Math.max(1, Math.ceil(PAGE_BYTES / Math.max(1, usualBytes))));
  }

  get isFull(): boolean {
    return this.#bytes >= PAGE_BYTES;
  }
  add(events: HistoryEvent[]): void {
    const before = this.#bytes;
    for (const event of events) {
      if (this.isFull) return;
      this.events.push(event);
      this.#bytes += temporal.api.history.v1.HistoryEvent.encode(event).len;
    }
    if (this.#bytes - before < PAGE_BYTES / 8) this.nextRead *= 4;
  }
}

/**
 * Resolves when the position is reached, after the time limit, or when the run was reloaded meanwhile. The caller
 * then checks again.
 */
function waitUntil({ engine }: Frontend, run: Run, reached: () => boolean): Promise<void> {
  if (reached()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      stop();
      cancel();
      resolve();
    };
    // By key, and not by the run in memory, because the run may be parked while a client waits.
    const stop = engine.onChange(run.runKey, () => {
      if (run.dead || reached()) finish();
    });
    const cancel = engine.after(LONG_POLL_MS, finish);
  });
}

const pageSize = (asked: number | null | undefined): number =>
  asked && asked > 0 ? Math.min(asked, MAX_PAGE) : MAX_PAGE;

function encodeToken(token: PageToken): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(token));
}
/** Throws INVALID_ARGUMENT for a token of another engine, or of another run than the request names. */
function decodeToken({ nextPageToken: bytes, execution }: ReadHistory): PageToken | null {
  if (!bytes?.length) return null;
  const token = tokenIn(bytes);
  if (!token) throw invalid('next_page_token', 'is not a token of this engine');
  if (execution?.runId && execution.runId !== token.runId)
    throw invalid('next_page_token', 'belongs to another run than execution.run_id');
  return token;
}
function tokenIn(bytes: Uint8Array): PageToken | null {
  try {
    const token = JSON.parse(new TextDecoder().decode(bytes)) as Partial<PageToken>;
    return typeof token.runId === 'string' && Number.isSafeInteger(token.next) ? (token as PageToken) : null;
  } catch {
    return null;
  }
}
