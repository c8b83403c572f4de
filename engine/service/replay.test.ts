/**
 * Whole runs through the service, on both stores, with the real worker: their histories are what the official replayer and
 * history/check accept (the proof of every test file), and altered in the least, what one of them refuses.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHistory, type HistoryEvent } from '../history';
import { OfficialReplayer } from '../history/testing/official-replayer';
import { eventsOf, provesHistories, type Witnessed } from '../history/testing/proof';
import { temporal } from '../proto';
import { VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { Store } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/test-database';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { CountingWorkflows, drive } from './testing/drive';
import { readHistories, startTestEngine } from './testing/test-engine';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const basics = { workflowsPath: pathOf('../worker/testing/workflows/basics.ts') };
const sagas = { workflowsPath: pathOf('../saga/testing/sagas.ts') };
provesHistories(basics);

const { History } = temporal.api.history.v1;
const operator = { name: 'test', role: 'operate' } as const;
const SEQUENCE = 'sequence';
/** They would keep the watchdog busy. Others that fail for ever back off, and are left as they are after a while. */
const ENDLESS = /^endless/;
const WHILE_MS = 4 * 3_600_000;
const activities = {
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

  /** Every workflow of the file, side by side. */
  async function runAll(source: typeof basics, only?: string): Promise<Witnessed[]> {
    const bundle = await bundleWorkflows({ entry: source.workflowsPath });
    const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
    workers.push(worker);
    const { store, drop } = await openStore();
    const [clock, workflowWorker] = [new VirtualClock(), new CountingWorkflows(worker)];
    const activityWorker = new ActivityExecutor({ activities });
    const role = await startTestEngine({ store, clock, workflowWorker, activityWorker, source });
    const types = only ? [only] : bundle.workflowTypes.filter((type) => !ENDLESS.test(type));
    for (const type of types) {
      const data = Buffer.from(JSON.stringify(['a', 'b', 'c']));
      await role.service.call(
        'StartWorkflowExecution',
        {
          ...{
            namespace: 'default',
            workflowId: type,
            workflowType: { name: type },
            taskQueue: { name: 'backstitch' },
          },
          input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data }] },
        },
        operator
      );
    }
    await drive(role, clock, workflowWorker, WHILE_MS);
    await role.stop();
    const histories = await readHistories(store);
    await drop?.();
    return histories;
  }

  it.each([
    {
      ...{ whose: 'worker', source: basics, waits: ['counter'] },
      closes: [
        'sequence',
        'side',
        'race',
        'retries',
        'impatient',
        'cancelEachWay',
        'attributes',
        'versioned',
        'failing',
      ],
    },
    {
      ...{ whose: 'saga', source: sagas, waits: ['approval', 'asked', 'undoFails'] },
      closes: ['goesWell', 'unwinds', 'notApplied', 'checked', 'branches', 'caught', 'pivots', 'bug', 'late', 'waits'],
    },
  ])("[P1] the $whose's workflows close, or wait for somebody", async ({ source, closes, waits }) => {
    const histories = await runAll(source);
    const idsOf = (isOpen: boolean) =>
      histories.flatMap(({ workflowId, expected }) => ((expected.status === 1) === isOpen ? [workflowId] : []));
    expect(idsOf(false)).toEqual(expect.arrayContaining(closes));
    expect(idsOf(true)).toEqual(expect.arrayContaining(waits));
  });

  describe('altered', () => {
    let good: Witnessed;
    let replayer: OfficialReplayer;
    beforeAll(async () => {
      const [history] = await runAll(basics, SEQUENCE);
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

    it('[P2] nothing is found while it is as it was stored', async () => {
      expect(rules(good.batches)).toEqual([]);
      expect(await replayer.refusals([{ workflowId: SEQUENCE, events: eventsOf(good.batches) }])).toEqual([]);
    });

    it.each<[string, (events: HistoryEvent[]) => unknown]>([
      ['activity type', (events) => (steps(events)[1]!.activityType!.name = 'another')],
      ['activity id', (events) => (steps(events)[1]!.activityId = 'another')],
    ])('[P3] the official replayer refuses an altered %s', async (_what, alter) => {
      const events = eventsOf(good.batches);
      alter(events);
      expect(await replayer.refusals([{ workflowId: SEQUENCE, events }])).toEqual([
        [SEQUENCE, expect.stringMatching(/[Nn]ondeterminism/)],
      ]);
    });

    it('[P4] history/check refuses a result that refers to another step, which the official replayer may not', () => {
      const events = eventsOf(good.batches);
      const [first, second] = results(events);
      [first!.scheduledEventId, second!.scheduledEventId] = [second!.scheduledEventId, first!.scheduledEventId];
      expect(rules(events)).toContain('H6');
    });

    it('[P5] history/check refuses a payload that stands at another step', () => {
      const at = good.batches.flatMap((batch, index) => (results(eventsOf([batch])).length > 0 ? [index] : []));
      const [first, second] = [at[0]!, at[1]!].map((index) => History.decode(good.batches[index]!.events));
      const [one, other] = [results(first!.events)[0]!, results(second!.events)[0]!];
      [one.result, other.result] = [other.result, one.result];
      const batches = good.batches
        .with(at[0]!, { ...good.batches[at[0]!]!, events: History.encode(first!).finish() })
        .with(at[1]!, { ...good.batches[at[1]!]!, events: History.encode(second!).finish() });
      expect(rules(batches)).toEqual(['H12']);
    });

    it('[P6] history/check refuses a lost tail: of the close alone, and of what was acknowledged of an open run', () => {
      expect(rules(good.batches.slice(0, -1))).toEqual(['H10', 'H11', 'H12']);
      const { nextEventId, digest } = good.expected;
      expect(rules(good.batches.slice(0, -1), { nextEventId, digest, status: 1 })).toEqual(['H10', 'H12']);
    });
  });
});
