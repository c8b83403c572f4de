/** A history from a file: its flow, its view and its replay, with the real engine. The rules are beside what they are about. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KnownFlow, Replayed } from '@/app/_contract/histories';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import { factsOf } from '@/components/runs/run-view';
import { fileView, IS_FILE } from '@/components/open-history/file-view';
import { readHistoryFile, type HistoryFile } from '@/engine/run-view/history-file';
import { project } from '@/engine/run-view/project';
import type { RunAddress } from '../runs/address';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let operator: Visitor;
let run: RunAddress;
let text: string;
beforeAll(async () => {
  world = await startWorld({ environment: { BACKSTITCH_SHOP: 'off' } });
  operator = await world.as('operator');
  run = await world.startTill();
  await world.web.temporal.workflow.getHandle(run.workflowId, run.runId).terminate('enough');
  text = JSON.stringify((await must(operator.get(to.history(run.workflowId, run.runId)))).body);
}, 120_000);
afterAll(() => world.close());

const opened = (of = text): HistoryFile => {
  const read = readHistoryFile(of);
  if ('problem' in read) throw new Error(read.problem);
  return read.history;
};
const known = async ({ workflowType, revision }: Pick<HistoryFile, 'workflowType' | 'revision'>) =>
  (await must(operator.get<KnownFlow>(to.historyFlow(workflowType, revision)))).body;
const replay = (history: string, who = operator, more = {}) =>
  who.post<Replayed>(to.replayHistory(), { flow: 'till', version: 1, revision: 'v1.0', history, ...more });

test('[OHI2] the file of a run is shown as the run is, read only; without its flow it has no drawing', async () => {
  const { manifest, why } = await known(opened());
  expect(why).toBeNull();
  const { view, misfit } = fileView(opened(), manifest);
  expect(misfit).toBeNull();
  const detail = (await must(operator.get<RunDetail>(to.run(run.workflowId, run.runId)))).body;
  const live = project(factsOf(detail.live, detail), manifest!);
  expect(view.projection.ledger).toEqual(live.ledger);
  expect(view.projection.standing.sentence).toBe(live.standing.sentence);
  expect(view.live.summary).toMatchObject({
    workflowId: run.workflowId,
    runId: run.runId,
    status: 'terminated',
    flow: 'till',
    closeMs: detail.summary.closeMs,
  });
  expect([view.past, view.blocked, view.undecided, view.mute, view.isFile]).toEqual([...Array(4).fill(IS_FILE), true]);

  const foreign = await known({ workflowType: 'nobody_v1', revision: null });
  expect(foreign).toMatchObject({ manifest: null, why: expect.stringContaining('nobody_v1') as string });
  const other = await known({ workflowType: opened().workflowType, revision: 'v1.77' });
  expect(other).toMatchObject({ manifest: null, why: expect.stringContaining('v1.77') as string });
  const plain = fileView(opened(), null).view;
  expect([plain.manifest, plain.live.summary.flow, plain.live.summary.status]).toEqual([null, null, 'terminated']);
  expect(plain.projection.timeline.length).toBeGreaterThan(0);
});

test('[OHI3] events of any shape are shown or refused, and never break the page', () => {
  const start = { workflowType: { name: 'till_v1' }, workflowId: 'w', originalExecutionRunId: 'r' };
  const kinds = [
    'activityTaskScheduled',
    'activityTaskStarted',
    'activityTaskCompleted',
    'timerFired',
    'markerRecorded',
  ];
  const shapes: object[] = [{}, { activityId: {} }, { activityId: 'a:undo', scheduledEventId: 'x' }, { failure: 7 }];
  for (const kind of kinds)
    for (const shape of shapes) {
      const events = [
        { eventId: '1', workflowExecutionStartedEventAttributes: start },
        { eventId: '2', [`${kind}EventAttributes`]: shape },
      ];
      expect(() => fileView(opened(JSON.stringify({ events })), null)).not.toThrow();
    }
});

test('[HRP1] a history replays; one that was changed says at which event the code differs', async () => {
  expect((await must(replay(text))).body).toEqual({ holds: true });
  const changed = text.replaceAll('"activityId":"take"', '"activityId":"taken"');
  expect(changed).not.toBe(text);
  const { events } = JSON.parse(text) as {
    events: { eventId: string; activityTaskScheduledEventAttributes?: object }[];
  };
  const first = events.find((event) => event.activityTaskScheduledEventAttributes);
  expect((await must(replay(changed))).body).toMatchObject({ holds: false, eventId: Number(first?.eventId) });
  const other = text.replace('"name":"till_v1"', '"name":"order_v1"');
  expect((await must(replay(other))).body).toMatchObject({ holds: false, eventId: 1 });
  // As a bare list, and below a history.
  expect((await must(replay(JSON.stringify(events)))).body).toEqual({ holds: true });
  // Nothing was written: neither a run nor an entry of the audit trail.
  const written = await world.web.database.auditEntry.count({ where: { operation: { startsWith: 'histories' } } });
  expect(written).toBe(0);
});

test('[HRP2] what cannot be replayed is refused in words', async () => {
  expect((await replay('{"events":[]}')).error?.problems?.[0]?.at).toBe('/history');
  expect((await replay('no JSON')).error?.problems?.[0]?.at).toBe('/history');
  expect((await replay('['.repeat(5_000))).error?.problems?.[0]?.at).toBe('/history');
  const short = '{"events":[{"eventId":"1","workflowExecutionStartedEventAttributes":{"input":[{"a":1}]}}]}';
  expect((await replay(short)).error).toMatchObject({ code: 'refused' });
  expect((await replay('{"events":[{"eventId":"1"}]}')).error?.code).toBe('refused');
  expect((await replay(text, operator, { revision: 'v1.77' })).error?.code).toBe('versionNotFound');
  expect((await replay(text, operator, { flow: 'nobody' })).error?.code).toBe('versionNotFound');
  expect((await replay(text, await world.as('viewer'))).error?.code).toBe('notAllowed');
});
