/** A run of a template in virtual time, with real calls of its services. While one is under way, time does not move. */
import { STATUS } from '../../run-name';
import { readActivityConfig } from '../../activities/config';
import { openActivities } from '../../activities/functions';
import type { FlowManifest } from '../../flow/manifest';
import { callsTo, compareBooks, type BookedKey, type BooksCompared } from '../../run-view/books';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { fieldsOf } from '../../run-view/fields';
import { ledgerOf } from '../../run-view/ledger';
import { keyOwner } from '../../run-view/step-keys';
import type { NodesReport, OpenTaskInput } from '../../saga/contract';
import type { Workshop } from '../../trial/testing/workshop';
import { ActivityExecutor } from '../../worker/activities/executor';
import type { ActivityWorker } from '../../worker/port';
import { WorkflowUnderTest } from '../../worker/testing/run-workflow';
import { bookReportSchema, booksUrl } from '../bookkeeper';
import { bookkeeperNamed } from '../registry';
import type { ServiceBooks } from '../services/books';
import type { Service } from '../services/service';
import type { Template } from '../template';
import { operationSourceOf } from './operation-source';
import type { End } from './end';

export interface RealRun {
  run: WorkflowUnderTest;
  /** Activity ids of the effects that remain, by the ledger of the run and by the books of the services, sorted. */
  byLedger: string[];
  byBooks: string[];
  /** What the page of the run has to compare, for each service of the template. */
  pages: { keys: BookedKey[]; compare(keys: readonly BookedKey[]): BooksCompared }[];
  /** What a person is asked, or what it waits for: node and kind. */
  waits: [nodeId: string, kind: string][];
  /** The types of the failure and of its causes. */
  failures: string[];
}

let runs = 0;

export async function realRun(
  workshop: Workshop,
  manifest: FlowManifest,
  { connections }: Pick<Template, 'connections'>,
  { url, services }: { url: string; services: readonly Service[] },
  input: object,
  { people = [], signals = [] }: Pick<End, 'people' | 'signals'>
): Promise<RealRun> {
  const addresses = `shop=${url},examples=${url}/services`;
  const config = readActivityConfig({ BACKSTITCH_CONNECTIONS: addresses });
  const asked: OpenTaskInput[] = [];
  const open = openActivities(config, { operations: operationSourceOf(connections) });
  const human = {
    'human.open': async (task: OpenTaskInput) => void asked.push(task),
    'human.close': async () => {},
  };
  const executor = new ActivityExecutor({ activities: { ...open.activities, ...human }, others: open.others });
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
  const workflowId = `template-${++runs}`;
  const ids = { runKey: 5_000 + runs, workflowId, source: workshop.sourceOf(manifest) };
  const run = new WorkflowUnderTest(workshop.worker, activities, manifest.workflowType, [input], ids);
  const decisions = [...people];
  const toSend = [...signals];
  for (let isQuiet = false; !isQuiet;) {
    await run.run({ until: () => underWay.size > 0 || asked.length > 0 });
    isQuiet = underWay.size === 0 && asked.length === 0;
    await Promise.all(underWay);
    for (const { taskId, dataHash, howMany } of asked.splice(0)) {
      const decision = decisions.shift() ?? 'nobody';
      if (decision === 'nobody') continue;
      const said = { taskId, decision, comment: 'As discussed.', dataHash, values: { amount: 4_000, currency: 'EUR' } };
      const names = ['Ada', 'Bob', 'Carl'].slice(0, typeof howMany === 'number' ? howMany : 1);
      for (const name of names) {
        const actor = { id: name.toLowerCase(), name, groups: [] };
        run.update(`${taskId}/${name}`, '__decide', { ...said, actor });
      }
    }
    const next = toSend[0];
    if (next && scheduled(run).includes(next.after)) {
      run.signal(next.name, next.payload);
      toSend.shift();
      isQuiet = false;
    }
  }
  const events = eventsFromHistory(run.history());
  const { entries } = ledgerOf(events, manifest);
  const ownerOf = keyOwner(events, { workflowId, runId: run.runId });
  const books = await Promise.all(
    services.map(async ({ name }) => (await (await fetch(`${url}/services/${name}/ledger`)).json()) as ServiceBooks)
  );
  const byBooks = books
    .flatMap(({ keys }) => keys)
    .filter(({ applied, undone }) => applied > undone)
    .flatMap(({ key }) => ownerOf(key) ?? []);
  const keepers = connections.flatMap(({ connection }) => bookkeeperNamed(connection.name) ?? []);
  const pages = await Promise.all(
    keepers.map(async (keeper) => {
      const calls = callsTo(keeper, events);
      const reports = await Promise.all(
        calls.references.map(async (reference) => {
          const at = booksUrl(keeper, { BACKSTITCH_CONNECTIONS: addresses }, reference)!;
          return bookReportSchema.parse(await (await fetch(at)).json());
        })
      );
      const claims = { run: { workflowId, runId: run.runId }, events, entries, calls };
      return {
        keys: reports.flatMap(({ keys }) => keys),
        compare: (keys: readonly BookedKey[]) => compareBooks(keys, claims, true),
      };
    })
  );
  const isOpen = run.state.status === STATUS.running;
  const { waitsFor } = isOpen ? ((await run.query('__nodes')) as NodesReport) : { waitsFor: [] };
  const failed = events.findLast(({ type }) => type === 'WorkflowExecutionFailed');
  return {
    run,
    byLedger: entries
      .filter(({ state }) => REMAINS.includes(state))
      .map(({ activityId }) => activityId)
      .sort(),
    byBooks: byBooks.sort(),
    pages,
    waits: waitsFor.map(({ nodeId, kind }) => [nodeId, kind]),
    failures: failed ? typesIn(failed.attributes.failure) : [],
  };
}

const REMAINS: readonly string[] = ['standing', 'undoFailed', 'leftStanding'];

const scheduled = (run: WorkflowUnderTest): unknown[] =>
  eventsFromHistory(run.history()).map(({ attributes }) => attributes.activityId);

function typesIn(failure: unknown): string[] {
  const { cause, applicationFailureInfo } = fieldsOf(failure);
  const { type } = fieldsOf(applicationFailureInfo);
  return [...(typeof type === 'string' ? [type] : []), ...(cause ? typesIn(cause) : [])];
}
