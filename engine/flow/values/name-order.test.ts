import { expect, it } from 'vitest';
import { byName } from './name-order';

it('names with numbers are in the order of the numbers', () => {
  expect(['thing 107', 'Thing 2', 'thing 17', 'revision v2.10', 'revision v2.9'].sort(byName)).toEqual([
    'revision v2.9',
    'revision v2.10',
    'Thing 2',
    'thing 17',
    'thing 107',
  ]);
});
