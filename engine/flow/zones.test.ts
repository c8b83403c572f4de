import { expect, it } from 'vitest';
import { nearestZone, zones } from './zones';

it.each([
  ['Europe/Berln', 'Europe/Berlin'],
  ['Berlin', 'Europe/Berlin'],
  [' new york ', 'America/New_York'],
  ['America/New York', 'America/New_York'],
  ['Mars/Base', null],
  ['+02:00', null],
  ['', null],
])('a misspelt time zone %s means %s', (given, meant) => {
  expect(nearestZone(given)).toBe(meant);
});

it('UTC is among the zones once, and first', () => {
  expect(zones().filter((zone) => zone === 'UTC')).toEqual(['UTC']);
  expect(zones()[0]).toBe('UTC');
});
