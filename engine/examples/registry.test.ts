/** [EG] Examples are registered: web and screens name none of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { booksUrl } from './bookkeeper';
import { bookkeeperNamed, EXAMPLES, TEMPLATES } from './registry';

const NAMES = ['shop', ...EXAMPLES.map(({ flow }) => flow), ...TEMPLATES.map(({ name }) => name)];
const OF_TESTS = /(\.test\.tsx?$|\/testing\/)/;

const sourcesIn = (folder: string) =>
  // A folder may be called like a file: the address of a route ends with '.ts'.
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath}/${name}`);

test('[EG1] no source of app or components names an example or its services', () => {
  const sources = ['app', 'components'].flatMap(sourcesIn).filter((file) => !OF_TESTS.test(file));
  expect(sources.length).toBeGreaterThan(200);
  const named = sources.filter((file) =>
    NAMES.some((name) => new RegExp(`${name}`, 'i').test(readFileSync(file, 'utf8') + file))
  );
  expect(named).toEqual([]);
});

test('[EG2] every service that templates call keeps books, and is found by its connection', () => {
  // A model has no effects.
  const services = TEMPLATES.flatMap(({ connections }) => connections).filter(
    ({ connection: { kind } }) => kind !== 'model'
  );
  const called = services.map(({ connection }) => connection.name);
  for (const connection of called) expect(bookkeeperNamed(connection)?.connection).toBe(connection);
  expect(bookkeeperNamed('none')).toBe(null);
});

const EXAMPLES_AT = 'examples=http://a:1/services';
test.each([
  ['switched off', 'example-bank', { BACKSTITCH_SHOP: 'off', BACKSTITCH_CONNECTIONS: EXAMPLES_AT }, null],
  ['without an address', 'example-bank', {}, null],
  [
    'of a template',
    'example-bank',
    { BACKSTITCH_CONNECTIONS: EXAMPLES_AT },
    'http://a:1/services/bank/ledger?reference=o-1',
  ],
  ['of orders', 'shop', { BACKSTITCH_CONNECTIONS: 'a=http://a, shop=http://b:1/' }, 'http://b:1/ledger?order=o-1'],
  ['named twice', 'shop', { BACKSTITCH_CONNECTIONS: 'shop=http://a,shop=http://b' }, 'http://b/ledger?order=o-1'],
])('[EG3] the books of an example service: %s', (_where, connection, environment, url) => {
  expect(booksUrl(bookkeeperNamed(connection)!, environment, 'o-1')?.href ?? null).toBe(url);
});
