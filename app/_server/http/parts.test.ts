/**
 * Addresses that somebody typed, cut or made up. Next answers some of them with an error of its own, without the shell
 * of the product; those are led to the product's 'not found' before Next sees them (main.ts).
 *
 * [OAD1] An address is routed only if every part of it can be decoded and has no character that cannot be stored.
 * [OAD2] Any other leads to 'not found', of the pages or of the API.
 * [OAD4] A query string is as long as it has to be: its values are checked one by one, by who reads them.
 * [OAD3] What is routed can be read by a handler, or is refused with the name of the part.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routes } from '@/app/_contract/routes';
import { LONGEST_ID } from '@/engine/plain-text';
import { isReadable, nowhere, partsOf } from './parts';

test.each([
  '/runs/%00/x',
  '/runs/x?search=%00',
  '/runs/x?search=a%2500&b=%00',
  '/%',
  '/flows/%E0%A4%A',
  '/flows/%ff',
  '/flows/a%0d%0ab',
  '/flows/a~00b',
  '/approvals/%ED%A0%80',
  '/settings/%7f',
])('[OAD1] %s is not routed', (url) => expect(isReadable(url)).toBe(false));

test.each([
  '/',
  '/runs?status=failed&after=2030-01-01T00%3A00%3A00Z',
  '/runs/Bestellung%20%C3%A9/r',
  '/runs/~2E~2E/r',
  '/runs/..%2f/r',
  '/flows/%25',
  '/runs?search=50+%25',
])('[OAD1] %s is routed', (url) => expect(isReadable(url)).toBe(true));

test('[OAD4] the longest filters, tokens and lists of names are routed; a name in the path has its limit', () => {
  const letters = '%D1%84'.repeat(LONGEST_ID);
  expect(isReadable(`/api/runs?id=${letters}`)).toBe(true);
  expect(isReadable(`/runs?pageToken=${'a'.repeat(4_000)}`)).toBe(true);
  expect(isReadable(routes.catalogue(Array.from({ length: 100 }, (_, index) => `connection.operation${index}`)))).toBe(
    true
  );
  expect(isReadable(`/runs/${'a'.repeat(LONGEST_ID + 1)}`)).toBe(false);
});

test('[OAD2] a page and a call of the API are each not found as what they are', () => {
  expect(nowhere('/runs/%00/x')).toBe('/nothing-here');
  expect(nowhere('/api/runs/%00')).toBe('/api/nothing-here');
  expect(nowhere('/apiary/%00')).toBe('/nothing-here');
});

test('[OAD3] a routed address is read, or its part is named', () => {
  expect(partsOf({ workflowId: 'a~2Fb', rest: ['c', '~2E~2E'] })).toEqual({ workflowId: 'a/b', rest: 'c/..' });
  expect(() => partsOf({ runId: 'a%' })).toThrow('The runId in this address is not encoded correctly.');
  const letters = fc.constantFrom(
    '%',
    '0',
    '2',
    'e',
    'E',
    'F',
    'f',
    '~',
    '.',
    '/',
    '?',
    '&',
    '=',
    '+',
    'a',
    '\u202e',
    'é'
  );
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 30 }), (text) => {
      const url = `/${text.join('')}`;
      if (!isReadable(url)) return;
      // Neither throws anything but a refusal of its own.
      const read = () => partsOf({ id: url.split('?')[0]!.slice(1) });
      expect(typeof Object.values(read())[0]).toBe('string');
    })
  );
});
