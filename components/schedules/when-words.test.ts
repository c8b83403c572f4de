/** Rule WHW1: when-words.ts. */
import { expect, test } from 'vitest';
import type { When } from '@/app/_contract/schedules';
import { whenWords } from './when-words';

const zone = 'Europe/Berlin';
const weekly = (days: number[], times = ['09:00']): When => ({ kind: 'weekly', days, times, zone });

test.each<[When, string]>([
  [{ kind: 'every', count: 1, unit: 'hours' }, 'Every hour'],
  [{ kind: 'every', count: 15, unit: 'minutes' }, 'Every 15 minutes'],
  [weekly([5, 1, 2, 3, 4]), 'Every weekday at 09:00 in Europe/Berlin'],
  [weekly([0, 1, 2, 3, 4, 5, 6], ['09:00', '17:30']), 'Every day at 09:00 and 17:30 in Europe/Berlin'],
  [weekly([0, 6]), 'Every Saturday and Sunday at 09:00 in Europe/Berlin'],
  [weekly([2, 3, 4]), 'Tuesday to Thursday at 09:00 in Europe/Berlin'],
  [weekly([1, 3, 5]), 'Every Monday, Wednesday and Friday at 09:00 in Europe/Berlin'],
  [{ kind: 'monthly', day: 'last', times: ['18:00'], zone }, 'On the last day of the month at 18:00 in Europe/Berlin'],
  [{ kind: 'monthly', day: 3, times: ['18:00'], zone }, 'On day 3 of the month at 18:00 in Europe/Berlin'],
  [
    { kind: 'monthly', day: 31, times: ['18:00'], zone: 'America/New_York' },
    'On day 31 of every month that has one at 18:00 in America/New York',
  ],
  [{ kind: 'cron', text: '*/5 * * * *', zone: 'UTC' }, 'By cron */5 * * * * in UTC'],
])('[WHW1] %j is said as it is meant', (when, words) => {
  expect(whenWords(when)).toBe(words);
});
