// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Preferences } from '@/app/_contract/account';
import { useDirection } from '@/components/canvas/use-direction';
import { usePreferences } from './preferences';
import { useTheme } from './theme';

const said: string[] = [];
vi.mock('@/components/ui/toast', () => ({ toast: { error: (words: string) => said.push(words) } }));

const sent: unknown[] = [];
let answers = true;
beforeEach(() => {
  said.length = 0;
  sent.length = 0;
  answers = true;
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    sent.push(JSON.parse(body));
    if (!answers) throw new TypeError('Failed to fetch');
    return Response.json({ preferences: {} });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

function Page({ kept }: { kept: Preferences }) {
  const [zone, setZone] = usePreferences(kept);
  const { direction, turn } = useDirection();
  const [theme] = useTheme();
  return (
    <>
      <p>{[zone, direction, theme].join(' ')}</p>
      <button onClick={() => setZone('UTC')}>UTC</button>
      <button onClick={turn}>Turn</button>
    </>
  );
}
const shown = () => screen.getByRole('paragraph').textContent;
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve)));

test('[PRF3] a choice takes effect and is sent; one that cannot be sent holds in this browser, and that is said', async () => {
  const { unmount } = render(<Page kept={{}} />);
  expect(shown()).toBe('local down system');
  await userEvent.click(screen.getByText('UTC'));
  answers = false;
  await userEvent.click(screen.getByText('Turn'));
  await settled();
  expect(shown()).toBe('UTC sideways system');
  expect(sent).toEqual([{ zone: 'UTC' }, { direction: 'sideways' }]);
  expect(said).toEqual(['Chosen for this browser only.']);
  unmount();
  render(<Page kept={{}} />);
  expect(shown()).toBe('UTC sideways system');
});

test('[PRF4] a browser takes over what was chosen elsewhere, keeps the rest, and sends nothing', async () => {
  localStorage.setItem('drawing-direction', 'sideways');
  const { unmount } = render(<Page kept={{ zone: 'UTC', theme: 'dark' }} />);
  await settled();
  expect(shown()).toBe('UTC sideways dark');
  unmount();
  render(<Page kept={{ direction: 'down' }} />);
  await settled();
  expect(shown()).toBe('UTC down dark');
  expect(sent).toEqual([]);
});
