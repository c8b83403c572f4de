// @vitest-environment jsdom
/** The rule is in selection-bar.tsx. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { SelectionBar } from './selection-bar';
import type { Selection } from './use-selection';

beforeAll(answerForLayout);
afterEach(cleanup);

const selection = { isAll: true, runs: [], isTooMany: false, clear: () => undefined } as unknown as Selection;

test.each([
  [true, ['pause', 'resume']],
  [false, []],
])('[SLB1] on a cluster: %s', async (isCluster, disabled) => {
  const onAct = vi.fn();
  const bar = { total: 3, hasMore: false, isOneFlow: true, disabledReason: null };
  render(<SelectionBar {...bar} selection={selection} isCluster={isCluster} onAct={onAct} />);
  await userEvent.click(screen.getByRole('button', { name: 'More' }));
  const items = await screen.findAllByRole('menuitem');
  const off = items
    .filter((item) => item.getAttribute('aria-disabled') === 'true')
    .map(({ textContent }) => textContent);
  expect(off).toHaveLength(disabled.length);
  for (const [index, name] of disabled.entries())
    expect(off[index]?.toLowerCase()).toContain(`${name}…a temporal cluster does this to one run at a time`);
});
