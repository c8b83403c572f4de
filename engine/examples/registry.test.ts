/** [EG] Examples are registered: web and screens name no example outside of the panel that it may add. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXAMPLES, exampleOf, TEMPLATES } from './registry';

const NAMES = ['shop', ...EXAMPLES.map(({ flow }) => flow), ...TEMPLATES.map(({ name }) => name)];
const OF_EXAMPLES = /^components\/examples\//;
const OF_TESTS = /(\.test\.tsx?$|\/testing\/)/;

const sourcesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${folder}/${file}`);

test('[EG1] no source of app or components names an example or its services', () => {
  const sources = ['app', 'components']
    .flatMap(sourcesIn)
    .filter((file) => !OF_EXAMPLES.test(file) && !OF_TESTS.test(file));
  expect(sources.length).toBeGreaterThan(200);
  const named = sources.filter((file) =>
    NAMES.some((name) => new RegExp(`${name}`, 'i').test(readFileSync(file, 'utf8') + file))
  );
  expect(named).toEqual([]);
});

test('[EG2] an example is found by its flow, and every panel belongs to an example', () => {
  for (const example of EXAMPLES) expect(exampleOf(example.flow)).toBe(example);
  expect(exampleOf('none')).toBe(null);
  const panels = readdirSync('components/examples', { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => name);
  expect(panels.length).toBeGreaterThan(0);
  for (const flow of panels) expect([flow, existsSync(`engine/examples/${flow}`)]).toEqual([flow, true]);
});

test.each([
  ['switched off', { BACKSTITCH_SHOP: 'off' }, null],
  ['at its usual port', {}, 'http://127.0.0.1:3100/ledger?order=o-1'],
  ['at another port', { BACKSTITCH_SHOP_PORT: '3999' }, 'http://127.0.0.1:3999/ledger?order=o-1'],
  ['elsewhere', { BACKSTITCH_CONNECTIONS: 'a=http://a,shop=http://b:1' }, 'http://b:1/ledger?order=o-1'],
])('[EG3] the books of the first example: %s', (_where, environment, url) => {
  expect(EXAMPLES[0].booksUrl(environment, 'o-1')?.href ?? null).toBe(url);
});
