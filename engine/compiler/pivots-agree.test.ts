/**
 * What the preview says at design time, what the compiled code does, and what the screens read off its history agree
 * about what is undone, what remains, and what is retried until it succeeds: for random flows with points of no return
 * inside parallel branches, choices and handlers, and for every step that may fail.
 *
 * Rules
 * [PV1] A step that the preview retries until it succeeds is retried by the code for ever, and no other step is; where
 *       it depends on the path ('maybe'), the path that was taken decides.
 * [PV2] The code undoes no step that the preview does not name as undone. Where the preview is certain, it undoes
 *       exactly these, in the order of their numbers (within each of several parallel branches), and what remains is
 *       what the preview says.
 * [PV3] The ledger of the history is that of the code.
 */
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowDocument } from '../flow/document';
import { pivotPlaces } from '../flow/pivots';
import { allNodes } from '../flow/tree';
import { whatIf } from '../flow/what-if';
import { provesHistories, type WorkflowSource } from '../history/testing/proof';
import { eventsFromHistory } from '../run-view/events-from-history';
import { isLeft, ledgerOf } from '../run-view/ledger';
import type { LedgerReport } from '../saga/contract';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Compiled } from './compile';
import { compileFlow, SAGA_ALIAS, sagaModules } from './testing/golden-case';
import { randomSaga } from './testing/random-saga';

const FLOWS = Number(process.env.FC_RUNS ?? 12);
/** More than any limit of the catalogue. */
const FAILS_SO_OFTEN = 25;

const seed = Number(process.env.FC_SEED ?? Date.now());
const compiled: Compiled[] = [];
for (const drawn of fc.sample(randomSaga, { numRuns: FLOWS * 2, seed })) {
  const one = await compileFlow({ ...drawn, name: `flow-${compiled.length}` });
  if (one.manifest && !one.diagnostics.some(({ severity }) => severity === 'error')) compiled.push(one);
  if (compiled.length === FLOWS) break;
}
const files = compiled.flatMap((each, at) =>
  Object.entries(each.files).map(([name, code]) => [`flow-${at}/${name}`, code] as const)
);
const entry = compiled.map(({ manifest }, at) => `export { ${manifest!.workflowType} } from './flow-${at}/workflow';`);
const source: WorkflowSource = {
  entry: 'entry.ts',
  modules: { ...sagaModules, ...Object.fromEntries(files), 'entry.ts': entry.join('\n') },
  alias: SAGA_ALIAS,
};
provesHistories(source);

let worker: EmbeddedWorker;
beforeAll(async () => {
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
}, 120_000);
afterAll(() => worker.close());

interface Done {
  run: WorkflowUnderTest;
  /** Activity ids in the order in which they succeeded. */
  succeeded: string[];
  attempts: number;
}

async function runs({ manifest }: Compiled, failing: string, runKey: number): Promise<Done> {
  const succeeded: string[] = [];
  let attempts = 0;
  const activity = () => {
    const { activityId } = activityInfo();
    // The number of failures is limited, so a handler around the step or a second path finds it working.
    if (activityId === failing && ++attempts <= FAILS_SO_OFTEN)
      throw ApplicationFailure.create({ message: 'odd', type: 'Odd', details: [{ applied: false }] });
    succeeded.push(activityId);
    return {};
  };
  const executor = new ActivityExecutor({ activities: { 'http.request': activity } });
  const run = new WorkflowUnderTest(worker, executor, manifest!.workflowType, [{}], {
    runKey,
    workflowId: `pivots-${runKey}`,
  });
  await run.run();
  return { run, succeeded, attempts };
}

const undoneOf = (succeeded: readonly string[]) =>
  succeeded.filter((id) => id.endsWith(':undo')).map((id) => id.slice(0, -':undo'.length));

/** Pairs whose numbers fall. Branches that ran in parallel count each for itself: '2a' may come before '1b'. */
function outOfOrder(orders: readonly string[]): string[] {
  const parts = orders.map((order) => ({ number: Number.parseInt(order, 10), lane: order.replace(/^\d+/, '') }));
  return parts.flatMap((first, at) =>
    parts
      .slice(at + 1)
      .filter(({ number, lane }) => number < first.number && (lane === first.lane || lane === '' || first.lane === ''))
      .map(({ number, lane }) => `${first.number}${first.lane} before ${number}${lane}`)
  );
}

async function agree(flow: Compiled, failing: string, runKey: number): Promise<boolean> {
  const manifest = flow.manifest!;
  const document: FlowDocument = manifest.document;
  const { run, succeeded, attempts } = await runs(flow, failing, runKey);
  if (attempts === 0) return false;
  const at = JSON.stringify({ seed, failing, steps: document.steps });
  const preview = whatIf(document, failing, ({ id }) => manifest.nodes[id]!.effect)!;
  const place = pivotPlaces(document.steps).get(failing);
  const retried = attempts > FAILS_SO_OFTEN;

  // [PV1]
  if (place === 'before') expect(retried, at).toBe(false);
  if (place === 'after') expect(retried, at).toBe(true);
  if (preview.outcome === 'retriesForward') expect(retried, at).toBe(true);
  expect(manifest.nodes[failing]!.afterPivot, at).toBe(place === 'after');

  // [PV2]
  const undone = undoneOf(succeeded);
  const named = Object.keys(preview.nodes).filter((id) => preview.nodes[id]!.role === 'undone');
  expect(named, at).toEqual(expect.arrayContaining(undone));
  if (preview.certain && !retried) {
    expect([...undone].sort(), at).toEqual([...named].sort());
    expect(outOfOrder(undone.map((id) => preview.nodes[id]!.order ?? '')), at).toEqual([]);
  }

  // [PV3]
  const ledger = ledgerOf(eventsFromHistory({ events: run.events }), manifest);
  const told = (await run.query('__ledger')) as LedgerReport;
  const states = (entries: readonly { activityId: string; state: string }[]) =>
    Object.fromEntries(
      entries.filter(({ state }) => state !== 'notArmed').map((each) => [each.activityId, each.state])
    );
  expect(states(ledger.entries), at).toEqual(states(told.entries));
  const left = ledger.entries.filter(({ state }) => isLeft(state)).map(({ nodeId }) => nodeId);
  const stays = Object.keys(preview.nodes).filter((id) => preview.nodes[id]!.role === 'stays');
  // This holds for a run that ended here; a flow that continued did more.
  if (preview.certain && preview.outcome === 'unwinds') expect([...left].sort(), at).toEqual([...stays].sort());
  return true;
}

it('[PV1] [PV2] [PV3] preview, code and screens agree for every step that fails', { timeout: 240_000 }, async () => {
  let checked = 0;
  let pivoted = 0;
  for (const [at, flow] of compiled.entries()) {
    const actions = allNodes(flow.manifest!.document.steps).filter(({ kind }) => kind === 'action');
    for (const [index, { id }] of actions.entries()) {
      if (!(await agree(flow, id, at * 1_000 + index + 1))) continue;
      checked++;
      if (pivotPlaces(flow.manifest!.document.steps).get(id) !== 'before') pivoted++;
    }
  }
  // The random flows contain enough pivots and failures.
  expect(checked).toBeGreaterThan(FLOWS * 2);
  expect(pivoted).toBeGreaterThan(FLOWS / 4);
});
