/** A person's own account: where they are signed in, and their password; and the check of the audit trail. */
import type { Browser, Page } from '@playwright/test';
import { pages, routes } from '../app/_contract/routes';
import { expect, test } from './product/journey';

const CORA = { name: 'Cora Hopper', email: 'cora@example.com', password: 'a third horse battery' };
const NEXT = 'a fourth horse battery';

async function signedIn(browser: Browser, baseURL: string | undefined, password = CORA.password): Promise<Page> {
  const page = await (await browser.newContext({ baseURL })).newPage();
  await page.goto(pages.signIn());
  await page.getByLabel('E-mail').fill(CORA.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  return page;
}
const home = (page: Page) => page.getByRole('heading', { level: 1, name: 'Home' });

test('a person ends a session that is not theirs and changes the password; nothing in the audit trail was changed', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const { url } = await api.post<{ url: string }>(routes.invite(), {
    email: CORA.email,
    name: CORA.name,
    grants: [{ role: 'viewer', flow: null }],
  });
  await (
    await browser.newContext({ baseURL })
  ).request.post(routes.useLink(), {
    data: { token: url.split('#')[1], name: CORA.name, password: CORA.password },
  });
  const [here, there] = [await signedIn(browser, baseURL), await signedIn(browser, baseURL)];
  await expect(home(here)).toBeVisible();
  await expect(home(there)).toBeVisible();

  await here.getByRole('button', { name: /settings and sign out/ }).click();
  await here.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(here.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expect(here.getByText('This browser')).toHaveCount(1);
  await here.getByRole('button', { name: /^Sign out of Chrome/ }).click();
  await expect(here.getByText('Signed out there.')).toBeVisible();
  // The open page of the other browser notices at once.
  await expect(there).toHaveURL(/\/sign-in/);
  await expect(here.getByRole('button', { name: /^Sign out of/ })).toHaveCount(0);

  await here.getByRole('button', { name: 'Change the password' }).click();
  const dialog = here.getByRole('dialog', { name: 'Change the password' });
  await dialog.getByLabel('Password of now').fill('not this one');
  await dialog.getByLabel('New password').fill(NEXT);
  await dialog.getByRole('button', { name: 'Change the password' }).click();
  await expect(dialog.getByText('This is not your password of now.')).toBeVisible();
  await dialog.getByLabel('Password of now').fill(CORA.password);
  await dialog.getByRole('button', { name: 'Change the password' }).click();
  await expect(dialog).toBeHidden();
  const old = await signedIn(browser, baseURL);
  await expect(old.getByText('The e-mail address or the password is wrong.')).toBeVisible();
  // Without a mail server it says who makes a link.
  await old.getByRole('button', { name: 'Forgot the password?' }).click();
  await expect(old.getByText(/Ask an administrator/)).toBeVisible();
  await expect(home(await signedIn(browser, baseURL, NEXT))).toBeVisible();

  await desk.goto(pages.audit());
  await desk.getByRole('button', { name: 'Check the trail' }).click();
  const check = desk.getByRole('dialog', { name: 'Check the audit trail' });
  await check.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(check.getByText(/none was changed, removed or added/)).toBeVisible();
  const head = await check.getByLabel('Head', { exact: true }).innerText();
  await check.getByLabel('Head of an earlier check').fill(head);
  await check.getByRole('button', { name: 'Check again' }).click();
  await expect(check.getByText(/none was changed, removed or added/)).toBeVisible();
  for (const page of [here, there, old]) await page.context().close();
});

test('how times and numbers are written goes with the person to another browser', async ({
  desk,
  browser,
  baseURL,
}) => {
  await desk.goto(pages.runs());
  const chosen = async (page: Page, name: string) => {
    await page.getByRole('button', { name: /settings and sign out/ }).click();
    const choice = page.getByRole('menuitemradio', { name });
    const isChosen = (await choice.getAttribute('aria-checked')) === 'true';
    await choice.click();
    return isChosen;
  };
  const sent = () => desk.waitForResponse((answer) => answer.url().endsWith(routes.preferences()) && answer.ok());
  expect(await Promise.all([chosen(desk, 'UTC'), sent()]).then(([was]) => was)).toBe(false);
  const elsewhere = await browser.newContext({
    baseURL,
    storageState: { cookies: await desk.context().cookies(), origins: [] },
  });
  const other = await elsewhere.newPage();
  await other.goto(pages.runs());
  expect(await chosen(other, 'UTC')).toBe(true);
  await elsewhere.close();
  // The journeys that follow read local times.
  await Promise.all([chosen(desk, 'As this browser'), sent()]);
});
