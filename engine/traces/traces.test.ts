/** Traces of runs, received and decoded over HTTP. The rules are in spans.ts and trace-exporter.ts. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, failure, payloads } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { completed, ScriptedActivities, type Script } from '../sim/scripted-worker';
import { steps, untilSignal, World } from '../service/testing/world';
import { settle } from '../sim/virtual-clock';
import { temporal } from '../proto';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import type { ChangePosition } from '../visibility/change';
import { spanIdOf, traceIdOf } from './ids';
import { openOtlp, type OtlpSender } from './otlp';
import { PositionTable } from './position-table';
import { traceSourceOf } from './source';
import { MOST_SPANS, spansOf } from './spans';
import { OtlpReceiver } from './testing/otlp-receiver';
import { TraceExporter } from './trace-exporter';

const { EventType } = temporal.api.enums.v1;
provesHistories('scripted');

const flowOf = (workflowType: string) => /^(.+)_v\d+$/.exec(workflowType)?.[1];
const SECRET = 'card-4111-of-ada';

let receiver: OtlpReceiver;
let folder: string;
/** As the table keeps it. */
let stored: ChangePosition | null;
const position = {
  read: () => Promise.resolve(stored),
  write: (to: ChangePosition) => Promise.resolve(void (stored = to)),
};
let sender: OtlpSender;
let world: World;
const exporters: TraceExporter[] = [];
beforeEach(async () => {
  receiver = new OtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = await receiver.open();
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-tenant=shop';
  process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '500';
  stored = null;
  folder = await mkdtemp(path.join(tmpdir(), 'traces-'));
  sender = openOtlp({ serviceName: 'backstitch', version: '1.2.3' });
});
afterEach(async () => {
  await receiver.close();
  await Promise.all(exporters.splice(0).map((exporter) => exporter.stop()));
  await sender.close();
  await world.role.stop();
  await rm(folder, { recursive: true });
  for (const name of ['ENDPOINT', 'HEADERS', 'TIMEOUT']) delete process.env[`OTEL_EXPORTER_OTLP_${name}`];
});

async function begin(scripts: Record<string, Script>, activities = new ScriptedActivities()): Promise<void> {
  world = await new World(scripts, undefined, {}, activities).begin();
}
function follow(send: OtlpSender['send'] = (spans) => sender.send(spans)): TraceExporter {
  const exporter = new TraceExporter(traceSourceOf(world.role.engine), {
    namespace: 'default',
    flowOf,
    send,
    position,
  });
  exporters.push(exporter);
  exporter.start();
  return exporter;
}
/** Virtual time goes on while the receiver answers in real time. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let look = 0; look < 300 && !isTrue(); look++) {
    await world.clock.advance(1_000);
    await delay(10);
  }
  expect(isTrue()).toBe(true);
}
/** The exporter has found where the log ends. */
async function begun(): Promise<void> {
  await world.clock.advance(1_500);
  await settle(20);
  await delay(20);
}

describe('traces', () => {
  it('[TRC1] [TRC2] a run is one trace: its steps below it, the last attempts below them, with the times of the history', async () => {
    const activities = new ScriptedActivities();
    let refusals = 2;
    activities.answer = () =>
      refusals-- > 0
        ? { kind: 'failed', failure: failure(SECRET, { type: 'Busy', details: payloads(SECRET) }) }
        : completed(SECRET);
    await begin(
      { order_v1: steps(1, { retryPolicy: { initialInterval: toDuration(5_000), backoffCoefficient: 1 } }) },
      activities
    );
    follow();
    await begun();
    const { runId } = await world.start('order-1', 'order_v1', { input: payloads({ card: SECRET }) });
    await until(() => receiver.spans.length === 3);
    const [root, step, attempt] = receiver.spans;
    expect(root).toMatchObject({
      service: 'backstitch',
      traceId: traceIdOf(runId),
      spanId: spanIdOf(runId),
      parentSpanId: '',
      name: 'order',
      outcome: 'ok',
      links: [],
      attributes: {
        'backstitch.workflow_id': 'order-1',
        'backstitch.run_id': runId,
        'backstitch.flow': 'order',
        'backstitch.workflow_type': 'order_v1',
        'backstitch.result': 'completed',
      },
    });
    expect(step).toMatchObject({
      traceId: root?.traceId,
      parentSpanId: root?.spanId,
      name: 'step-1',
      outcome: 'ok',
      attributes: { 'backstitch.kind': 'step', 'backstitch.activity': 'work', 'backstitch.attempts': 3 },
    });
    expect((step?.endMs ?? 0) - (step?.startMs ?? 0)).toBe(10_000);
    expect(attempt).toMatchObject({ parentSpanId: step?.spanId, name: 'step-1 attempt 3', startMs: step?.endMs });
    const { events } = await world.stored('order-1');
    const at = (index: number) => Math.round(Number(events.at(index)?.eventTime?.seconds) * 1_000);
    expect(Math.abs((root?.startMs ?? 0) - at(0))).toBeLessThan(1_000);
    expect(Math.abs((root?.endMs ?? 0) - at(-1))).toBeLessThan(1_000);
    expect(receiver.headers['x-tenant']).toBe('shop');
    for (const body of receiver.bodies) expect(body.includes(SECRET)).toBe(false);
  });

  it('[TRC1] [TRC2] a failed run and its failed step have the name of the error, and what was open is abandoned', async () => {
    const activities = new ScriptedActivities();
    activities.answer = () => ({ kind: 'failed', failure: failure(SECRET, { type: 'Declined', nonRetryable: true }) });
    const script: Script = (events) =>
      events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
        ? [command.fail(SECRET)]
        : events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_TIMER_STARTED)
          ? []
          : [command.timer('deadline', 3_600_000), command.schedule('pay')];
    await begin({ order_v1: script }, activities);
    follow();
    await begun();
    await world.start('w', 'order_v1');
    await until(() => receiver.spans.length === 4);
    const named = (name: string) => receiver.spans.find((span) => span.name === name);
    expect(named('order')).toMatchObject({ outcome: 'error', attributes: { 'backstitch.result': 'failed' } });
    expect(named('pay')).toMatchObject({
      outcome: 'error',
      attributes: { 'backstitch.result': 'failed', 'error.type': 'Declined' },
    });
    expect(named('timer deadline')).toMatchObject({ attributes: { 'backstitch.result': 'abandoned' } });
    for (const body of receiver.bodies) expect(body.includes(SECRET)).toBe(false);
  });

  it('[TRC3] a child links to the step of its parent and back, and a continued run to the one before', async () => {
    const parent: Script = (events) =>
      events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)
        ? [command.complete()]
        : events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
          ? []
          : [command.startChild('the-child')];
    const again: Script = (events) =>
      events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId
        ? [command.complete()]
        : [command.continueAsNew()];
    await begin({ parent_v1: parent, child: () => [command.complete()], again_v1: again });
    follow();
    await begun();
    const { runId } = await world.start('p', 'parent_v1');
    const { runId: firstId } = await world.start('a', 'again_v1');
    await until(() => receiver.spans.filter(({ parentSpanId }) => parentSpanId === '').length === 4);
    const rootOf = (of: string) => receiver.spans.find((span) => span.attributes['backstitch.run_id'] === of);
    const childRoot = receiver.spans.find((span) => span.attributes['backstitch.workflow_id'] === 'the-child');
    const step = receiver.spans.find((span) => span.attributes['backstitch.kind'] === 'child');
    expect(step?.links).toEqual([
      { traceId: childRoot?.traceId, spanId: childRoot?.spanId, attributes: { 'backstitch.link': 'child' } },
    ]);
    expect(childRoot?.links).toEqual([
      { traceId: traceIdOf(runId), spanId: step?.spanId, attributes: { 'backstitch.link': 'parent' } },
    ]);
    const continued = receiver.spans.find(({ links }) => links[0]?.attributes['backstitch.link'] === 'run before');
    expect(continued?.links[0]).toMatchObject({ traceId: traceIdOf(firstId), spanId: rootOf(firstId)?.spanId });
    expect(rootOf(firstId)?.attributes['backstitch.result']).toBe('continued_as_new');
  });

  it('[TRC5] an export that is cut off after the receiver took it sends the same ids again, and nothing is left out', async () => {
    await begin({ order_v1: steps(1), waits_v1: untilSignal });
    world.activities.answer = () => completed('ok');
    let cut = true;
    const first = follow(async (spans) => {
      const taken = await sender.send(spans);
      // The engine dies here: it never hears that they were taken.
      return cut ? 'away' : taken;
    });
    await begun();
    const runs = [await world.start('a', 'order_v1'), await world.start('b', 'order_v1')];
    await until(() => receiver.spans.length >= 3);
    cut = false;
    await first.stop();
    const before = receiver.spans.splice(0);
    await world.takeOver();
    follow();
    await until(() => receiver.spans.length === 6);
    const idsOf = (spans: typeof before) => new Set(spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`));
    for (const id of idsOf(before)) expect(idsOf(receiver.spans).has(id)).toBe(true);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(
      new Set(runs.map(({ runId }) => traceIdOf(runId)))
    );
    const sent = receiver.requests;
    await world.clock.advance(30_000);
    await delay(50);
    expect(receiver.requests).toBe(sent);
  });

  it('[TRC6] a receiver that is away, fails or hangs slows no run, is asked ever more seldom, and gets all of it later', async () => {
    await begin({ order_v1: steps(1) });
    world.activities.answer = () => completed('ok');
    let [asked, most] = [0, 0];
    let isAway = true;
    follow(async (spans) => {
      asked++;
      most = Math.max(most, spans.length);
      return isAway ? 'away' : sender.send(spans);
    });
    await begun();
    for (let at = 0; at < 30; at++) await world.start(`w${at}`, 'order_v1');
    await settle(100);
    expect(world.role.engine.runs.size).toBe(0);
    for (let second = 0; second < 600; second++) {
      await world.clock.advance(1_000);
      await settle(3);
    }
    // 1, 2, 4, 8, 16, 32 and then 60 seconds apart.
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(20);
    expect(most).toBeLessThanOrEqual(500);
    isAway = false;
    await until(() => receiver.spans.length === 90);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(30);
  });

  it('[TRC6] [TRC7] answers of the receiver: what it refuses for ever is passed over, everything else is sent again', async () => {
    await begin({});
    const span = spansOf({ namespace: 'n', workflowId: 'w', runId: 'r', flow: 'f' }, [])[0];
    expect(span).toBeUndefined();
    const one = [{ ...SPAN }];
    expect(await sender.send(one)).toBe('taken');
    receiver.status = 400;
    expect(await sender.send(one)).toBe('refused');
    receiver.status = 401;
    expect(await sender.send(one)).toBe('away');
    receiver.status = 200;
    receiver.hangs = true;
    expect(await sender.send(one)).toBe('away');
    await receiver.close();
    expect(await sender.send(one)).toBe('away');
    await world.start('w', 'nobody');
  });

  it('[TRC4] a history of any length gives a bounded number of spans', async () => {
    await begin({});
    await world.start('w', 'nobody');
    const eventTime = { seconds: 1_000, nanos: 0 } as never;
    const event = (id: number, more: object) => ({ eventId: id as never, eventTime, ...more });
    const events = [
      event(1, { workflowExecutionStartedEventAttributes: { workflowType: { name: 'long_v1' } } }),
      ...Array.from({ length: 20_000 }, (_, at) =>
        event(at + 2, {
          eventType: EventType.EVENT_TYPE_TIMER_STARTED,
          timerStartedEventAttributes: { timerId: String(at) },
        })
      ),
      event(20_002, { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED }),
    ];
    const spans = spansOf({ namespace: 'n', workflowId: 'w', runId: 'r', flow: 'long' }, events);
    expect(spans).toHaveLength(MOST_SPANS);
    expect(spans[0]?.attributes['backstitch.spans_left_out']).toBe(20_000 - (MOST_SPANS - 1));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(MOST_SPANS);
  });
});

describe('the position', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeEach(async () => {
    await begin({});
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  it('[TRC8] is of its namespace, is shared by all engines, and never goes back', async () => {
    const file = path.join(folder, 'p.json');
    const [one, other] = [new PositionTable(pool, 'a', file), new PositionTable(pool, 'a', file)];
    expect(await one.read()).toBeNull();
    await one.write({ epoch: 3, number: 9 });
    await other.write({ epoch: 2, number: 99 });
    await other.write({ epoch: 3, number: 8 });
    expect(await other.read()).toEqual({ epoch: 3, number: 9 });
    await other.write({ epoch: 4, number: 1 });
    expect(await one.read()).toEqual({ epoch: 4, number: 1 });
    expect(await new PositionTable(pool, 'b', file).read()).toBeNull();
  });

  it.each([
    ['{"epoch":3,"number":9}', { epoch: 3, number: 9 }],
    ['', null],
    ['{"epoch":', null],
    ['{"epoch":-1,"number":2}', null],
    ['[]', null],
  ])('[TRC8] of before, in a file (%s), is taken over once; the file is removed', async (text, before) => {
    const file = path.join(folder, 'p.json');
    await writeFile(file, text);
    const table = new PositionTable(pool, 'a', file);
    expect(await table.read()).toEqual(before);
    expect(existsSync(file)).toBe(false);
    expect(await table.read()).toEqual(before);
    await writeFile(file, '{"epoch":1,"number":1}');
    await table.write({ epoch: 5, number: 1 });
    expect(await table.read()).toEqual({ epoch: 5, number: 1 });
  });
});

const SPAN = {
  traceId: traceIdOf('r'),
  spanId: spanIdOf('r'),
  parentSpanId: null,
  name: 'a',
  startMs: 1,
  endMs: 2,
  status: 'ok' as const,
  attributes: {},
  links: [],
};
