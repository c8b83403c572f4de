import { expect, test } from 'vitest';
import { readPasted } from './pasted';

test('[PJ1] a text of more than two million characters is refused, and says how long it is', () => {
  expect(readPasted(`"${'x'.repeat(10_000_000)}"`)).toEqual({
    problem: 'The text has 10.0 million characters, and at most 2 million are read. Paste a part of it.',
  });
  expect(readPasted(`"${'x'.repeat(1_000_000)}"`)).toHaveProperty('value');
});

test('[PJ2] at most a hundred levels; brackets in texts are none', () => {
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
