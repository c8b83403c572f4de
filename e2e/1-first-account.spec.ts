import type { Page } from '@playwright/test';
import { ACCOUNT, expect, test } from './product/journey';
import { look, SIZES } from './product/look';

test('a new installation leads to the first account, then to the example', async ({ page }) => {
  await page.goto('/runs');
  await expect(page).toHaveURL(/\/first-account$/);
  await lookAtBothSizes(page, 'first-account', page.url());

  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByText('Enter a name. It is shown next to the decisions of this person.')).toBeVisible();

  await page.getByLabel('Your name').fill(ACCOUNT.name);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'At least 10 characters.' })).toBeVisible();

  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: `Welcome, ${ACCOUNT.name}` })).toBeVisible();

  await page.getByRole('button', { name: 'Install the example' }).click();
  await expect(page.getByRole('heading', { name: /Order fulfilment/ })).toBeVisible();
  // The drawing and the TypeScript that runs are shown side by side.
  await expect(page.getByText('Charge payment').first()).toBeVisible();
  await expect(page.getByText("from '@backstitch/saga'")).toBeVisible();
});

test('the first account can be made once', async ({ page, request }) => {
  await page.goto('/first-account');
  await expect(page).toHaveURL(/\/sign-in/);
  const again = await request.post('/api/first-account', { data: { ...ACCOUNT, email: 'eve@example.com' } });
  expect(again.status()).toBe(403);
  expect(await again.json()).toMatchObject({ error: { code: 'signUpClosed' } });
});

test('without a session every page leads to the sign-in and back, and the API refuses', async ({ page, request }) => {
  expect((await request.get('/api/runs')).status()).toBe(401);
  await page.goto('/flows/order-fulfilment?tab=versions');
  await expect(page).toHaveURL(/\/sign-in\?back=/);
  await lookAtBothSizes(page, 'sign-in', page.url());

  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible();

  // On a slow line the form is there before the page's code.
  const code = gate();
  await page.route('**/_next/**/*.js', async (route) => {
    await code.opened;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  code.open();
  await expect(page).toHaveURL(/\/flows\/order-fulfilment\?tab=versions$/);
  await expect(page.getByRole('tab', { name: /Versions/, selected: true })).toBeVisible();
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function lookAtBothSizes(page: Page, name: string, url: string): Promise<void> {
  for (const size of ['phone', 'wide'] as const) {
    await page.setViewportSize(SIZES[size]);
    await look(page, name, url, size);
  }
}
