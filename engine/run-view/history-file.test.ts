/** Files with histories, of several tools, and files that are none. The rules are in history-file.ts. */
import { describe, expect, it } from 'vitest';
import { LARGEST, readHistoryFile } from './history-file';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const payload = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});
const START = {
  eventId: '1',
  eventTime: '2026-11-21T09:00:00Z',
  eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
  workflowExecutionStartedEventAttributes: {
    workflowType: { name: 'order_v1' },
    taskQueue: { name: 'backstitch' },
    input: { payloads: [payload({ amount: 5 })] },
    originalExecutionRunId: 'r-1',
    firstExecutionRunId: 'r-1',
    workflowId: 'order-1',
  },
};
const task = (id: number, buildId = 'v1.1') => ({
  eventId: String(id),
  eventTime: '2026-11-21T09:00:01Z',
  eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
  workflowTaskCompletedEventAttributes: { workerVersion: { buildId } },
});
const bare = (id: number) => ({
  eventId: String(id),
  eventType: 'WorkflowTaskScheduled',
  workflowTaskScheduledEventAttributes: {},
});
const EVENTS = [START, bare(2), { ...bare(3), eventType: 'WorkflowTaskStarted' }, task(4)];
const read = (value: unknown) => readHistoryFile(typeof value === 'string' ? value : JSON.stringify(value));
const historyOf = (value: unknown) => {
  const found = read(value);
  if ('problem' in found) throw new Error(found.problem);
  return found.history;
};
const problemOf = (value: unknown) => {
  const found = read(value);
  return 'problem' in found ? found.problem : 'none';
};

describe('a history from a file', () => {
  it('[HFI1] is read with its run, as each tool writes it', () => {
    for (const written of [{ events: EVENTS }, { history: { events: EVENTS } }, EVENTS, { events: EVENTS, more: 1 }])
      expect(historyOf(written)).toMatchObject({
        workflowId: 'order-1',
        runId: 'r-1',
        workflowType: 'order_v1',
        taskQueue: 'backstitch',
        revision: 'v1.1',
        unknown: [],
      });
    const [start] = historyOf(`\uFEFF${JSON.stringify({ events: EVENTS }, null, 2)}`).events;
    expect(start?.attributes.input).toEqual([{ amount: 5 }]);
    // Payloads in the short form of a command line, and decoded by a screen.
    for (const input of [[{ amount: 5 }], { payloads: [{ amount: 5 }] }]) {
      const short = { ...START, workflowExecutionStartedEventAttributes: { input, workflowType: { name: 'a' } } };
      expect(historyOf({ events: [short] }).events[0]?.attributes.input).toEqual([{ amount: 5 }]);
    }
  });
  it('[HFI1] what is no history says what it is instead', () => {
    expect(problemOf('')).toBe('The file is empty.');
    expect(problemOf('{"events": [')).toContain('not JSON');
    expect(problemOf('"text"')).toContain('not a history');
    expect(problemOf({})).toContain('without any field');
    expect(problemOf({ runs: [], total: 1 })).toContain("'runs', 'total'");
    expect(problemOf({ format: 3, name: 'order', steps: [] })).toContain('document of a flow');
    expect(problemOf({ events: [] })).toContain('no events');
    for (const events of [[7], [null], ['x']]) expect(problemOf({ events })).toContain('not the start of a run');
  });
  it('[HFI2] events are put in order; what is missing or there twice is named', () => {
    expect(historyOf({ events: [...EVENTS].reverse() }).events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(problemOf({ events: [START, bare(2), task(4)] })).toContain('Event 3 is missing');
    expect(problemOf({ events: [START, bare(2), task(9)] })).toContain('Events 3 to 8 are missing');
    expect(problemOf({ events: EVENTS.slice(2) })).toContain('Events 1 to 2 are missing');
    expect(problemOf({ events: [...EVENTS, task(4)] })).toContain('Event 4 is there twice');
    expect(problemOf({ events: [bare(1), bare(2)] })).toContain('not the start of a run');
    for (const eventId of ['', 'x', 0, -1, 1.5, null])
      expect(problemOf({ events: [START, { ...bare(2), eventId }] })).toContain('has no number');
  });
  it('[HFI3] a file that is too large, too long or too deep is refused at once', () => {
    const began = performance.now();
    expect(problemOf('x'.repeat(60_000_000))).toContain(`at most ${LARGEST / 1_000_000} MB`);
    expect(problemOf('['.repeat(2_000_000))).toContain('levels of nesting');
    expect(problemOf({ events: Array.from({ length: 100_001 }, () => 0) })).toContain('100001 events');
    // Far below what a person waits for, on a busy machine too.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
  it('[HFI4] kinds that this release does not know keep their place and are counted', () => {
    const strange = (id: number) => ({ eventId: String(id), dreamBegunEventAttributes: { colour: 'blue' } });
    const { events, unknown } = historyOf({ events: [...EVENTS, strange(5), strange(6)] });
    expect(unknown).toEqual([{ type: 'DreamBegun', count: 2 }]);
    expect(events[4]).toMatchObject({ id: 5, type: 'DreamBegun', attributes: { colour: 'blue' } });
  });
  it('[HFI5] names of the file are text, whatever they are', () => {
    const hostile = `{"events":[${JSON.stringify(START)},
      {"eventId":"2","eventType":"toString"},
      {"eventId":"3","eventType":"__proto__"},
      {"eventId":"4","constructorEventAttributes":{"__proto__":{"polluted":true},"constructor":"x"}},
      {"eventId":"5","<b>EventAttributes":{"a":"\\u202e<script>"}},
      {"eventId":"6","activityTaskScheduledEventAttributes":{"activityId":{"a":1},"input":{"payloads":7}}}]}`;
    const { events } = historyOf(hostile);
    expect(events.map(({ type }) => type)).toEqual([
      'WorkflowExecutionStarted',
      'Unreadable',
      'Proto',
      'Constructor',
      'Unreadable',
      'ActivityTaskScheduled',
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
