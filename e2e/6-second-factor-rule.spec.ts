/** 'Everybody needs a second factor': turned on, met by somebody who has none, and turned off. In a product of its own. */
import type { BrowserContext } from '@playwright/test';
import { Secret, TOTP, URI } from 'otpauth';
import type { NewSecondFactor } from '../app/_contract/account';
import type { MadeKey, MadeLink } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import { ACCOUNT, Api, expect, signIn, test } from './product/journey';
import { startProduct, type Product } from './product/product';

const NIA = { name: 'Nia Okoye', email: 'nia@example.com', password: 'a seventh horse battery' };
const VIEWER = [{ role: 'viewer', flow: null }];

let product: Product;
test.beforeAll(async () => {
  test.setTimeout(360_000);
  product = await startProduct();
});
test.afterAll(() => product?.remove());

/** The account of the administrator has a second factor, and there are Nia and a key. */
async function prepare(admin: BrowserContext): Promise<MadeKey> {
  await signIn(admin.request);
  const api = new Api(admin.request);
  const { uri } = await api.post<NewSecondFactor>(routes.prepareSecondFactor(), { password: ACCOUNT.password });
  await api.post(routes.turnOnSecondFactor(), { code: URI.parse(uri).generate() });
  const { url } = await api.post<MadeLink>(routes.invite(), { email: NIA.email, name: NIA.name, grants: VIEWER });
  await api.post(routes.useLink(), { token: url.split('#')[1], password: NIA.password });
  return api.post<MadeKey>(routes.keys(), { name: 'robot', grants: VIEWER, days: null });
}

test('somebody without a second factor sets one up on the way to where they were going', async ({ browser }) => {
  const open = () => browser.newContext({ baseURL: product.url });
  const [admin, nias, robots] = await Promise.all([open(), open(), open()]);
  const { secret } = await prepare(admin);

  const people = await admin.newPage();
  await people.goto(pages.people());
  await people.getByRole('button', { name: 'Require a second factor' }).click();
  const rule = people.getByRole('dialog', { name: 'Require a second factor of everybody?' });
  await expect(rule.getByText(`${NIA.name} · ${NIA.email}`)).toBeVisible();
  await rule.getByRole('button', { name: 'Require it' }).click();
  await expect(people.getByText(`Turned on by ${ACCOUNT.name}`)).toBeVisible();

  const nia = await nias.newPage();
  const wanted = `${pages.runs()}?status=failed`;
  await nia.goto(wanted);
  await nia.getByLabel('E-mail').fill(NIA.email);
  await nia.getByLabel('Password').fill(NIA.password);
  await nia.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(nia.getByRole('heading', { level: 1, name: 'Set up a second factor' })).toBeVisible();
  // Nothing else is open to this session; a key is no person.
  const refused = await nias.request.get(routes.account());
  expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('secondFactorNeeded');
  const asRobot = { headers: { authorization: `Bearer ${secret}` } };
  expect((await robots.request.get(routes.runs(), asRobot)).status()).toBe(200);

  await nia.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const asked = nia.getByRole('dialog', { name: 'Turn on the second factor' });
  await asked.getByLabel('Your password').fill(NIA.password);
  await asked.getByRole('button', { name: 'Continue' }).click();
  const added = nia.getByRole('dialog', { name: 'Add Backstitch to your app' });
  const key = (await added.getByLabel('Key', { exact: true }).innerText()).replace(/\s/g, '');
  await added.getByLabel('Code', { exact: true }).fill(new TOTP({ secret: Secret.fromBase32(key) }).generate());
  await added.getByRole('button', { name: 'Turn on' }).click();
  const codes = nia.getByRole('dialog', { name: 'Keep your recovery codes' });
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await expect(nia).toHaveURL(`${product.url}${wanted}`);
  await expect(nia.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();

  await people.getByRole('button', { name: 'Require no second factor' }).click();
  await people.getByRole('button', { name: 'Require none' }).click();
  await expect(people.getByText(`Turned off by ${ACCOUNT.name}`)).toBeVisible();
  await Promise.all([admin, nias, robots].map((context) => context.close()));
});
