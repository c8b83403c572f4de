/**
 * The publish check: a history replays on a bundle, or the place of the first difference is reported. The official
 * replayer gives the same result.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OfficialReplayer } from '../history/testing/official-replayer';
import { provesHistories } from '../history/testing/proof';
import { temporal } from '../proto';
import { ActivityExecutor } from './activities/executor';
import { bundleWorkflows } from './bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from './embedded-worker';
import { ActivationError, DeterminismViolation, Replayer, replayHistory } from './replay';
import { ActivationTimeoutError } from './sandbox/sandbox';
import { WorkflowUnderTest } from './testing/run-workflow';

const { History } = temporal.api.history.v1;
const ORDER = `import { defineSignal, patched, proxyActivities, setHandler, sleep, upsertMemo } from '@temporalio/workflow';
const { work } = proxyActivities<{ work(name: string): Promise<string> }>({ startToCloseTimeout: '10s' });
export async function order(): Promise<string> {
  await work('reserve');
  await sleep(60_000);
  upsertMemo({ seen: true });
  const isNew = patched('second-look');
  if (isNew) await work('charge');
  return 'done';
}
`;
const files = { entry: 'order.ts', modules: { 'order.ts': ORDER } };
provesHistories(files);
const executor = new ActivityExecutor({ activities: { work: (name: string) => `did ${name}` } });

let worker: EmbeddedWorker;
let replayer: Replayer;
let official: OfficialReplayer;
let closed: WorkflowUnderTest;
beforeAll(async () => {
  const bundle = await bundleWorkflows(files);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  replayer = new Replayer(bundle);
  official = await OfficialReplayer.of(files);
  closed = start(1);
  await closed.run();
});
afterAll(() => Promise.all([worker.close(), replayer.close()]));

function start(runKey: number): WorkflowUnderTest {
  return new WorkflowUnderTest(worker, executor, 'order', [], { runKey, workflowId: `order-${runKey}` });
}
/** A copy that a test may change. */
function historyOf(run: WorkflowUnderTest): temporal.api.history.v1.History {
  return History.decode(History.encode(run.history()).finish());
}
const lineOf = (text: string) => ORDER.split('\n').findIndex((line) => line.includes(text)) + 1;
async function violationOf(replay: Promise<void>): Promise<DeterminismViolation> {
  const error: unknown = await replay.then(() => null).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DeterminismViolation);
  return error as DeterminismViolation;
}

describe('[WR11] a history that the code made', () => {
  it('is replayed if it is closed', async () => {
    expect(closed.result()).toBe('done');
    await replayer.replay(historyOf(closed), { workflowId: 'order-1' });
  });

  it('is replayed up to its end if it is open: with a timer, or with a pending task', async () => {
    const open = start(2);
    await open.run({ until: () => open.state.timers.size > 0 });
    await replayer.replay(historyOf(open));
    const underWay = historyOf(closed);
    const last = underWay.events.findLastIndex((event) => event.workflowTaskStartedEventAttributes);
    underWay.events.length = last + 1;
    await replayer.replay(underWay);
  });
});

type Alter = (events: temporal.api.history.v1.IHistoryEvent[]) => void;
const first = (events: temporal.api.history.v1.IHistoryEvent[]) =>
  events.find((event) => event.activityTaskScheduledEventAttributes)!.activityTaskScheduledEventAttributes!;
const remove = (events: temporal.api.history.v1.IHistoryEvent[], from: number) => void (events.length = from);
const altered: [string, Alter, { eventId: number; expected: RegExp; actual: RegExp; line: string }][] = [
  [
    'another activity type',
    (events) => (first(events).activityType!.name = 'other'),
    {
      eventId: 5,
      expected: /^ActivityTaskScheduled 1 \(other\)$/,
      actual: /ScheduleActivityTask 1 \(work\)/,
      line: 'reserve',
    },
  ],
  [
    'another activity id',
    (events) => (first(events).activityId = 'other'),
    {
      eventId: 5,
      expected: /^ActivityTaskScheduled other/,
      actual: /ScheduleActivityTask 1 \(work\)/,
      line: 'reserve',
    },
  ],
  [
    'another timer id',
    (events) => {
      for (const { timerStartedEventAttributes: timer } of events) if (timer) timer.timerId = '7';
    },
    { eventId: 11, expected: /^TimerStarted 7$/, actual: /StartTimer 1/, line: 'sleep(60' },
  ],
  [
    'a close that the code did not ask for',
    (events) => {
      const at = events.findIndex((event) => event.activityTaskScheduledEventAttributes);
      events[at] = {
        eventId: events[at]!.eventId,
        eventTime: events[at]!.eventTime,
        eventType: 2,
        workflowExecutionCompletedEventAttributes: { workflowTaskCompletedEventId: events[at]!.eventId },
      };
      remove(events, at + 1);
    },
    { eventId: 5, expected: /^WorkflowExecutionCompleted$/, actual: /ScheduleActivityTask/, line: 'reserve' },
  ],
  [
    'a lost tail',
    (events) => remove(events, events.length - 1),
    { eventId: 24, expected: /nothing more/, actual: /CompleteWorkflowExecution/, line: '' },
  ],
];

describe('[WR12] a history that the code did not make', () => {
  it.each(altered)('%s is refused with event, expected, actual and line', async (_what, alter, wanted) => {
    const history = historyOf(closed);
    alter(history.events);
    const violation = await violationOf(replayer.replay(history));
    expect(violation.eventId).toBe(wanted.eventId);
    expect(violation.expected).toMatch(wanted.expected);
    expect(violation.actual).toMatch(wanted.actual);
    if (wanted.line) expect(violation.origin).toContain(`order (order.ts:${lineOf(wanted.line)}:`);
  });

  it.each(altered.slice(0, 2))('%s is refused by the official replayer too', async (_what, alter) => {
    const history = historyOf(closed);
    alter(history.events);
    expect(await official.refusals([{ workflowId: 'order-1', events: history.events }])).toHaveLength(1);
  });

  const fixes: [string, string, RegExp][] = [
    [
      'a step more',
      ORDER.replace('  await sleep(60_000);', "  await work('check');\n  await sleep(60_000);"),
      /TimerStarted 1/,
    ],
    ['a step less', ORDER.replace("  await work('reserve');\n", ''), /ActivityTaskScheduled 1 \(work\)/],
    ['steps at once', ORDER.replace('await sleep(60_000)', 'void sleep(60_000)'), /TimerStarted|nothing more|Workflow/],
  ];
  it.each(fixes)('new code with %s is refused because of it', async (_what, code, expected) => {
    const fix = await bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': code } });
    const violation = await violationOf(replayHistory(fix, historyOf(closed)));
    expect(violation.expected).toMatch(expected);
  });

  it('new code with the same behaviour, or with a patch, is accepted', async () => {
    const code = ORDER.replace("await work('reserve');", "const step = 'reserve';\n  await work(step);").replace(
      "return 'done'",
      "if (patched('third')) await work('more');\n  return 'done'"
    );
    const fix = await bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': code } });
    await replayHistory(fix, historyOf(closed));
  });

  it('only a deprecated patch may be removed from the code, as in the official replayer', async () => {
    const deprecated = ORDER.replace("const isNew = patched('second-look');", "deprecatePatch('second-look');")
      .replace('if (isNew) ', '')
      .replace('patched', 'deprecatePatch');
    const without = deprecated.replace("  deprecatePatch('second-look');\n", '').replace('deprecatePatch, ', '');
    const bundleOf = (code: string) => bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': code } });
    const [older, newer] = [await bundleOf(deprecated), await bundleOf(without)];
    const own = createEmbeddedWorker({ bundles: { find: () => older, onChange: () => () => {} } });
    const run = new WorkflowUnderTest(own, executor, 'order', [], { runKey: 9, workflowId: 'order-9' });
    await run.run().finally(() => own.close());
    const history = historyOf(run);
    expect(history.events.filter((event) => event.markerRecordedEventAttributes)).toHaveLength(1);
    await replayHistory(newer, history);
    const judge = await OfficialReplayer.of({ entry: 'order.ts', modules: { 'order.ts': without } });
    expect(await judge.refusals([{ workflowId: 'order-9', events: history.events }])).toEqual([]);
    expect((await violationOf(replayHistory(newer, historyOf(closed)))).expected).toMatch(/MarkerRecorded core_patch/);
    expect(await judge.refusals([{ workflowId: 'order-1', events: historyOf(closed).events }])).toHaveLength(1);
  });

  it('code that throws is reported with its line, and code that loops is stopped', async () => {
    const throws = ORDER.replace(
      "  await work('reserve');",
      "  await work('reserve');\n  (undefined as unknown as { a: () => void }).a();"
    );
    const broken = await bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': throws } });
    const error: unknown = await replayHistory(broken, historyOf(closed)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ActivationError);
    expect((error as ActivationError).failure.stackTrace).toContain(`order (order.ts:${lineOf('reserve') + 1}:`);

    const loops = ORDER.replace("  await work('reserve');", '  for (;;);');
    const endless = await bundleWorkflows({ entry: 'order.ts', modules: { 'order.ts': loops } });
    const looping = new Replayer(endless, { activationTimeoutMs: 300 });
    await expect(looping.replay(historyOf(closed))).rejects.toBeInstanceOf(ActivationTimeoutError);
    await looping.close();
  });
});
