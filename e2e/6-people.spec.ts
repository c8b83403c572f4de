/** Two people in two browsers: one invites the other, whose permissions change while signed in and end at once. */
import type { Page } from '@playwright/test';
import type { InboxTask } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import { EXAMPLE, expect, test, type Api } from './product/journey';

const BOB = { name: 'Bob Noyce', email: 'bob@example.com', password: 'another horse battery' };

async function invite(desk: Page): Promise<string> {
  await desk.goto('/settings/people');
  await desk.getByRole('button', { name: 'Invite' }).click();
  const dialog = desk.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('E-mail').fill(BOB.email);
  await dialog.getByRole('button', { name: 'Create the link' }).click();
  const made = desk.getByRole('dialog', { name: `A link for ${BOB.email}` });
  const link = await made.getByLabel('Link', { exact: true }).innerText();
  await made.getByRole('button', { name: 'Done' }).click();
  return link;
}
async function join(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(BOB.name);
  await page.getByLabel('Password').fill(BOB.password);
  await page.getByRole('button', { name: 'Create my account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
}
const startable = async (api: Api) => (await api.scenarios()).some(({ name }) => name === 'large-order');

test('a person is invited, joins, is promoted while signed in, decides, and is signed out at once', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const link = await invite(desk);
  const other = await browser.newContext({ baseURL });
  const bob = await other.newPage();
  await join(bob, link);
  // The link works once.
  const again = await (await browser.newContext({ baseURL })).newPage();
  await again.goto(link);
  await expect(again.getByText(/used|no longer|does not count/)).toBeVisible();
  await again.context().close();

  // A viewer sees the button and the reason why it is disabled.
  expect(await startable(api)).toBe(true);
  await bob.goto(pages.flow(EXAMPLE));
  const start = bob.getByRole('link', { name: 'Start a run' }).or(bob.getByRole('button', { name: 'Start a run' }));
  await expect(start).toHaveAttribute('aria-disabled', 'true');

  // As an approver, Bob decides about the run that Ada started, without a new sign-in.
  await desk.getByRole('button', { name: `What to do with ${BOB.name}` }).click();
  await desk.getByRole('menuitem', { name: /Roles/ }).click();
  const roles = desk.getByRole('dialog', { name: `Roles of ${BOB.name}` });
  await roles.getByLabel('Role 1', { exact: true }).click();
  await desk.getByRole('option', { name: 'Approver' }).click();
  await roles.getByRole('button', { name: /Save|Set/ }).click();
  await expect(roles).toBeHidden();
  const run = await api.start('large-order', { amount: 77_700 });
  const asked = async () =>
    (await api.get<{ tasks: InboxTask[] }>(routes.inbox())).tasks.find((each) => each.workflowId === run.workflowId);
  await expect.poll(asked, { timeout: 45_000 }).toBeTruthy();
  await bob.goto(pages.task((await asked())?.taskId ?? ''));
  await bob.getByRole('button', { name: 'Approve', exact: true }).click();
  await bob
    .getByRole('dialog')
    .getByRole('button', { name: /Approve/ })
    .click();
  await api.standsAs(run, 'completed');

  // After Bob is deactivated, his open page leads to the sign-in.
  await desk.getByRole('button', { name: `What to do with ${BOB.name}` }).click();
  await desk.getByRole('menuitem', { name: /Deactivate/ }).click();
  const dialog = desk.getByRole('dialog', { name: `Deactivate ${BOB.name}?` });
  await dialog.getByRole('button', { name: /Deactivate/ }).click();
  await expect(bob).toHaveURL(/\/sign-in/);
  expect((await other.request.get('/api/runs')).status()).toBe(401);
  await other.close();
});
