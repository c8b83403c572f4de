/** A rule tells a person and a pager of a run whose undo failed, until somebody has mended it. */
import AxeBuilder from '@axe-core/playwright';
import { request as requests, type Page } from '@playwright/test';
import { pages, routes } from '../app/_contract/routes';
import { Receiver } from '../app/_server/alerts/testing/receiver';
import { headerOf, PostOffice, textOf } from '../app/_server/testing/post-office';
import { ACCOUNT, Api, expect, signIn, test } from './product/journey';
import { startProduct, type Product } from './product/product';

const office = new PostOffice();
let pager: Receiver;
let product: Product;
let api: Api;
test.beforeAll(async () => {
  await office.open();
  pager = await new Receiver().open();
  product = await startProduct({ env: { BACKSTITCH_SMTP_URL: office.url } });
  const request = await requests.newContext({ baseURL: product.url });
  await signIn(request);
  await request.post(routes.installExample(), { data: {} });
  api = new Api(request);
});
test.afterAll(async () => {
  await product.remove();
  await office.close();
  pager.close();
});

async function demandAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('a rule is made with one press and told a pager; an undo fails, is acknowledged and mended, and all are told', async ({
  browser,
}) => {
  const context = await browser.newContext({ baseURL: product.url, storageState: await api.request.storageState() });
  const desk = await context.newPage();
  await desk.goto(pages.alerts());
  await expect(desk.getByText('Nobody is told of anything yet')).toBeVisible();
  await demandAccessible(desk);
  await desk.getByRole('button', { name: 'Tell me when an undo fails' }).click();
  const rules = desk.getByRole('list', { name: 'Rules' });
  await expect(rules.getByRole('listitem')).toContainText(
    `When an undo fails in any flow tell ${ACCOUNT.name} at once, and again every hour.`
  );

  await desk.getByRole('button', { name: 'New destination' }).click();
  const added = desk.getByRole('dialog', { name: 'New destination' });
  await added.getByLabel('Name').fill('Night shift');
  await added.getByLabel('Address').fill(pager.address);
  await added.getByRole('button', { name: 'Add it' }).click();
  await expect(added.getByText('Enter the routing key.')).toBeVisible();
  await added.getByLabel('Routing key').fill('R0UT1NGKEY');
  await added.getByRole('button', { name: 'Add it' }).click();
  await desk.getByRole('button', { name: 'Send a test to Night shift' }).click();
  await expect(desk.getByText(/The test arrived/)).toBeVisible();
  expect(pager.actions).toEqual(['trigger', 'resolve']);
  pager.heard.length = 0;

  await rules.getByRole('button', { name: /^Change the rule/ }).click();
  const form = desk.getByRole('dialog', { name: 'Change the rule' });
  await expect(form.getByText('Now it would find nothing.')).toBeVisible();
  await demandAccessible(desk);
  await form.getByLabel('Night shift').click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(rules.getByRole('listitem')).toContainText('Night shift');

  const run = await api.start('refund-fails');
  await api.standsAs(run, 'needsHand');
  await expect.poll(() => pager.actions, { timeout: 60_000 }).toEqual(['trigger']);
  await expect.poll(() => office.letters.length, { timeout: 30_000 }).toBe(1);
  expect(headerOf(office.letters[0]!, 'subject')).toMatch(/^An undo failed: undo of /);
  expect(textOf(office.letters[0]!)).toContain('1 run since');
  const open = desk.getByRole('list', { name: 'Open alerts' });
  await expect(open.getByRole('listitem')).toHaveCount(1, { timeout: 30_000 });
  await open.getByText('2 told').click();
  await expect(open.getByRole('list', { name: 'Who was told' })).toContainText('Opened · Night shift · told');
  await demandAccessible(desk);
  await desk.goto(pages.home());
  await expect(desk.getByRole('link', { name: /An undo failed: .* An open alert/ })).toBeVisible();
  await desk.getByRole('link', { name: /An open alert/ }).click();
  await open.getByRole('button', { name: /^Acknowledge/ }).click();
  await expect(open.getByText(`Acknowledged by ${ACCOUNT.name}`)).toBeVisible();
  await expect.poll(() => pager.actions, { timeout: 30_000 }).toEqual(['trigger', 'acknowledge']);

  // Its link leads to the run that needs somebody.
  await open.getByRole('link', { name: /^An undo failed/ }).click();
  await expect(desk.getByRole('link', { name: run.workflowId })).toBeVisible();
  await desk.goto(pages.run(run.workflowId, run.runId));
  await desk.getByRole('button', { name: 'I undid it by hand' }).first().click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Refunded at the bank.');
  await dialog.getByRole('button', { name: 'I undid it by hand' }).click();
  await expect.poll(() => pager.actions, { timeout: 120_000 }).toEqual(['trigger', 'acknowledge', 'resolve']);
  await expect.poll(() => office.letters.length, { timeout: 30_000 }).toBe(2);
  expect(headerOf(office.letters[1]!, 'subject')).toMatch(/^Over: An undo failed/);

  const phone = await context.newPage();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.goto(pages.alerts());
  await expect(phone.getByText('Nothing is open.')).toBeVisible();
  await expect(phone.getByRole('list', { name: 'Alerts that are over' }).getByRole('listitem')).toHaveCount(1);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await demandAccessible(phone);
});
