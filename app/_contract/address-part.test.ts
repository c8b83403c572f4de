import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPart, toPart } from './address-part';
import { pages, routes } from './routes';

const IDS = [
  '.',
  '..',
  '...',
  'a/b',
  '../admin',
  'a%2Fb',
  '%00',
  '~2F',
  '~',
  'a b',
  'Bestellung é 😀',
  '?q=1#top',
  '\\',
  '/',
];

test.each(IDS)('[AP1] the id %j is unchanged after a round trip', (id) => expect(fromPart(toPart(id))).toBe(id));

test('[AP1] any other id is unchanged after a round trip', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
      expect(fromPart(toPart(id))).toBe(id);
    })
  );
});

test.each(IDS)('[AP2] no browser changes the address of %j', (id) => {
  for (const address of [pages.run(id, 'r-1'), pages.task(id), routes.signal(id, 'r-1'), routes.decideTask(id)]) {
    expect(new URL(address, 'http://localhost').pathname).toBe(address);
    expect(address).toMatch(/^[A-Za-z0-9._~/-]+$/);
    expect(address.split('/').filter(Boolean)).not.toContain('..');
  }
});

test('[AP2] usual ids stay readable', () =>
  expect(toPart('order-fulfilment-k7m2_v1.0')).toBe('order-fulfilment-k7m2_v1.0'));

test.each(['a/b', 'a:b@c', 'a b', 'é😀', '100%', 'a~b'])('[AP3] an old address of %j can still be read', (id) =>
  expect(fromPart(encodeURIComponent(id))).toBe(id)
);

test.each(['%', '%E0%A4%A', '~FF', '%ff', '~C3x'])('[AP3] the path part %s is not an id', (part) =>
  expect(fromPart(part)).toBeNull()
);
