/** The rules [FRM1] to [FRM4] are in form.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExactData, readJson, writeJson } from '../values/json';
import { formFields, NoForm, writtenForm, type BodyEncoding, type FormStyle, type Texts } from './form';

const texts: Texts = {
  textOf: (value) => (isExactData(value) ? value.$exact : typeof value === 'object' ? writeJson(value) : String(value)),
  isNumber: isExactData,
};
const as = (
  lists: FormStyle['lists'],
  groups: FormStyle['groups'],
  more: Partial<BodyEncoding> = {}
): BodyEncoding => ({
  kind: 'form',
  lists,
  groups,
  ...more,
});
/** The fields as people write them: 'a[b]=1&c=2'. */
const written = (body: unknown, encoding: BodyEncoding, names: 'data' | 'definition' = 'data') =>
  formFields(body, encoding, names, texts)
    .map(({ name, text }) => `${name}=${text}`)
    .join('&');

const body = { amount: 5, tags: ['a', 'b'], owner: { name: 'Ann', ids: [1, 2] }, ok: true };
test.each([
  [as('indexed', 'brackets'), 'tags[0]=a&tags[1]=b&owner[name]=Ann&owner[ids][0]=1&owner[ids][1]=2'],
  [as('brackets', 'brackets'), 'tags[]=a&tags[]=b&owner[name]=Ann&owner[ids][]=1&owner[ids][]=2'],
  [as('repeated', 'dots'), 'tags=a&tags=b&owner.name=Ann&owner.ids=1&owner.ids=2'],
  [as('commas', 'brackets'), 'tags=a,b&owner[name]=Ann&owner[ids]=1,2'],
  [as('repeated', 'json'), 'tags=a&tags=b&owner={"name":"Ann","ids":[1,2]}'],
  [as('json', 'brackets'), 'tags=["a","b"]&owner[name]=Ann&owner[ids]=[1,2]'],
])('[FRM1] a body in the encoding %j', (encoding, rest) => {
  expect(written(body, encoding)).toBe(`amount=5&${rest}&ok=true`);
});

test('[FRM1] a field can have a style of its own, and lists of groups have numbers or are JSON', () => {
  const encoding = as('repeated', 'json', { fields: { lines: { lists: 'indexed', groups: 'brackets' } } });
  const lines = [{ price: 'p1', quantity: 2 }, { price: 'p2' }];
  expect(written({ lines, tags: ['a'] }, encoding)).toBe(
    'lines[0][price]=p1&lines[0][quantity]=2&lines[1][price]=p2&tags=a'
  );
  expect(written({ lines }, as('repeated', 'json'))).toBe('lines={"price":"p1","quantity":2}&lines={"price":"p2"}');
  for (const encoding of [as('brackets', 'brackets'), as('commas', 'json'), as('repeated', 'brackets')])
    expect(() => written({ lines }, encoding)).toThrow(/Entry 1 of 'lines' is not a single value/);
});

test('[FRM1] every digit is kept, also inside of JSON', () => {
  const exact = readJson('{"amount":12345678901234567890.50,"m":{"id":9007199254740993},"l":[1e400]}');
  expect(written(exact, as('indexed', 'brackets'))).toBe(
    'amount=12345678901234567890.50&m[id]=9007199254740993&l[0]=1e400'
  );
  expect(written(exact, as('json', 'json'))).toBe('amount=12345678901234567890.50&m={"id":9007199254740993}&l=[1e400]');
  // Data that only looks like such a number.
  expect(written(readJson('{"m":{"$exact":"5.0"}}'), as('indexed', 'brackets'))).toBe('m[$exact]=5.0');
});

test.each([
  [{ 'a]b': 1 }, as('indexed', 'brackets')],
  [{ 'a[b]': 1 }, as('indexed', 'json')],
  [{ m: { 'x][admin': 1 } }, as('indexed', 'brackets')],
  [{ m: { '': 1 } }, as('indexed', 'brackets')],
  [{ m: { 'a.b': 1 } }, as('indexed', 'dots')],
  [{ 'a.b': 1 }, as('indexed', 'dots')],
])('[FRM2] a name of the data that would change the structure is refused: %j', (given, encoding) => {
  expect(() => written(given, encoding)).toThrow(NoForm);
});
test('[FRM2] a name that the mapping writes is as it is written', () => {
  expect(written({ 'expand[]': ['a', 'b'] }, as('repeated', 'json'), 'definition')).toBe('expand[]=a&expand[]=b');
  expect(() => written({ 'm[x]': { 'y]': 1 } }, as('indexed', 'brackets'), 'definition')).toThrow(NoForm);
});
test('[FRM2] no data adds a field or changes a name', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())), fc.string(), (inner, text) => {
      let fields: string[] = [];
      try {
        const { text: form } = writtenForm({ m: inner, t: text }, as('indexed', 'brackets'), 'data', texts);
        fields = [...new URLSearchParams(form).keys()];
      } catch (error) {
        expect(error).toBeInstanceOf(NoForm);
        return;
      }
      expect(fields).toEqual([...Object.keys(inner).map((name) => `m[${name}]`), 't']);
    })
  );
});

test('[FRM3] what is absent is left out, an empty text is sent, and a list with a gap is refused', () => {
  const gaps = { a: null, b: '', c: [], d: {}, e: { f: undefined, g: null } };
  expect(written(gaps, as('indexed', 'brackets'))).toBe('b=');
  expect(written(gaps, as('json', 'json'))).toBe('b=&c=[]&d={}&e={"g":null}');
  expect(() => written({ a: [1, null] }, as('indexed', 'brackets'))).toThrow("Entry 2 of 'a' is empty");
  expect(() => written({ a: ['x', '1,2'] }, as('commas', 'brackets'))).toThrow("Entry 2 of 'a' has a comma");
  for (const no of ['text', 7, null, [1], { $exact: '12345678901234567890' }])
    expect(() => written(no, as('indexed', 'brackets'))).toThrow('is a group of fields');
});

test('[FRM1] data that is deeper than any form is refused before its names fill the memory', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5_000; level++) deep = { a: deep, b: 1 };
  expect(() => written({ deep }, as('indexed', 'brackets'))).toThrow('at most 32 levels');
});

test('[FRM4] the text of a URL-encoded form, and of a form with parts', () => {
  const given = { 'a b': 'x&y=z ä', list: [1, 2], data: { n: 1 }, note: 'one\r\n--form-boundary\r\ntwo' };
  expect(writtenForm(given, as('indexed', 'brackets'), 'data', texts)).toEqual({
    type: 'application/x-www-form-urlencoded',
    text: 'a+b=x%26y%3Dz+%C3%A4&list%5B0%5D=1&list%5B1%5D=2&data%5Bn%5D=1&note=one%0D%0A--form-boundary%0D%0Atwo',
  });
  const { type, text } = writtenForm(given, as('repeated', 'json', { kind: 'multipart' }), 'data', texts);
  expect(type).toBe('multipart/form-data; boundary=form-boundary-1');
  expect(text.split('--form-boundary-1')).toEqual([
    '',
    '\r\ncontent-disposition: form-data; name="a b"\r\n\r\nx&y=z ä\r\n',
    '\r\ncontent-disposition: form-data; name="list"\r\n\r\n1\r\n',
    '\r\ncontent-disposition: form-data; name="list"\r\n\r\n2\r\n',
    '\r\ncontent-disposition: form-data; name="data"\r\ncontent-type: application/json\r\n\r\n{"n":1}\r\n',
    '\r\ncontent-disposition: form-data; name="note"\r\n\r\none\r\n--form-boundary\r\ntwo\r\n',
    '--\r\n',
  ]);
});

test('[FRM4] the standard reader of forms reads the parts, whatever is in them', async () => {
  const strings = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }));
  await fc.assert(
    fc.asyncProperty(strings, async (given) => {
      const encoding = as('json', 'json', { kind: 'multipart' });
      const { type, text } = writtenForm(given, encoding, 'data', texts);
      if (Object.keys(given).length === 0) return;
      const form = await new Response(text, { headers: { 'content-type': type } }).formData();
      // Only names are escaped.
      expect([...form.values()]).toEqual(Object.values(given));
    }),
    { numRuns: 100 }
  );
});
