/**
 * How long trials take, in the process that the product uses: the first try of a flow, which compiles it, the next try,
 * and the failure matrix; and how long a flow of 50 steps is compiled, checked and bundled where the compiler is warm,
 * which has to be less than 1 s (p95). Prints its figures. Run: npm run bench:trial
 */
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { catalogue } from '../activities/catalogue';
import { TypeChecker } from '../compiler/type-check';
import { bundleProcesses } from '../launcher/build';
import type { SentPart } from '../trial/parts';
import { planSchema } from '../flow/trial-plan';
import { Trials } from '../trial/trials';
import { buildWith } from '../versions/build';
import { createToolchain } from '../versions/toolchain';

const OUT = '.backstitch/bench-trial';
await bundleProcesses(process.cwd(), OUT, ['trial', 'sandbox-thread']);

const call = { activity: 'http.request', input: { method: 'POST', connection: 'service', path: '/do' } };
const sagaOf = (count: number) => ({
  format: 2,
  name: `steps-${count}`,
  title: `${count} steps`,
  input: { type: 'object' },
  steps: Array.from({ length: count }, (_, index) => ({
    id: `step-${index}`,
    kind: 'action',
    title: `Step ${index}`,
    ...call,
    effect: 'reversible',
    lateCalls: 'refused',
    unknown: { policy: 'undo' },
    undo: { title: `Undo ${index}`, ...call },
  })),
});
const order = JSON.parse(readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')) as {
  title: string;
};

const trials = new Trials(path.resolve(OUT, 'trial.mjs'), { limitMs: { try: 600_000, matrix: 600_000 } });
async function timed(document: object, what: 'try' | 'matrix'): Promise<string> {
  const begun = performance.now();
  let cells = 0;
  let firstMs = 0;
  const onPart = ({ kind }: SentPart) => {
    if (kind !== 'cell' && kind !== 'result') return;
    firstMs ||= performance.now() - begun;
    cells++;
  };
  const request = { document, operations: {}, what, plan: planSchema.parse({}) };
  await trials.play('bench', request, onPart, new AbortController().signal);
  const ms = Math.round(performance.now() - begun);
  return what === 'try' ? `${ms} ms` : `${ms} ms for ${cells} cells, the first after ${Math.round(firstMs)} ms`;
}

for (const document of [order, sagaOf(12), sagaOf(50), sagaOf(100)]) {
  console.log(document.title);
  console.log(`  first try   ${await timed(document, 'try')}`);
  console.log(`  next try    ${await timed(document, 'try')}`);
  console.log(`  matrix      ${await timed(document, 'matrix')}`);
}
trials.close();

/** As in the process of trials, where the compiler stays between two flows. Each flow differs from the one before. */
const STEPS = 50;
const BUILDS = 20;
const types = new TypeChecker();
const build = buildWith(
  createToolchain(catalogue, ({ files, manifest }) => Promise.resolve(types.check(files, manifest?.nodes ?? {})))
);
const times: number[] = [];
for (let count = -1; count < BUILDS; count++) {
  const document = { ...sagaOf(STEPS), name: `built-${count + 2}` };
  const begun = performance.now();
  const { product, diagnostics } = await build({ document, version: 1, known: null });
  if (!product) throw new Error(JSON.stringify(diagnostics));
  // The first one loads the compiler.
  if (count >= 0) times.push(performance.now() - begun);
}
times.sort((a, b) => a - b);
const at = (share: number) => Math.round(times[Math.min(BUILDS - 1, Math.floor(BUILDS * share))]!);
console.log(`${STEPS} steps compiled, checked and bundled, ${BUILDS} times`);
console.log(`  median ${at(0.5)} ms, p95 ${at(0.95)} ms (target: 1000)`);
