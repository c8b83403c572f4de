// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { PageKeysProvider, usePageKeys } from './page-keys';

afterEach(cleanup);

const KEYS = [{ keys: ['j', 'k'], does: 'Next run, previous run' }];
function Runs() {
  usePageKeys(KEYS);
  return <h1>Runs</h1>;
}

test('[PK1] ? shows the keys of the current page, or those of every page if it has none', async () => {
  const page = (list: boolean) => <PageKeysProvider>{list ? <Runs /> : <h1>Home</h1>}</PageKeysProvider>;
  const { rerender } = render(page(true));
  await userEvent.keyboard('?');
  const dialog = () => within(screen.getByRole('dialog', { name: 'Keys on this page' }));
  expect(dialog().getByText('Next run, previous run')).toBeTruthy();
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBe(null);

  rerender(page(false));
  await userEvent.keyboard('?');
  expect(dialog().queryByText('Next run, previous run')).toBe(null);
  expect(dialog().getByText('These keys')).toBeTruthy();
});

test('[PK2] ? is an ordinary letter while somebody types', async () => {
  render(
    <PageKeysProvider>
      <input aria-label="Comment" />
    </PageKeysProvider>
  );
  await userEvent.type(screen.getByLabelText('Comment'), 'why?');
  expect(screen.queryByRole('dialog')).toBe(null);
});
