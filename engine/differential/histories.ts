/**
 * Histories of the same workflow code: run by the embedded worker of this engine, and by the official worker on a
 * Temporal server.
 *
 * [DIH1] Times, ids of events, requests and runs, sizes, identities, queues, stack traces and what workers write of
 *        themselves are not compared. A reference to another event is the place of that event in the compared list.
 * [DIH2] A workflow task is one entry, and workflow tasks without another event between them are one: a server may give
 *        what happened in one task or in two.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { jsons, NAMESPACE, SERVED_QUEUE } from './scenario';
import { normalise } from './normal';
import type { Json, Wire } from './wire';

/** What the activities of these workflows do. `failTwice` fails in the first two attempts of each run. */
export function activities() {
  const failures = new Map<string, number>();
  return {
    work: (name: string) => Promise.resolve(`did ${name}`),
    failTwice: async (): Promise<string> => {
      const { Context } = await import('@temporalio/activity');
      const { runId } = Context.current().info.workflowExecution ?? { runId: '' };
      const failed = failures.get(runId) ?? 0;
      failures.set(runId, failed + 1);
      if (failed < 2) throw new Error(`failure ${failed + 1}`);
      return 'at last';
    },
    declined: async (): Promise<string> => {
      const { ApplicationFailure } = await import('@temporalio/common');
      throw ApplicationFailure.nonRetryable('declined', 'CardDeclined');
    },
  };
}

/** A call that is made when the history has this many events of this type. */
interface Act {
  when: [type: string, count: number];
  method: 'SignalWorkflowExecution' | 'UpdateWorkflowExecution' | 'RequestCancelWorkflowExecution';
  request: object;
}

const TASKS = 'WORKFLOW_TASK_COMPLETED';
const signal = (value: number, when: Act['when']): Act => ({
  when,
  method: 'SignalWorkflowExecution',
  request: { signalName: 'go', input: jsons(value) },
});
const update = (value: number, when: Act['when']): Act => ({
  when,
  method: 'UpdateWorkflowExecution',
  request: {
    waitPolicy: { lifecycleStage: 3 },
    request: { meta: { updateId: `limit ${value}` }, input: { name: 'setLimit', args: jsons(value) } },
  },
});

/** By workflow type. */
export const CASES: Readonly<Record<string, readonly Act[]>> = {
  empty: [],
  steps: [],
  retried: [],
  failed: [],
  handled: [],
  thrown: [],
  timers: [],
  waited: [],
  together: [],
  versions: [],
  noted: [],
  parent: [],
  parentOfFailing: [],
  asking: [],
  abandoning: [],
  rounds: [],
  signals: [signal(1, [TASKS, 1]), signal(2, [TASKS, 2]), signal(7, [TASKS, 4])],
  updates: [
    update(3, [TASKS, 1]),
    update(-1, ['WORKFLOW_EXECUTION_UPDATE_COMPLETED', 1]),
    update(9, ['WORKFLOW_EXECUTION_UPDATE_COMPLETED', 1]),
  ],
  undone: [{ when: ['TIMER_STARTED', 1], method: 'RequestCancelWorkflowExecution', request: { reason: 'late' } }],
};

const WAIT_MS = 20_000;

/** The histories of every case, one for each run of its chain, in the compared form. */
export async function playHistories(wire: Wire): Promise<Record<string, Json[][]>> {
  const histories: Record<string, Json[][]> = {};
  for (const [type, acts] of Object.entries(CASES)) histories[type] = await playCase(wire, type, acts);
  return histories;
}

async function playCase(wire: Wire, type: string, acts: readonly Act[]): Promise<Json[][]> {
  const workflowId = `history of ${type}`;
  const started = await wire.call('StartWorkflowExecution', {
    namespace: NAMESPACE,
    workflowId,
    workflowType: { name: type },
    taskQueue: SERVED_QUEUE,
    requestId: workflowId,
  });
  if ('error' in started) throw new Error(`${type} was not started: ${started.says}`);
  for (const { when, method, request } of acts) {
    const [wanted, count] = when;
    await readUntil(
      wire,
      workflowId,
      '',
      (events) => events.filter((event) => typeIn(event) === wanted).length >= count
    );
    await wire.call(method, { namespace: NAMESPACE, workflowExecution: { workflowId }, ...request });
  }
  const runs: Json[][] = [];
  for (let runId = String((started.ok as Fields).runId); runId !== '';) {
    const events = await readUntil(wire, workflowId, runId, isClosed);
    runs.push(compared(events));
    runId = followedBy(events.at(-1)!);
  }
  return runs;
}

type Fields = { [key: string]: Json };

async function readUntil(wire: Wire, workflowId: string, runId: string, reached: (events: Fields[]) => boolean) {
  const latest = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await wire.call('GetWorkflowExecutionHistory', {
      namespace: NAMESPACE,
      execution: { workflowId, runId },
    });
    if ('error' in answer) throw new Error(`${workflowId} has no history: ${answer.says}`);
    const { events = [] } = (answer.ok as { history: { events?: Fields[] } }).history;
    if (reached(events)) return events;
    if (Date.now() > latest) throw new Error(`${workflowId} stays at ${JSON.stringify(events.at(-1))}`);
    await sleep(20);
  }
}

const typeIn = ({ eventType }: Fields): string => String(eventType).replace('EVENT_TYPE_', '');
const CLOSES = /^WORKFLOW_EXECUTION_(COMPLETED|FAILED|CANCELED|TERMINATED|TIMED_OUT|CONTINUED_AS_NEW)$/;
const isClosed = (events: Fields[]): boolean => CLOSES.test(typeIn(events.at(-1) ?? {}));

/** The next run of the chain; '' at its end. */
function followedBy(event: Fields): string {
  const attributes = Object.values(event).find(
    (value) => value !== null && typeof value === 'object' && 'newExecutionRunId' in value
  );
  return String((attributes as Fields | undefined)?.newExecutionRunId ?? '');
}

const IS_TASK = /^WORKFLOW_TASK_(SCHEDULED|STARTED|COMPLETED)$/;
const NOT_COMPARED = new Set([
  'eventId',
  'eventTime',
  'taskId',
  'version',
  'identity',
  'requestId',
  'workerVersion',
  'workerMayIgnore',
  'sdkMetadata',
  'taskQueue',
  'stackTrace',
  'encodedAttributes',
  'historySizeBytes',
  'useWorkflowBuildId',
  'startedIdentity',
]);
const isReference = (key: string) => /EventId$/.test(key) && key !== 'eventId';

function compared(events: Fields[]): Json[] {
  const list: Json[] = [];
  const places = new Map<number, number>();
  for (const event of events) {
    const type = typeIn(event);
    const isTask = IS_TASK.test(type);
    if (!isTask || list.at(-1) !== 'workflow task') list.push(isTask ? 'workflow task' : {});
    places.set(Number(event.eventId), list.length - 1);
    if (!isTask) list[list.length - 1] = { type, ...attributesOf(event, places) };
  }
  return list;
}

function attributesOf(event: Fields, places: ReadonlyMap<number, number>): Fields {
  const rest = Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'eventType'));
  const plain = normalise({ ok: strip(rest, places) }, new Map());
  return 'ok' in plain ? (plain.ok as Fields) : {};
}

function strip(value: Json, places: ReadonlyMap<number, number>): Json {
  if (Array.isArray(value)) return value.map((item) => strip(item, places));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !NOT_COMPARED.has(key))
      .map(([key, inner]) => [
        key,
        isReference(key) ? `event ${places.get(Number(inner)) ?? inner}` : strip(inner, places),
      ])
  );
}
