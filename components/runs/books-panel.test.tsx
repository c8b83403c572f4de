// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { BookedUnder } from './books-panel';

afterEach(cleanup);
const sums = [{ title: 'parcels', count: 2 }];
const shown = (references: string[], others: number) =>
  render(<BookedUnder references={references} sums={sums} others={others} />).container;

it('[BKP1] sums of a service that count other runs too are not told of this run', () => {
  expect(shown(['order-1'], 0).textContent).toBe('Booked under order-1 · 2 parcels');
  expect(shown(['order-1'], 3).textContent).toBe('Booked under order-1, by all runs together · 2 parcels');
});

it('[BKP2] a hidden character of a reference is shown by its name', () => {
  expect(shown(['order\u202e-1'], 0).textContent).toContain('U+202E');
  expect(shown(['order\u202e-1'], 0).textContent).not.toContain('\u202e');
});
