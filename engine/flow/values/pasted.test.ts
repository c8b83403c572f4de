import { expect, test } from 'vitest';
import { readPasted } from './pasted';

test('[VP1] a text of more than two million characters is refused, and says how long it is', () => {
  expect(readPasted(`"${'x'.repeat(10_000_000)}"`)).toEqual({
    problem: 'The text has 10.0 million characters, and at most 2 million are read. Paste a part of it.',
  });
  expect(readPasted(`"${'x'.repeat(1_000_000)}"`)).toHaveProperty('value');
});

test('[VP2] at most a hundred levels; brackets in texts are none', () => {
  const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`;
  expect(readPasted(nested(100))).toHaveProperty('value');
  for (const levels of [102, 100_000])
    expect(readPasted(nested(levels))).toEqual({ problem: 'It has more than 100 levels of nesting.' });
  expect(readPasted(`"\\"${'['.repeat(200)}"`)).toEqual({ value: `"${'['.repeat(200)}` });
});

test('what is not JSON is refused; numbers keep their digits', () => {
  expect(readPasted('{ "a": ')).toEqual({ problem: 'This is not JSON.' });
  expect(readPasted('12345678901234567890')).toEqual({ value: { $exact: '12345678901234567890' } });
});

test('[VP3] a byte order mark is no part of the text, also where a place is counted', () => {
  expect(readPasted('\ufeff{ "a": 1 }')).toEqual({ value: { a: 1 } });
  expect(readPasted('\ufeff{ "a" 1 }', { place: true })).toMatchObject({
    problem: expect.stringMatching(/^This is not JSON\. Line 1, column 7: /),
  });
});

test('[VP4] a number that would be kept as another one is refused with its place, where the door asks for it', () => {
  const refused = (text: string) => readPasted(text, { exact: true });
  expect(refused('{ "steps": [{ "n": 12345678901234567890 }] }')).toEqual({
    problem:
      'The number 12345678901234567890 at /steps/0/n has more digits than can be kept. Write it as a text, in quotes.',
  });
  expect(refused('1e999')).toMatchObject({ problem: expect.stringMatching(/^The number 1e999 has/) });
  expect(refused(`1${'0'.repeat(5_000)}`)).toMatchObject({ problem: expect.stringMatching(/^The number 10{38}… has/) });
  expect(refused('[9007199254740991, 0.1, -0]')).toHaveProperty('value');
});

test('[VP5] what is not JSON is refused with its line and column, where the text is complete', () => {
  const problem = (text: string) => readPasted(text, { place: true });
  expect(problem('{\n  "a": 1,\n}')).toEqual({
    problem: expect.stringMatching(/^This is not JSON\. Line 3, column 1: .+[^.]\.$/),
  });
});

test('[VP5] a field that is there twice is refused with its second place, where the text is complete', () => {
  const text = '{\n  "name": "a", "steps": [{ "id": "a" }, { "id": "b" }],\n  "name": "b" }';
  expect(readPasted(text, { place: true })).toEqual({
    problem: expect.stringMatching(/^The field 'name' is there twice, again at line 3, column \d+\./),
  });
  expect(readPasted(text)).toHaveProperty('value');
});

test('[VP6] a name that no draft keeps is refused, at any level, where the value is for a draft', () => {
  const problem = "A field cannot have the name '__proto__'. Give it another one.";
  expect(readPasted('{ "a": [{ "__proto__": 1 }] }', { kept: true })).toEqual({ problem });
  expect(readPasted('{ "a": "__proto__", "constructor": 1 }', { kept: true })).toHaveProperty('value');
  expect(readPasted('{ "__proto__": 1 }')).toHaveProperty('value');
});
