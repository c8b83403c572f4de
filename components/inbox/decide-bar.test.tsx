// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import { DecideBar } from './decide-bar';

afterEach(cleanup);

const bar = (whyNot: string | null, disabledReason: string | null = null) => {
  const onAsk = vi.fn();
  render(
    <TooltipProvider>
      <DecideBar name="Eva" decisions={DECISIONS} onAsk={onAsk} whyNot={whyNot} disabledReason={disabledReason} />
    </TooltipProvider>
  );
  return onAsk;
};
const DECISIONS = [
  { key: 'approve', title: 'Approve', turnsBack: false, requireComment: false },
  { key: 'reject', title: 'Reject', turnsBack: true, requireComment: true },
];
const answer = (name: 'Approve' | 'Reject') => screen.getByRole('button', { name });

test('[DB1] a person who may not decide sees both answers disabled, with the reason beside them', async () => {
  const why = 'You started this run, and somebody else must decide this approval.';
  const onAsk = bar(why);
  expect(screen.getByText(`${why} You may read it.`)).toBeTruthy();
  for (const name of ['Reject', 'Approve'] as const) {
    expect(answer(name).getAttribute('aria-disabled')).toBe('true');
    const described = document.getElementById(answer(name).getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toContain(why);
    await userEvent.click(answer(name));
  }
  expect(onAsk).not.toHaveBeenCalled();
});

test('[DB2] a person who may decide sees the name that will be recorded, and needs one press', async () => {
  const onAsk = bar(null);
  expect(screen.getByText('You decide as Eva.')).toBeTruthy();
  await userEvent.click(answer('Approve'));
  expect(onAsk.mock.calls).toEqual([[DECISIONS[0]]]);
});

test('[DB3] the buttons are disabled for everybody while no decision can be sent', async () => {
  const onAsk = bar(null, 'The link to Backstitch is down.');
  await userEvent.click(answer('Reject'));
  expect(onAsk).not.toHaveBeenCalled();
});
