/** The real process: it answers, and what keeps it from answering is a diagnostic. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Compiled } from './compile';
import { compileFlow } from './testing/golden-case';
import { checkTypesIn } from './type-check-process';

// Inside the project, so that the built module finds its packages and the saga library.
let folder: string;
const file = (name: string) => path.join(folder, name);
let compiled: Compiled;
beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  folder = mkdtempSync(path.resolve('.backstitch/type-check-'));
  await build({
    entryPoints: ['engine/compiler/type-check-process.ts'],
    outfile: file('type-check.mjs'),
    ...({ bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const),
  });
  const branches = [{ id: 'x', title: 'x', when: 'input.m > 5', steps: [] }];
  compiled = await compileFlow({
    ...{ format: 1, name: 'test', title: 'Test', input: { type: 'object', properties: { n: { type: 'number' } } } },
    steps: [{ id: 'which', kind: 'choice', title: 'Which?', branches }],
  });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { execPath } = process;
afterEach(() => void (process.execPath = execPath));

it('what is wrong is said with the node that it is in', async () => {
  const found = await checkTypesIn(file('type-check.mjs'))(compiled);
  expect(found).toMatchObject([{ code: 'type', severity: 'error', nodeId: 'which' }]);
  expect(found[0]!.message).toMatch(/'m' does not exist/);
});

it('nothing wrong is an empty list', async () => {
  const right = { ...compiled, files: { 'workflow.ts': compiled.code.replace('input.m', '(input.n ?? 0)') } };
  expect(await checkTypesIn(file('type-check.mjs'))(right)).toEqual([]);
});

it('a process that cannot be started', async () => {
  process.execPath = file('no-such-program');
  const found = await checkTypesIn(file('type-check.mjs'))(compiled);
  expect(found).toMatchObject([{ code: 'type-check', severity: 'error', nodeId: null }]);
  expect(found[0]!.message).toMatch(/cannot be started: .*ENOENT/);
});

it('a process that dies without an answer', async () => {
  writeFileSync(file('dies.mjs'), 'process.exit(134);');
  const found = await checkTypesIn(file('dies.mjs'))(compiled);
  expect(found).toMatchObject([{ code: 'type-check', severity: 'error', nodeId: null }]);
});
