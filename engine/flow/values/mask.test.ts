/** [MS] How sensitive values are hidden. */
import { expect, test } from 'vitest';
import type { JsonSchema } from '../json-schema';
import { MASK, maskBySchema, Secrets, withoutMasked } from './mask';

const secret: JsonSchema = { type: 'string', sensitive: true };

test('[MS1] a sensitive value is masked by its schema, at any place and any length', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      card: secret,
      people: { type: 'array', items: { type: 'object', properties: { name: secret } } },
    },
    additionalProperties: secret,
  };
  expect(maskBySchema({ card: '4', people: [{ name: 'Ada', age: 36 }], other: 'x' }, schema)).toEqual({
    card: MASK,
    people: [{ name: MASK, age: 36 }],
    other: MASK,
  });
  expect(maskBySchema({ a: 1 }, null)).toEqual({ a: 1 });
  // A field with the name of an inherited property is an ordinary field.
  expect(maskBySchema(JSON.parse('{"constructor":"x","__proto__":"y"}'), schema)).toEqual(
    JSON.parse(`{"constructor":"${MASK}","__proto__":"${MASK}"}`)
  );
});

test('[MS2] a sensitive value is masked in texts, numbers, names, JSON and addresses if it is long enough', () => {
  const secrets = new Secrets();
  maskBySchema(
    { a: 'x y/"z"', b: 12345, c: 'EUR', d: { $exact: '9007199254740993' } },
    {
      type: 'object',
      additionalProperties: { sensitive: true },
    } as JsonSchema,
    secrets
  );
  expect(
    secrets.hide({
      said: 'not x y/"z" but',
      json: JSON.stringify({ is: 'x y/"z"' }),
      address: `/find?for=${encodeURIComponent('x y/"z"')}`,
      amount: 12345,
      near: 123456,
      id: { $exact: '9007199254740993' },
      other: { $exact: '9007199254740995' },
      currency: 'EUR',
      'for 12345': true,
    })
  ).toEqual({
    said: `not ${MASK} but`,
    json: `{"is":"${MASK}"}`,
    address: `/find?for=${MASK}`,
    amount: MASK,
    near: 123456,
    id: MASK,
    other: { $exact: '9007199254740995' },
    currency: 'EUR',
    [`for ${MASK}`]: true,
  });
});

test('[MS3] a masked value is left out of data that is sent again', () => {
  const shown = { card: MASK, name: 'Ada', note: `card ${MASK}`, items: [MASK, { pin: MASK, count: 0 }], none: null };
  expect(withoutMasked(shown)).toEqual({ name: 'Ada', items: [{ count: 0 }], none: null });
});
