// @vitest-environment jsdom
/** [TZD1] A zone is found by its city, by the name that it has now, and by its region; what is chosen is its IANA name. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { zones } from '@/engine/flow/zones';
import { ZoneDialog } from './zone-dialog';

afterEach(cleanup);

test('[TZD1] a zone is found by its city, by the name that it has now, and by its region', async () => {
  const chosen: string[] = [];
  const ended: string[] = [];
  render(<ZoneDialog zone="local" onZone={(zone) => chosen.push(zone)} onClose={() => ended.push('closed')} />);
  const search = screen.getByRole('combobox', { name: 'Time zones' });
  for (const [typed, ends] of [
    ['kolkata', /Calcutta|Kolkata/],
    ['kyiv', /Kiev|Kyiv/],
    ['new york', /New_York/],
    ['europe berlin', /Berlin/],
  ] as const) {
    await userEvent.clear(search);
    await userEvent.paste(typed);
    await userEvent.keyboard('{Enter}');
    expect(chosen.at(-1)).toMatch(ends);
    expect(zones()).toContain(chosen.at(-1));
  }
  await userEvent.clear(search);
  await userEvent.paste('nowhere at all');
  await userEvent.keyboard('{Enter}');
  expect([chosen.length, ended.length]).toEqual([4, 4]);
  expect(screen.getByText('Nothing matches.')).toBeTruthy();
});
