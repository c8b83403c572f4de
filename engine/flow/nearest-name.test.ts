import { expect, test } from 'vitest';
import { nearestName } from './nearest-name';

test.each([
  ['inptu', ['input', 'output', 'charge'], 'input'],
  ['Amount', ['amount', 'account'], 'amount'],
  ['reserv', ['reserve', 'reserved', 'charge'], 'reserve'],
  ['custmerName', ['customerName', 'customerNames'], 'customerName'],
  ['x', ['y', 'input'], null],
  ['total', ['input', 'charge'], null],
  ['itex', ['item', 'ites'], null],
  ['ab', ['ba'], 'ba'],
])('[NN1] %s among %j: %s', (given, names, meant) => {
  expect(nearestName(given, names)).toBe(meant);
});

test('[NN1] a long name among thousands takes no time', () => {
  const names = Array.from({ length: 5_000 }, (_, index) => `operationNumber${index}WithAName`);
  expect(nearestName('x'.repeat(10_000), names)).toBeNull();
  expect(nearestName('operationNumber77WithNAme', names)).toBe('operationNumber77WithAName');
});
