import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExactNumber, ExactNumbers, holdsExactly, isWhole, marked } from '../../saga/exact';
import { firstExact, firstInexact } from './inexact';
import { readJson, readPayload, writeJson } from './json';

it.each(['0', '0.0', '12.50', '0.1', '1e3', '6.02e23', '9007199254740991', '-9007199254740991', '5e-324', '0e99'])(
  '[EX1] %s is exact as a JavaScript number',
  (text) => expect(holdsExactly(text)).toBe(true)
);

it.each([
  '9007199254740992',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.12345678901234567890',
  '1e400',
  '1e-400',
  '9007199254740993.5',
  '-0',
  '-0.0',
])('[EX1] %s is not exact as a JavaScript number, so its digits are kept', (digits) => {
  expect(holdsExactly(digits)).toBe(false);
  const text = `{"id":${digits},"list":[1,${digits}],"text":"${digits}"}`;
  const value = readJson(text);
  expect(value).toEqual({ id: { $exact: digits }, list: [1, { $exact: digits }], text: digits });
  expect(writeJson(value)).toBe(text);
  // Through any payload converter.
  expect(writeJson(JSON.parse(JSON.stringify(value)))).toBe(text);
  expect(firstExact(value)).toEqual({ at: '/id', digits });
});

it('[EX2] an exact number can be sent, put into a text and compared, but not used in a computation', () => {
  const numbers = new ExactNumbers();
  const value = numbers.read({
    id: { $exact: '9007199254740993' },
    again: [{ $exact: '9007199254740993' }],
  }) as unknown as {
    id: number;
    again: number[];
  };
  expect(value.id).toBeInstanceOf(ExactNumber);
  expect(`/payments/${value.id}`).toBe('/payments/9007199254740993');
  expect(value.id.toString()).toBe('9007199254740993');
  expect(value.again.includes(value.id)).toBe(true);
  expect(value.id === value.again[0]).toBe(true);
  expect(JSON.stringify({ of: value.id })).toBe('{"of":{"$exact":"9007199254740993"}}');
  for (const compute of [
    () => value.id + 1,
    () => value.id * 2,
    () => value.id > 5,
    () => -value.id,
    () => value.id + 'x',
  ])
    expect(compute).toThrow(/more digits than JavaScript can compute with/);
});

it('[EX3] data that looks like an exact number is not changed', () => {
  for (const text of [
    '{"$exact":"9007199254740993"}',
    '{"a":{"$$exact":"9007199254740993"}}',
    '{"\\u0024exact":"1e999"}',
  ]) {
    const value = readJson(text);
    expect(firstExact(value)).toBeNull();
    expect(JSON.parse(writeJson(value))).toEqual(JSON.parse(text));
  }
});

it('[EX4] all other values are read and written as by JSON.parse and JSON.stringify', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      // An unused marker forces the slow path.
      for (const each of [text, `[${text},9007199254740993]`]) {
        const read = readJson(each);
        const expected: unknown = JSON.parse(each);
        if (each === text) expect(JSON.parse(writeJson(read))).toEqual(expected);
        else expect(writeJson(read)).toBe(`[${writeJson(readJson(text))},9007199254740993]`);
      }
    }),
    { numRuns: 200 }
  );
  expect(readJson('{"a":1,"a":2,"b":1e400}')).toEqual({ a: 2, b: { $exact: '1e400' } });
  expect(() => readJson(`${'['.repeat(100_000)}1e400${']'.repeat(100_000)}`)).toThrow(SyntaxError);
  for (const broken of ['{"a":1e400', '[1e400,]', '01234567890123456', ''])
    expect(() => readJson(broken)).toThrow(SyntaxError);
});

it('[EX2] negative zero is used as a number and keeps its sign when it is sent', () => {
  const read = new ExactNumbers().read({ value: { $exact: '-0.0' } as unknown, tiny: { $exact: '-1e-400' } });
  expect(Object.is(read.value, -0)).toBe(true);
  expect(read.tiny).toBeInstanceOf(ExactNumber);
  const data = { list: [1, read.value], text: '-0' };
  expect(writeJson(marked(data))).toBe('{"list":[1,-0],"text":"-0"}');
  expect(Object.is(data.list[1], -0)).toBe(true);
  const plain = { list: [0, 1], inner: { a: null } };
  expect(marked(plain)).toBe(plain);
  // Typed by a person, the sign has no meaning.
  expect(firstInexact('[-0, -0.0]')).toBeNull();
  expect(firstInexact('[-1e-400]')).toEqual({ at: '/0', digits: '-1e-400' });
});

it('[EX3] a payload stores an exact number as one, and digits of other programs are read too', () => {
  const text = '{"ours":{"$exact":"9007199254740993"},"theirs":9007199254740993,"data":{"$$exact":"1e999"},"n":1.5}';
  expect(readPayload(text)).toEqual({
    ours: { $exact: '9007199254740993' },
    theirs: { $exact: '9007199254740993' },
    data: { $$exact: '1e999' },
    n: 1.5,
  });
});

it.each([
  ['1e400', true],
  ['9007199254740993.0', true],
  ['9007199254740993.5', false],
  ['1e-400', false],
  ['-0.0', true],
  ['1250e-1', true],
  ['1255e-1', false],
])('[EX1] %s is a whole number: %s', (digits, whole) => expect(isWhole(digits)).toBe(whole));
