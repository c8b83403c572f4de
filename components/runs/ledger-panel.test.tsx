// @vitest-environment jsdom
/**
 * The ledger of a run with many effects.
 *
 * Rules
 * [LP1] It shows a hundred effects at first and more on request, in the same order.
 * [LP2] An effect that failed to be undone, or that may have happened, is always shown.
 */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Ledger, LedgerEntry } from '@/engine/run-view/model';
import { LedgerPanel } from './ledger-panel';

afterEach(cleanup);

const entry = (item: number, state: LedgerEntry['state'] = 'standing'): LedgerEntry => ({
  nodeId: 'box',
  activityId: `box~${item}`,
  title: `Box (item ${item})`,
  undoTitle: null,
  effect: 'reversible',
  state,
  happened: state === 'mayStand' ? 'maybe' : 'yes',
  underWay: false,
  answersByMs: null,
  undoRan: false,
  mayBeUndone: false,
  answeredLateMs: null,
  undoOrder: null,
  sinceMs: null,
  failure: null,
  decidedBy: null,
  carried: false,
  heldBy: null,
});
const titles = () => screen.getAllByText(/^Box/).map(({ textContent }) => textContent);

test('[LP1] [LP2] of 250 effects a hundred are shown, those that need somebody, and the others on request', () => {
  const entries = Array.from({ length: 250 }, (_, index) => entry(index + 1, index === 4 ? 'mayStand' : 'standing'));
  const ledger: Ledger = { entries, remains: 249, mayRemain: 1, left: 250 };
  render(<LedgerPanel ledger={ledger} selected={null} onSelect={() => {}} />);
  expect(titles()).toHaveLength(101);
  expect(titles()[0]).toBe('Box (item 250)');
  expect(titles().at(-1)).toBe('Box (item 5)');
  fireEvent.click(screen.getByText('Show 100 more of 149'));
  expect(titles()).toHaveLength(201);
  fireEvent.click(screen.getByText('Show 49 more of 49'));
  expect(titles().at(-1)).toBe('Box (item 1)');
  expect(screen.queryByText(/more of/)).toBeNull();
});
