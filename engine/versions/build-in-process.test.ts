/**
 * [BP] The real process: it answers, a failure to answer is a diagnostic, and the engine's own event loop keeps
 * running.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { bundle } from '../launcher/build';
import { buildIn } from './build-in-process';

// The folder is inside the project, so that the built module finds its packages and the saga library.
let folder: string;
const file = (name: string) => path.join(folder, name);
beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  folder = mkdtempSync(path.resolve('.backstitch/build-version-'));
  await bundle(process.cwd(), folder, { 'build-version': 'engine/processes/build-process.ts' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { execPath } = process;
afterEach(() => void (process.execPath = execPath));

const flow = (when: string) => ({
  format: 1,
  name: 'test',
  title: 'Test',
  input: { type: 'object', properties: { n: { type: 'number' } } },
  steps: [
    { id: 'which', kind: 'choice', title: 'Which?', branches: [{ id: 'x', title: 'x', when, steps: [] }] },
    { id: 'end', kind: 'end', title: 'End' },
  ],
});
const right = flow('(input.n ?? 0) > 5');

it('[BP1] a build returns code, manifest, bundle and digest; known content is not built again', async () => {
  const build = buildIn(file('build-version.mjs'));
  const [first, third] = await Promise.all([1, 3].map((version) => build({ document: right, version, known: null })));
  expect(first?.diagnostics).toEqual([]);
  expect(first?.product).toMatchObject({
    manifest: { workflowType: 'test_v1' },
    bundle: { workflowTypes: ['test_v1'] },
  });
  expect(third?.product?.manifest.revision).toBe('v3.0');
  expect(third?.contentSha).toBe(first?.contentSha);
  const known = first?.contentSha ?? null;
  expect(await build({ document: right, version: 2, known })).toMatchObject({ contentSha: known, product: null });
}, 60_000);

it('[BP2] a problem is reported with its node', async () => {
  const { diagnostics, product } = await buildIn(file('build-version.mjs'))({
    document: flow('input.m > 5'),
    version: 1,
    known: null,
  });
  expect(diagnostics).toMatchObject([{ code: 'type', severity: 'error', nodeId: 'which' }]);
  expect(diagnostics[0]?.message).toMatch(/There is no field 'm'/);
  expect(product).toBe(null);
}, 60_000);

const request = { document: right, version: 1, known: null };

it('[BP3] a process that cannot be started fails the build', async () => {
  process.execPath = file('no-such-program');
  const { diagnostics } = await buildIn(file('build-version.mjs'))(request);
  expect(diagnostics).toMatchObject([{ code: 'compile-process', severity: 'error', nodeId: null }]);
  expect(diagnostics[0]?.message).toMatch(/cannot be started: .*ENOENT/);
});

it('[BP4] a process that ends without an answer fails the build', async () => {
  writeFileSync(file('dies.mjs'), 'process.exit(134);');
  const { diagnostics } = await buildIn(file('dies.mjs'))(request);
  expect(diagnostics[0]?.message).toMatch(/failed, or needs more than 512 MB/);
});

it('[BP5] a process that never answers is killed, and the engine keeps working meanwhile', async () => {
  writeFileSync(file('hangs.mjs'), 'for (;;);');
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 10);
  const { diagnostics } = await buildIn(file('hangs.mjs'), { timeoutMs: 500 })(request);
  clearInterval(turning);
  expect(diagnostics[0]?.message).toMatch(/did not end within 0.5 s/);
  expect(turns).toBeGreaterThan(5);
});

it('[BP6] the process receives neither the database nor the keys of the engine', async () => {
  process.env.DATABASE_URL ??= 'postgresql://secret';
  writeFileSync(
    file('tells.mjs'),
    `process.once('message', () => process.send({ bug: Object.keys(process.env).join(' ') }));`
  );
  const told = await buildIn(file('tells.mjs'))(request).catch((error: Error) => error.message);
  expect(told).toMatch(/PATH/);
  expect(told).not.toMatch(/DATABASE|BACKSTITCH|KEY|SECRET|TOKEN/);
});
