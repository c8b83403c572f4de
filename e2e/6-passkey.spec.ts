/** A passkey of a browser with a device of its own: added in the account, used to sign in, removed. */
import { pages, routes } from '../app/_contract/routes';
import { expect, test } from './product/journey';

const UMA = { name: 'Uma Goldberg', email: 'uma@example.com', password: 'a sixth horse battery' };

test('a person adds a passkey, signs in with it to where a link leads, and removes it', async ({
  api,
  browser,
  baseURL,
}) => {
  const { url } = await api.post<{ url: string }>(routes.invite(), {
    email: UMA.email,
    name: UMA.name,
    grants: [{ role: 'viewer', flow: null }],
  });
  // Browsers make no passkeys for an address that is a number.
  const named = baseURL?.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext({ baseURL: named });
  await context.request.post(routes.useLink(), { data: { token: url.split('#')[1], password: UMA.password } });
  const page = await context.newPage();
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });

  await page.goto(pages.account());
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText(/No passkey was used/)).toBeVisible();
  await page.getByLabel('E-mail').fill(UMA.email);
  await page.getByLabel('Password').fill(UMA.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a passkey' });
  await adding.getByLabel('Name').fill('The desk');
  await adding.getByLabel('Your password').fill(UMA.password);
  await adding.getByRole('button', { name: 'Continue' }).click();
  await expect(adding).toBeHidden();
  await expect(page.getByText('never used')).toBeVisible();

  /** On a blank page: one of the product would notice that it is signed out, and leave by itself. */
  const signOut = async () => {
    await page.goto('about:blank');
    await context.clearCookies();
  };
  await signOut();
  const deep = `${pages.runs()}?status=failed`;
  await page.goto(deep);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(new RegExp(`${deep.replace('?', '\\?')}$`));

  await page.goto(pages.account());
  await page.getByRole('button', { name: 'What to do with the passkey The desk' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  // Below an open dialog no button is found, whether it is there or not.
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: /What to do with the passkey/ })).toHaveCount(0);
  await signOut();
  await page.goto(pages.account());
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText(/Nobody has this passkey here/)).toBeVisible();
  await context.close();
});
