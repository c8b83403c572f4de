/**
 * [TG1] A trial of each scenario of the order example ends as the real run does that calls the shop: the same status,
 *       ledger and question, and the books of the trial are those of the shop. On the page of the real run the ledger
 *       agrees with the books.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STATUS } from '../run-name';
import { activityFunctions } from '../activities/functions';
import { readActivityConfig } from '../activities/config';
import { bookReportSchema } from '../examples/bookkeeper';
import { SHOP_BOOKS } from '../examples/order-fulfilment/example';
import type { ShopLedgerReport } from '../examples/order-fulfilment/ledger';
import type { Served } from '../examples/books/http';
import { startExamples } from '../examples/server';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { provesHistories } from '../history/testing/proof';
import { callsTo, compareBooks } from '../run-view/books';
import { eventsFromHistory } from '../run-view/events-from-history';
import { ledgerOf } from '../run-view/ledger';
import type { LedgerEntry } from '../run-view/model';
import { keyOwner } from '../run-view/step-keys';
import type { NodesReport, OpenTaskInput } from '../saga/contract';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { ActivityExecutor } from '../worker/activities/executor';
import type { ActivityWorker } from '../worker/port';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Answer, TrialPlan } from '../flow/trial-plan';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const order = JSON.parse(
  readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')
) as FlowDocument;

let manifest: FlowManifest;
let database: TestDatabase;
let shop: Served;
beforeAll(async () => {
  manifest = await workshop.make(order);
  database = await createTestDatabase();
  // Longer than the charge waits for its answer.
  shop = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 2_500 });
});
afterAll(async () => {
  await shop?.close();
  await database?.drop();
});

/** The run with real calls. While one is under way, virtual time does not move. */
async function realRun(input: object, runKey: number) {
  const config = readActivityConfig({ BACKSTITCH_CONNECTIONS: `shop=${shop.url}` });
  let task: OpenTaskInput | null = null;
  const human = { 'human.open': async (open: OpenTaskInput) => void (task = open), 'human.close': async () => {} };
  const executor = new ActivityExecutor({ activities: { ...activityFunctions(config), ...human } });
  const underWay = new Set<Promise<unknown>>();
  const activities: ActivityWorker = {
    serves: (type) => executor.serves(type),
    cancel: (token, reason) => executor.cancel(token, reason),
    close: () => executor.close(),
    run: (attempt, heartbeat) => {
      const outcome = executor.run(attempt, heartbeat);
      underWay.add(outcome);
      return outcome.finally(() => underWay.delete(outcome));
    },
  };
  const ids = { runKey: 1_000 + runKey, workflowId: `real-${runKey}`, source: workshop.sourceOf(manifest) };
  const run = new WorkflowUnderTest(workshop.worker, activities, manifest.workflowType, [input], ids);
  for (let isQuiet = false; !isQuiet;) {
    await run.run({ until: () => underWay.size > 0 || task !== null });
    isQuiet = underWay.size === 0 && task === null;
    await Promise.all(underWay);
    const open = task as OpenTaskInput | null;
    task = null;
    if (!open) continue;
    const { taskId, dataHash } = open;
    const actor = { id: 'ada', name: 'Ada', groups: [] };
    run.update(taskId, '__decide', { taskId, decision: 'approve', comment: '', dataHash, actor });
  }
  const events = eventsFromHistory(run.history());
  const { waitsFor } =
    run.state.status === STATUS.running ? ((await run.query('__nodes')) as NodesReport) : { waitsFor: [] };
  return { run, events, ledger: ledgerOf(events, manifest), waits: waitsFor };
}

const down: Answer = {
  kind: 'failure',
  effect: 'none',
  type: 'HttpStatus',
  message: 'answered 503',
  retryable: true,
  proves: false,
};
/** What the shop does in a scenario (scenario.ts), as answers. */
const PLANS: Record<string, TrialPlan['steps']> = {
  'goes-well': {},
  'card-declined': {
    'charge-payment': {
      answers: [{ kind: 'failure', effect: 'none', type: 'NotApplied', message: 'declined', retryable: false }],
    },
  },
  'shipment-down': { 'create-shipment': { answers: [down] } },
  'answer-lost': {
    'charge-payment': {
      answers: [
        { kind: 'failure', effect: 'happened', type: 'Unreachable', message: 'cut off', retryable: true },
        { kind: 'output' },
      ],
    },
  },
  'applies-after-timeout': { 'charge-payment': { answers: [{ kind: 'timeout', effect: 'happened' }] } },
  'refund-fails': { 'create-shipment': { answers: [down] }, 'charge-payment': { undo: [down] } },
};

const states = (entries: readonly LedgerEntry[]) =>
  Object.fromEntries(entries.map(({ nodeId, state, happened }) => [nodeId, `${state}, ${happened}`]));

test.each(order.scenarios.map((scenario, index) => ({ ...scenario, index })))(
  '[TG1] $title',
  async ({ input, index }) => {
    const real = await realRun(input, index);
    const trial = await workshop.play(manifest, { input, steps: PLANS[input.scenario as string] });

    expect([trial.end.kind, trial.end.questions.map(({ nodeId, kind }) => [nodeId, kind])]).toEqual([
      ['', 'asks', 'completed', 'failed'][real.run.state.status],
      real.waits.map(({ nodeId, kind }) => [nodeId, kind]),
    ]);
    expect(states(ledgerOf(trial.events, manifest).entries)).toEqual(states(real.ledger.entries));

    const answer = await fetch(`${shop.url}/ledger?order=${String(input.orderId)}`);
    const report: unknown = await answer.json();
    const { keys } = report as ShopLedgerReport;
    const own = { workflowId: `real-${index}`, runId: real.run.runId };
    const ownerOf = keyOwner(real.events, own);
    const inTheShop = keys
      .filter(({ applied }) => applied > 0)
      .map(({ key, applied, undone }) => [ownerOf(key), applied > undone])
      .sort();
    const inTheTrial = trial.books
      .filter(({ applied }) => applied)
      .map(({ activityId, undone }) => [activityId, !undone])
      .sort();
    expect(inTheTrial).toEqual(inTheShop);

    const calls = callsTo(SHOP_BOOKS, real.events);
    const claims = { run: own, events: real.events, entries: real.ledger.entries, calls };
    const booked = bookReportSchema.parse(report).keys;
    expect(calls.references).toEqual([input.orderId]);
    expect(compareBooks(booked, claims, true)).toMatchObject({ agreement: 'agrees', others: 0 });
    if (inTheShop.some(([, remains]) => remains)) expect(compareBooks([], claims, true).agreement).toBe('differs');
  },
  60_000
);
