/** [SRS2] [SRS3]: see searchable.ts. [SRS1] is shown by the golden case `searchable`. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEARCHABLE_TYPES, type SearchableType } from '../flow/searchable';
import { admitAttributes } from '../visibility/attributes';
import { fitting } from './searchable';

const TYPES: Record<SearchableType, number> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

const hardText = fc
  .array(fc.constantFrom('a', '\u0000', '\n', '"', '\\', 'ä', '€', '😀', '\ud83d', '\udc00', '\u202e'), {
    maxLength: 900,
  })
  .map((parts) => parts.join(''));
const hard = fc.oneof(
  hardText,
  fc.array(fc.oneof(hardText, fc.integer()), { maxLength: 20 }),
  fc.double(),
  fc.boolean(),
  fc.date().map(String),
  fc.constantFrom(null, undefined, '2026-02-30', '2026-11-30', '2026-11-30T10:00:00Z', 2 ** 53, -0, {}, [])
);

it('[SRS2] whatever an expression gives, the engine admits what is written', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SEARCHABLE_TYPES), hard, (type, value) => {
      const data = new TextEncoder().encode(JSON.stringify(fitting(type, value)));
      const payload = { data, metadata: { encoding: new TextEncoder().encode('json/plain') } };
      expect(admitAttributes({ Field: payload }, { Field: TYPES[type] })).toHaveProperty('fields');
    }),
    { numRuns: 2_000 }
  );
});

it('[SRS2] a value of another type gives no value', () => {
  expect(fitting('Int', 1.5)).toEqual([]);
  expect(fitting('Double', Infinity)).toEqual([]);
  expect(fitting('Bool', 'true')).toEqual([]);
  expect(fitting('Keyword', 7)).toEqual([]);
  expect(fitting('Datetime', 'soon')).toEqual([]);
  expect(fitting('Datetime', '2026-11-30')).toEqual([new Date('2026-11-30T00:00:00Z')]);
});

it('[SRS3] texts are cut at a character, and a list at a text', () => {
  expect(fitting('Keyword', 'x'.repeat(254) + '😀')).toEqual([`${'x'.repeat(254)} `]);
  expect(fitting('Text', 'two\nlines')).toEqual(['two lines']);
  const long = ['a', 'b', 'c'].map((letter) => letter.repeat(255));
  expect(fitting('KeywordList', ['one', 'one', ...long, 'last'])).toEqual(['one', long[0], long[1]]);
});
