/** A second factor: turned on in the account, asked for at the next sign-in, taken away by an administrator. */
import type { Browser, Page } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { pages, routes } from '../app/_contract/routes';
import { expect, test } from './product/journey';

const TESS = { name: 'Tess Hamilton', email: 'tess@example.com', password: 'a fifth horse battery' };
const PERIOD_MS = 30_000;

/** Opens `path`, which leads to the page of sign-ins, and takes the first step. */
async function firstStep(browser: Browser, baseURL: string | undefined, path: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL })).newPage();
  await page.goto(path);
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel('E-mail').fill(TESS.email);
  await page.getByLabel('Password').fill(TESS.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  return page;
}
const enter = async (page: Page, label: 'Code' | 'Recovery code', code: string) => {
  await page.getByLabel(label, { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

test('a person turns on the second factor, signs in with a code and with a recovery code, and loses the phone', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const { url } = await api.post<{ url: string }>(routes.invite(), {
    email: TESS.email,
    name: TESS.name,
    grants: [{ role: 'viewer', flow: null }],
  });
  await (
    await browser.newContext({ baseURL })
  ).request.post(routes.useLink(), { data: { token: url.split('#')[1], password: TESS.password } });

  const here = await firstStep(browser, baseURL, pages.account());
  await expect(here.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await here.getByRole('button', { name: 'Turn on' }).click();
  const asked = here.getByRole('dialog', { name: 'Turn on the second factor' });
  await asked.getByLabel('Your password').fill('not this one');
  await asked.getByRole('button', { name: 'Continue' }).click();
  await expect(asked.getByText('This is not your password of now.')).toBeVisible();
  await asked.getByLabel('Your password').fill(TESS.password);
  await asked.getByRole('button', { name: 'Continue' }).click();

  const added = here.getByRole('dialog', { name: 'Add Backstitch to your app' });
  await expect(added.getByRole('img', { name: /QR code/ })).toBeVisible();
  const key = (await added.getByLabel('Key', { exact: true }).innerText()).replace(/\s/g, '');
  const phone = new TOTP({ secret: Secret.fromBase32(key) });
  /** A phone whose clock is ahead: its codes are taken for longer than this journey needs on a slow machine. */
  const code = (periods: number) => phone.generate({ timestamp: Date.now() + periods * PERIOD_MS });
  const used = code(1);
  await added.getByLabel('Code', { exact: true }).fill('000000');
  await added.getByRole('button', { name: 'Turn on' }).click();
  await expect(added.getByText('This code is not the one that the app shows.')).toBeVisible();
  await added.getByLabel('Code', { exact: true }).fill(used);
  await added.getByRole('button', { name: 'Turn on' }).click();
  const codes = here.getByRole('dialog', { name: 'Keep your recovery codes' });
  await expect(codes.getByRole('listitem')).toHaveCount(10);
  const recovery = await codes.getByRole('listitem').first().innerText();
  const saving = here.waitForEvent('download');
  await codes.getByRole('button', { name: 'Download' }).click();
  expect((await saving).suggestedFilename()).toBe('backstitch-recovery-codes.txt');
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await expect(here.getByText(/10 recovery codes are left/)).toBeVisible();

  // From a link deep in the product, through both steps, to where the link leads.
  const deep = `${pages.runs()}?status=failed`;
  const there = await firstStep(browser, baseURL, deep);
  await expect(there.getByRole('heading', { level: 1, name: 'Enter the code' })).toBeVisible();
  await enter(there, 'Code', '123');
  await expect(there.getByText('Enter the six digits that the app shows.')).toBeVisible();
  await enter(there, 'Code', used);
  await expect(there.getByText(/This code was used already/)).toBeVisible();
  await enter(there, 'Code', code(2));
  await expect(there).toHaveURL(new RegExp(`${deep.replace('?', '\\?')}$`));

  const lost = await firstStep(browser, baseURL, pages.account());
  await lost.getByRole('button', { name: 'Use a recovery code' }).click();
  await enter(lost, 'Recovery code', recovery.toUpperCase());
  await expect(lost.getByText(/9 recovery codes are left/)).toBeVisible();

  await desk.goto(pages.people());
  await desk.getByRole('button', { name: `What to do with ${TESS.name}` }).click();
  await desk.getByRole('menuitem', { name: 'Take away the second factor…' }).click();
  const taking = desk.getByRole('dialog', { name: `Take away the second factor of ${TESS.name}?` });
  await taking.getByRole('button', { name: 'Take it away' }).click();
  await expect(taking).toBeHidden();
  const alone = await firstStep(browser, baseURL, pages.account());
  await expect(alone.getByRole('button', { name: 'Turn on' })).toBeVisible();
  for (const page of [here, there, lost, alone]) await page.context().close();
});
