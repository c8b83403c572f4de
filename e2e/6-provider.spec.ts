/** Signing in by an OpenID Connect provider, a real one: by a domain, by an invitation, refused, connected, disconnected. */
import type { Browser, Page } from '@playwright/test';
import { CLIENT, startProvider, type Claims, type TestProvider } from '../app/_server/people/testing/provider';
import { pages, routes } from '../app/_contract/routes';
import { ACCOUNT, Api, expect, signIn, test } from './product/journey';
import { startProduct, type Product } from './product/product';

let provider: TestProvider;
let product: Product;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  product = await startProduct({
    env: async (url) => {
      provider = await startProvider(`${url}${routes.finishWithProvider()}`);
      return {
        BACKSTITCH_OIDC_ISSUER: provider.issuer,
        BACKSTITCH_OIDC_CLIENT_ID: CLIENT.id,
        BACKSTITCH_OIDC_CLIENT_SECRET: CLIENT.secret,
        BACKSTITCH_OIDC_NAME: 'Acme',
        BACKSTITCH_OIDC_DOMAINS: 'acme.test',
        BACKSTITCH_OIDC_ROLE: 'viewer',
      };
    },
  });
});
test.afterAll(async () => {
  await product?.remove();
  await provider?.close();
});

/** In a browser of their own, as the provider keeps them signed in there. Goes to `path` first. */
async function enter(browser: Browser, person: Claims, path: string): Promise<Page> {
  provider.person = person;
  const page = await (await browser.newContext({ baseURL: product.url })).newPage();
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in with Acme' }).click();
  return page;
}

test('people sign in by the provider, and disconnect it', async ({ browser }) => {
  const admin = await browser.newContext({ baseURL: product.url });
  await signIn(admin.request);

  // Somebody of the domain: their first sign-in makes the account, and leads to where they were going.
  const carl = await enter(
    browser,
    { sub: 'c-1', email: 'carl@acme.test', email_verified: true, name: 'Carl' },
    '/runs'
  );
  await expect(carl).toHaveURL(`${product.url}/runs`);
  await expect(carl.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();
  await carl.goto(pages.account());
  await expect(carl.getByText('It is the only way in which you can sign in')).toBeVisible();
  await expect(carl.getByRole('button', { name: 'Disconnect' })).toHaveAttribute('aria-disabled', 'true');

  // Somebody else needs an invitation.
  const ida: Claims = { sub: 'i-1', email: 'ida@else.test', email_verified: true, name: 'Ida' };
  const stranger = await enter(browser, ida, pages.account());
  await expect(stranger.getByText(/no account and no invitation/)).toBeVisible();
  await new Api(admin.request).post(routes.invite(), {
    email: ida.email,
    name: 'Ida Rhodes',
    grants: [{ role: 'viewer', flow: null }],
  });
  const invited = await enter(browser, ida, pages.account());
  await expect(invited.getByText('Ida Rhodes · ida@else.test')).toBeVisible();

  // Somebody with a password: connected by the verified address, and disconnected with the password.
  const { email, password } = ACCOUNT;
  const ada = await enter(browser, { sub: 'a-1', email, email_verified: true }, pages.account());
  await expect(ada.getByRole('heading', { level: 2, name: 'Sign-in by Acme' })).toBeVisible();
  await ada.getByRole('button', { name: 'Disconnect' }).click();
  const asked = ada.getByRole('dialog', { name: 'Disconnect Acme?' });
  await asked.getByLabel('Your password').fill(password);
  await asked.getByRole('button', { name: 'Disconnect' }).click();
  await expect(asked).toBeHidden();
  await expect(ada.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expect(ada.getByRole('heading', { level: 2, name: 'Sign-in by Acme' })).toHaveCount(0);
});
