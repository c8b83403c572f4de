import { expect, it } from 'vitest';
import { daysProblem } from '@/app/_contract/retention';
import { deleteWords, expiredWords, keptWords } from './retention-words';

it('[KEEP4] how long', () => {
  expect([null, 1, 30, 36_500].map(keptWords)).toEqual(['for ever', 'for one day', 'for 30 days', 'for 36,500 days']);
});

it.each([
  [{ runs: 0, held: 0 }, 30, 'No run that closed more than 30 days ago is deleted now. Later runs'],
  [{ runs: 1, held: 0 }, 30, 'One run closed more than 30 days ago. It is deleted in the next minutes,'],
  [{ runs: 1_204, held: 0 }, 30, '1,204 runs closed more than 30 days ago. They are deleted'],
  [{ runs: 5, held: 2 }, 1, '3 runs closed more than a day ago.'],
  [{ runs: 5, held: 2 }, 1, 'This cannot be reverted. 2 runs of that age stay: an effect remains'],
  [{ runs: 1, held: 1 }, 30, 'is deleted now. One run of that age stays:'],
  // Two counts are of two moments.
  [{ runs: 1, held: 2 }, 30, 'No run that closed'],
  [{ runs: 0, held: 0 }, null, 'From now on nothing is deleted by itself.'],
])('[KEEP4] %o at %s days', (expired, days, words) => expect(expiredWords(expired, days).join(' ')).toContain(words));

it('[KEEP4] the button that deletes says how many', () => {
  expect(deleteWords({ runs: 1_234, held: 12 })).toBe('Delete 1,222 runs');
  expect(deleteWords({ runs: 2, held: 1 })).toBe('Delete one run');
});

it.each([
  ['', 'Enter a number of days.'],
  ['many', 'Enter a number of days.'],
  ['1.5', 'Enter whole days.'],
  ['0', 'At least one day.'],
  ['-3', 'At least one day.'],
  ['36501', 'At most 36500 days.'],
  ['30', null],
])('[KEEP4] a period of %j: %s', (text, problem) => expect(daysProblem(text)).toBe(problem));
