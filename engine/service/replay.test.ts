/**
 * Whole runs through the service, on both stores, with the real worker: their histories are what the official replayer
 * and history/check accept (the proof of every test file), and altered in the least, what one of them refuses.
 */
import { STATUS } from '../run-name';
import { localCaller } from '../permissions/caller';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGolden, SAGA_ALIAS, sagaModules } from '../compiler/testing/golden-case';
import { checkHistory, type HistoryEvent } from '../history';
import { OfficialReplayer, type WorkflowFiles } from '../history/testing/official-replayer';
import { eventsOf, provesHistories, type Witnessed } from '../history/testing/proof';
import { temporal } from '../proto';
import { VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { Store } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { CountingStore, CountingWorkflows, drive } from './testing/drive';
import { readHistories, startTestEngine } from './testing/test-engine';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const basics = { workflowsPath: pathOf('../worker/testing/workflows/basics.ts') };
const sagas = { workflowsPath: pathOf('../saga/testing/sagas.ts') };
provesHistories(basics);

const { History } = temporal.api.history.v1;
const operator = localCaller();
const SEQUENCE = 'sequence';
/** An approval and a counter, which wait for ever. */
const WHILE_MS = 4 * 3_600_000;
/** What the shop refuses, by scenario; the id of a run is its scenario. */
const down = ApplicationFailure.retryable('no answer');
const refusedBy: Record<string, Record<string, ApplicationFailure>> = {
  'card-declined': { '/payments': ApplicationFailure.nonRetryable('declined', 'NotApplied') },
  'shipment-down': { '/shipments': down },
  'answer-lost': { '/payments': down },
  'refund-fails': { '/shipments': down, '/payments/refund': down },
  'item-fails': { '/messages/send': down },
  'box-fails': { '/boxes/3': down },
  'bike-fails': { '/hotels': down },
};
const activities = {
  'http.request': ({ path: called, body }: { path: string; body?: { sku?: string } }) => {
    // One item of a loop.
    const path = body?.sku === 'third' ? `${called}/3` : called;
    const failure = refusedBy[Context.current().info.workflowExecution!.workflowId]?.[path];
    if (failure) throw failure;
    if (path.endsWith('settle')) return { applied: false };
    return { reservationId: 'r', transactionId: 't', trackingNumber: 'n', mailId: 'm', amount: 1, currency: 'EUR' };
  },
  log: () => null,
  work: (name: string) => `did ${name}`,
  fail: () => Promise.reject(ApplicationFailure.retryable('no luck')),
  slow: () => Context.current().cancelled,
  do: (name: string) => {
    if (name === 'bad') throw ApplicationFailure.nonRetryable('who knows');
    if (name === 'not-applied') throw ApplicationFailure.nonRetryable('no', 'NotApplied');
    return name;
  },
  undo: () => null,
  undoBad: () => Promise.reject(ApplicationFailure.nonRetryable('still down')),
  check: () => ({ applied: true, output: 'found' }),
  'human.open': () => null,
  'human.close': () => null,
};

const stores: [string, () => Promise<{ store: Store; drop?(): Promise<void> }>][] = [
  ['memory', () => Promise.resolve({ store: new MemoryStore() })],
  [
    'postgres',
    async () => {
      const { url, drop } = await createTestDatabase();
      return { store: new PostgresStore({ url }), drop };
    },
  ],
];

describe.each(stores)('%s store', (_name, openStore) => {
  const workers: EmbeddedWorker[] = [];
  afterAll(() => Promise.all(workers.map((worker) => worker.close())));

  interface Start {
    workflowId: string;
    type: string;
    input: unknown;
  }
  /** Starts runs together and waits until each has closed or waits. `starts` receives the types of the source. */
  async function runAll(
    source: WorkflowFiles,
    starts: (types: string[]) => Start[],
    /** After this time another engine takes over, with a worker that has nothing in memory. */
    takeoverMs: number | null = null
  ): Promise<Witnessed[]> {
    const bundle = await bundleWorkflows('workflowsPath' in source ? { entry: source.workflowsPath } : source);
    const newWorker = () => {
      const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
      workers.push(worker);
      return new CountingWorkflows(worker);
    };
    const { store: opened, drop } = await openStore();
    const store = new CountingStore(opened);
    const clock = new VirtualClock();
    let workflowWorker = newWorker();
    const activityWorker = new ActivityExecutor({ activities });
    let role = await startTestEngine({ store, clock, workflowWorker, activityWorker, source });
    for (const { workflowId, type, input } of starts(bundle.workflowTypes)) {
      const data = Buffer.from(JSON.stringify(input));
      const payloads = [{ metadata: { encoding: Buffer.from('json/plain') }, data }];
      const request = { namespace: 'default', workflowId, workflowType: { name: type }, input: { payloads } };
      await role.service.call('StartWorkflowExecution', { ...request, taskQueue: { name: 'backstitch' } }, operator);
    }
    if (takeoverMs !== null) {
      await drive(role, clock, [workflowWorker, store], takeoverMs);
      await role.stop();
      workflowWorker = newWorker();
      role = await startTestEngine({ store, clock, workflowWorker, activityWorker, source });
    }
    await drive(role, clock, [workflowWorker, store], WHILE_MS);
    await role.stop();
    const histories = await readHistories(store);
    await drop?.();
    return histories;
  }
  const named = (types: string[]): Start[] => types.map((type) => ({ workflowId: type, type, input: ['a', 'b', 'c'] }));
  const idsOf = (histories: Witnessed[], isOpen: boolean) =>
    histories
      .flatMap(({ workflowId, expected }) => ((expected.status === STATUS.running) === isOpen ? [workflowId] : []))
      .sort();

  it.each([
    {
      whose: 'the worker',
      source: basics,
      waits: ['counter'],
      closes: ['sequence', 'side', 'race', 'retries', 'impatient', 'cancelEachWay', 'attributes', 'failing'],
    },
    {
      whose: 'the saga library',
      source: sagas,
      waits: ['approval', 'asked', 'undoFails'],
      closes: ['goesWell', 'unwinds', 'notApplied', 'checked', 'branches', 'caught', 'pivots', 'bug', 'late', 'waits'],
    },
  ])('[SERE1] workflows of $whose close or wait for a person', async ({ source, closes, waits }) => {
    const histories = await runAll(source, () => named([...closes, ...waits]));
    expect(idsOf(histories, false)).toEqual([...closes].sort());
    expect(idsOf(histories, true)).toEqual([...waits].sort());
  });

  it('[SERE1] the scenarios of the example close or wait for a person', async () => {
    const { flow, compiled } = await readGolden('order-fulfilment');
    const { scenarios } = flow as { scenarios: { name: string; input: object }[] };
    const source = { entry: 'workflow.ts', modules: { ...sagaModules, ...compiled.files }, alias: SAGA_ALIAS };
    const histories = await runAll(source, ([type]) =>
      scenarios.map(({ name, input }) => ({ workflowId: name, type: type!, input }))
    );
    const waits = ['large-order', 'refund-fails'];
    const closes = scenarios.map(({ name }) => name).filter((name) => !waits.includes(name));
    expect(idsOf(histories, false)).toEqual(closes.sort());
    expect(idsOf(histories, true)).toEqual(waits);
  });

  /** Activity ids in the order in which they were scheduled. */
  const scheduledBy = (histories: Witnessed[], workflowId: string) =>
    eventsOf(histories.find((each) => each.workflowId === workflowId)!.batches).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityId ?? []
    );
  const parcel = (sku: string) => ({ sku, labels: ['a'] });
  const order = { orderId: 'o', nights: 1, id: 'r', parcels: [parcel('first'), parcel('second'), parcel('third')] };
  // It is not known whether the step that failed happened, so its undo is called too.
  const boxes = ['reserve-box~1', 'reserve-box~2', 'reserve-box~3'];

  it.each([
    {
      golden: 'group',
      ids: ['goes-well', 'bike-fails'],
      undone: ['book-hotel:undo', 'book-flight:undo', 'take-deposit:undo'],
    },
    { golden: 'each', ids: ['goes-well', 'item-fails', 'box-fails'], undone: boxes.map((id) => `${id}:undo`) },
    { golden: 'repeat', ids: ['goes-well'], undone: [] },
    { golden: 'race', ids: ['goes-well'], undone: ['ask-van:undo'] },
  ])('[SERE7] $golden: another engine takes over in the middle, and all that must be is undone', async (each) => {
    const { compiled } = await readGolden(each.golden);
    const source = { entry: 'workflow.ts', modules: { ...sagaModules, ...compiled.files }, alias: SAGA_ALIAS };
    const start = ([type]: string[]) => each.ids.map((workflowId) => ({ workflowId, type: type!, input: order }));
    const whole = await runAll(source, start);
    const takenOver = await runAll(source, start, 2_500);
    for (const histories of [whole, takenOver]) {
      expect(idsOf(histories, false)).toEqual([...each.ids].sort());
      const last = scheduledBy(histories, each.ids.at(-1)!);
      expect(last.filter((id) => id.endsWith(':undo')).sort()).toEqual([...each.undone].sort());
    }
    for (const id of each.ids) expect(scheduledBy(takenOver, id).sort()).toEqual(scheduledBy(whole, id).sort());
  });

  describe('a stored history', () => {
    let good: Witnessed;
    let replayer: OfficialReplayer;
    beforeAll(async () => {
      const [history] = await runAll(basics, () => named([SEQUENCE]));
      if (!history) throw new Error('nothing ran');
      good = history;
      replayer = await OfficialReplayer.of(basics);
    });
    const steps = (events: HistoryEvent[]) =>
      events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    const results = (events: HistoryEvent[]) =>
      events.flatMap((event) => event.activityTaskCompletedEventAttributes ?? []);
    const rules = (batches: Witnessed['batches'] | HistoryEvent[], expected = good.expected) =>
      checkHistory(batches as never, expected).map(({ rule }) => rule);

    it('[SERE2] has no finding while it is unchanged', async () => {
      expect(rules(good.batches)).toEqual([]);
      expect(await replayer.refusals([{ workflowId: SEQUENCE, events: eventsOf(good.batches) }])).toEqual([]);
    });

    it.each<[string, (events: HistoryEvent[]) => unknown]>([
      ['activity type', (events) => (steps(events)[1]!.activityType!.name = 'another')],
      ['activity id', (events) => (steps(events)[1]!.activityId = 'another')],
    ])('[SERE3] with a changed %s is refused by the official replayer', async (_what, alter) => {
      const events = eventsOf(good.batches);
      alter(events);
      expect(await replayer.refusals([{ workflowId: SEQUENCE, events }])).toEqual([
        [SEQUENCE, expect.stringMatching(/[Nn]ondeterminism/)],
      ]);
    });

    it('[SERE4] with a result that refers to another step is refused by history/check', () => {
      const events = eventsOf(good.batches);
      const [first, second] = results(events);
      [first!.scheduledEventId, second!.scheduledEventId] = [second!.scheduledEventId, first!.scheduledEventId];
      expect(rules(events)).toContain('H6');
    });

    it('[SERE5] with a payload of another step is refused by history/check', () => {
      const at = good.batches.flatMap((batch, index) => (results(eventsOf([batch])).length > 0 ? [index] : []));
      const [first, second] = [at[0]!, at[1]!].map((index) => History.decode(good.batches[index]!.events));
      const [one, other] = [results(first!.events)[0]!, results(second!.events)[0]!];
      [one.result, other.result] = [other.result, one.result];
      const batches = good.batches
        .with(at[0]!, { ...good.batches[at[0]!]!, events: History.encode(first!).finish() })
        .with(at[1]!, { ...good.batches[at[1]!]!, events: History.encode(second!).finish() });
      expect(rules(batches)).toEqual(['H12']);
    });

    it('[SERE6] without its end is refused by history/check: a close, or acknowledged events of an open run', () => {
      expect(rules(good.batches.slice(0, -1))).toEqual(['H10', 'H11', 'H12']);
      const { nextEventId, digest } = good.expected;
      expect(rules(good.batches.slice(0, -1), { nextEventId, digest, status: STATUS.running })).toEqual(['H10', 'H12']);
    });
  });
});
