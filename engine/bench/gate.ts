/**
 * How long the check of a revision takes: N open runs, each with a history of about 100 events, in the process that the
 * product uses, and the same histories replayed here one after another, with nothing else done. Prints its figures.
 * Run: npm run bench:gate [runs] [events]
 */
import path from 'node:path';
import { catalogue } from '../activities/catalogue';
import { bundleProcesses } from '../launcher/build';
import { temporal } from '../proto';
import type { OpenRun, OpenRuns } from '../service/open-runs';
import { VirtualRun } from '../trial/virtual-run';
import { buildWith } from '../versions/build';
import { Gate } from '../versions/gate/gate';
import { proveIn } from '../versions/gate/proving-process';
import { createToolchain } from '../versions/toolchain';
import { ActivityExecutor } from '../worker/activities/executor';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import { Replayer } from '../worker/replay';

const [runs = 2_000, events = 100] = process.argv.slice(2).map(Number);
/** A step is an activity: scheduled, started, completed, and the workflow task that follows. */
const EVENTS_OF_A_STEP = 6;
const PLAIN = Math.min(runs, 300);
const OUT = '.backstitch/bench-gate';

const step = (index: number) => ({
  id: `step-${index}`,
  kind: 'action',
  title: `Step ${index}`,
  activity: 'http.request',
  input: { method: 'POST', connection: 'service', path: '/do', body: { number: index } },
  effect: 'reversible',
  lateCalls: 'refused',
  unknown: { policy: 'undo' },
  undo: {
    title: `Undo ${index}`,
    activity: 'http.request',
    input: { method: 'POST', connection: 'service', path: '/undo' },
  },
});
const document = {
  format: 2,
  name: 'bench-gate',
  title: 'Bench',
  input: { type: 'object' },
  signals: { go: { title: 'Go', schema: { type: 'object' } } },
  steps: [
    ...Array.from({ length: Math.max(1, Math.round((events - 4) / EVENTS_OF_A_STEP)) }, (_, index) => step(index)),
    { id: 'told', kind: 'waitForSignal', title: 'Wait to be told', signal: 'go' },
    { id: 'done', kind: 'end', title: 'Done' },
  ],
};
const build = buildWith(createToolchain(catalogue, () => Promise.resolve([])));
const { product, diagnostics } = await build({ document, version: 1, known: null });
if (!product) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
const { bundle } = product;

const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
const executor = new ActivityExecutor({ activities: { 'http.request': () => ({ status: 200 }) } });
const run = new VirtualRun(worker, executor, 'benchGate_v1', [{}]);
await run.run({ until: () => run.state.activities.size === 0 && !run.state.needsWorkflowTask });
await worker.close();
const history = run.history();
const bytes = temporal.api.history.v1.History.encode(history).finish();
console.log(`${runs} open runs, ${run.events.length} events and ${Math.round(bytes.length / 1_024)} KiB each`);

const open: OpenRun[] = Array.from({ length: runs }, (_, index) => {
  return { runKey: index + 1, namespace: 'default', workflowId: `run-${index}`, runId: `r-${index}` };
});
const source: OpenRuns = {
  async *list() {
    for (let from = 0; from < open.length; from += 500) yield open.slice(from, from + 500);
  },
  history: () => Promise.resolve([bytes]),
  onChange: () => () => {},
};

const replayer = new Replayer(bundle, { trace: false });
await replayer.replay(history);
const begun = performance.now();
for (let count = 0; count < PLAIN; count++) {
  const { events: decoded } = temporal.api.history.v1.History.decode(bytes);
  await replayer.replay({ events: decoded });
}
const plain = PLAIN / ((performance.now() - begun) / 1_000);
await replayer.close();
console.log(`plain replay, one after another   ${plain.toFixed(0)} runs/s`);

await bundleProcesses(process.cwd(), OUT, ['gate', 'sandbox-thread']);
const about = { id: 'bench', flow: 'bench-gate', version: 1, workflowType: 'benchGate_v1', changes: [], titles: {} };
const gate = new Gate({ ...about, revision: 'v1.1', live: 'v1.0', rollback: false }, source, () =>
  proveIn(path.resolve(OUT, 'gate.mjs'))({ bundle, changes: {}, titles: { before: {}, after: {} } })
);
const from = performance.now();
await gate.check();
const seconds = (performance.now() - from) / 1_000;
const { phase, holding, breaking, message } = gate.report();
if (holding !== runs) throw new Error(`${phase}: ${holding} hold, ${breaking} would break. ${message}`);
const rate = runs / seconds;
console.log(`the check                         ${rate.toFixed(0)} runs/s, ${seconds.toFixed(1)} s in all`);
console.log(`the check / plain replay          ${(rate / plain).toFixed(2)}`);
console.log(`10,000 such runs                  ${(10_000 / rate).toFixed(0)} s`);
process.exit(0);
