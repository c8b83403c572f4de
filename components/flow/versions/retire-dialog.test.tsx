// @vitest-environment jsdom
/** [RT] What retiring a version means, before it is done. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { VersionRow } from '@/app/_contract/flows';
import { TooltipProvider } from '@/components/ui/tooltip';
import { consequences, RetireDialog } from './retire-dialog';

const refresh = vi.fn();
vi.mock('next/navigation', () => ({ useRouter: () => ({ refresh }) }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const version = (number: number, openRuns: number | null = 0) => ({ version: number, openRuns });

it('[RT1] the newest version: new runs start with the one before it, open runs go on', () => {
  expect(consequences(version(3, 4), 'retire', [version(2), version(1)])).toMatch(
    /New runs start with version 2 from then on\. Its 4 open runs go on with it\./
  );
});
it('[RT2] an older version changes nothing for runs that name no version; the only one ends all starts', () => {
  expect(consequences(version(1, 1), 'retire', [version(2)])).toMatch(/version 2, as before\. Its open run goes on/);
  expect(consequences(version(1), 'retire', [])).toMatch(/The flow cannot be started at all then\./);
  expect(consequences(version(1, null), 'retire', [version(2)])).toMatch(/Its open runs go on with it\./);
});
it('[RT3] taking it back', () => {
  expect(consequences(version(3), 'unretire', [version(2)])).toBe('New runs start with version 3 again.');
  expect(consequences(version(1), 'unretire', [version(2)])).toMatch(/New runs still start with version 2/);
});

it('[RT4] the page of the flow, which the server renders, is read again: its button starts no retired version', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ version: 3 }));
  const [retired, other] = [version(3), version(2)].map((each) => ({ ...each, retired: null }) as VersionRow);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>
        <RetireDialog flow="till" version={retired!} what="retire" versions={[retired!, other!]} onClose={vi.fn()} />
      </TooltipProvider>
    </QueryClientProvider>
  );
  await userEvent.click(screen.getByRole('button', { name: 'Retire version 3' }));
  await vi.waitFor(() => expect(refresh).toHaveBeenCalledOnce());
});
