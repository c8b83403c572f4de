import { expect, test } from 'vitest';
import { ownPath } from './own-path';

test('[EOP1] a path of this site is kept together with its query', () => {
  expect(ownPath('/runs/a%2Fb/c?tab=events#e4')).toBe('/runs/a%2Fb/c?tab=events#e4');
});
test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  'runs',
  '',
  undefined,
  ['/a'],
])('[EOP2] %j is replaced by the home page', (asked) => {
  expect(ownPath(asked)).toBe('/');
});
