/**
 * Opens a flow document for tests: it is compiled, type-checked and bundled as publishing does, and its code runs in the
 * sandbox of the product. Nothing is stored, sent or waited for.
 *
 * [TSK1] What cannot be published cannot be opened: the error lists every problem, with the step. The tests that the
 *        document keeps are not played.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { catalogue } from '../activities/catalogue';
import { typeCheck } from '../compiler/type-check';
import { activityOptionsSchema, type ActivityOptions, type Effect } from '../flow/activity-options';
import type { Catalogue, CatalogueActivity } from '../flow/catalogue';
import { activityOf, catalogueEntry, operationSchema, type Operation } from '../flow/connections/operation';
import { flowEntry } from '../flow/flow-entry';
import { readJson } from '../flow/values/json';
import type { JsonSchema } from '../flow/json-schema';
import type { FlowManifest } from '../flow/manifest';
import type { Template } from '../flow/template';
import { misfitOf } from '../saga/value-check';
import { startInputOf } from '../trial/trial';
import { buildWith } from '../versions/build';
import { createToolchain } from '../versions/toolchain';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { MockedRun } from './mocked-run';
import { TestProblem, type Mocks } from './mocks';
import { TestRun } from './test-run';

/** An operation that the flow calls: as the product gives it (`operation` in `GET /api/connections/<name>`), or declared in the test. */
export type DeclaredOperation = Operation | OwnOperation;

export interface OwnOperation {
  /** 'shop.chargePayment' */
  name: string;
  title?: string;
  effect: Effect;
  /** Default: any fields. */
  input?: JsonSchema;
  /** Default: anything. */
  output?: JsonSchema;
  /** Retries and timeouts of steps that set none. */
  options?: ActivityOptions;
  suggestedUndo?: { title: string; activity: string; input: Template; armed: 'completed' | 'attempted' };
}

export interface OpenFlowOptions {
  /** Of the connections whose operations the flow calls. */
  operations?: readonly DeclaredOperation[];
  /** The documents of the flows that it runs as children, those below them first. */
  flows?: readonly unknown[];
}

export interface StartOptions extends Mocks {
  /** The flow's clock begins here. Default: now. */
  startsAt?: Date;
}

/** The activations of one flow are tiny; code that does not return is ended after this. */
const ACTIVATION_MS = 1_000;
const USUAL: ActivityOptions = { startToCloseTimeout: '1m' };

/** `document`: the flow, or the path of its file. The caller closes what this returns. */
export async function openFlow(document: unknown, options: OpenFlowOptions = {}): Promise<TestFlow> {
  const operations: Record<string, CatalogueActivity> = { ...declared(options.operations ?? []) };
  for (const child of options.flows ?? []) {
    const entry = flowEntry((await built(await read(child), operations)).manifest);
    operations[entry.name] = entry;
  }
  return new TestFlow(await built(await read(document), operations));
}

export class TestFlow {
  readonly #worker: EmbeddedWorker;
  readonly #manifest: FlowManifest;
  #runs = 0;

  constructor({ manifest, bundle }: Awaited<ReturnType<typeof built>>) {
    this.#manifest = manifest;
    this.#worker = createEmbeddedWorker({
      bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
      activationTimeoutMs: ACTIVATION_MS,
    });
  }

  get title(): string {
    return this.#manifest.document.title;
  }
  /** An input that fits: that of the first scenario, or one made from the schema. */
  get sampleInput(): unknown {
    return startInputOf(this.#manifest);
  }

  /** Works until the run waits or has ended. Refuses an input that does not match its schema, as the product does. */
  async start(input: unknown, { startsAt = new Date(), ...mocks }: StartOptions = {}): Promise<TestRun> {
    const misfit = misfitOf(input, this.#manifest.document.input);
    if (misfit) throw new TestProblem(`The input is refused: ${misfit.at} ${misfit.message}.`);
    const startMs = startsAt.getTime();
    const run = new MockedRun(this.#worker, this.#manifest, mocks, { runKey: ++this.#runs, input, startMs });
    await run.workUntil(run.now);
    return new TestRun(run, this.#manifest);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

async function read(document: unknown): Promise<unknown> {
  if (typeof document !== 'string' && !(document instanceof URL)) return document;
  return readJson(await readFile(document, 'utf8'));
}

/** [TSK1] */
async function built(document: unknown, operations: Catalogue) {
  const check = createToolchain(catalogue, async ({ files, manifest }) => typeCheck(files, manifest?.nodes ?? {}));
  const { product, diagnostics } = await buildWith(check)({ document, version: 1, known: null, operations });
  if (product) return product;
  const problems = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ nodeId, path, message, fix }) => `${nodeId ?? (path.join('/') || 'flow')}: ${message}${fix ? ` ${fix}` : ''}`
    );
  throw new TestProblem(['The flow cannot be published:', ...problems].join('\n  '));
}

function declared(operations: readonly DeclaredOperation[]): Catalogue {
  const full = operations.flatMap((each) => ('call' in each ? [operationSchema.parse(each)] : []));
  const titles = new Map(full.map((each) => [activityOf(each), each.title]));
  const entries = operations.map((each): CatalogueActivity => {
    if (!('call' in each)) return ownEntry(each);
    const operation = operationSchema.parse(each);
    const titleOf = (name: string) => titles.get(activityOf({ ...operation, name }));
    return catalogueEntry(operation, { options: {} }, titleOf);
  });
  // Only an entry with a sha is taken as an operation of a connection.
  const sha = (entry: CatalogueActivity) => createHash('sha256').update(JSON.stringify(entry)).digest('hex');
  return Object.fromEntries(entries.map((entry) => [entry.name, { ...entry, sha: sha(entry) }]));
}

const ownEntry = ({ name, title = name, options, input, output, ...more }: OwnOperation): CatalogueActivity => ({
  ...more,
  name,
  title,
  input: input ?? { type: 'object' },
  output: output ?? {},
  defaultOptions: { ...USUAL, ...activityOptionsSchema.parse(options ?? {}) },
});
