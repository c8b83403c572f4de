/**
 * Steps are drawn and reverted with the keyboard; then a draft is edited while the line is cut.
 */
import type { DraftDetail, DraftSummary } from '../app/_contract/drafts';
import { pages, routes } from '../app/_contract/routes';
import { expect, test } from './product/journey';

const titlesOf = ({ draft }: DraftDetail) => draft.steps.map(({ fields }) => fields.title);

test('steps are added, reverted and deleted without a mouse, and a reload keeps the draft and its entries', async ({
  desk: page,
  api,
}) => {
  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await page.getByRole('dialog').getByLabel('Title').fill('Greeting by keyboard');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/drafts\//);
  const id = new URL(page.url()).pathname.split('/')[2]!;

  // The only slot of an empty flow is reached by Tab.
  const first = page.getByRole('button', { name: 'Insert the first step' });
  await expect(first).toBeVisible();
  await first.focus();
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Search for a step').last().fill('log');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Title', exact: true }).first().fill('Say hello');
  await page.keyboard.press('Enter');
  await expect(page.locator('#face-say-hello')).toBeFocused();

  await page.keyboard.press('a');
  await page.getByPlaceholder('Search for a step').last().fill('wait');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Let it sink in');
  await page.keyboard.press('Enter');
  await expect(page.locator('#face-let-it-sink-in')).toBeFocused();

  // The arrow keys select; the edit is reverted and done again.
  await page.keyboard.press('ArrowUp');
  await expect(page).toHaveURL(/node=say-hello/);
  await page.keyboard.press('Control+d');
  await expect(page.locator('#face-say-hello-2')).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(page.locator('#face-say-hello-2')).toHaveCount(0);

  await page.locator('#face-let-it-sink-in').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/node=let-it-sink-in/);
  await page.keyboard.press('Delete');
  await expect(page.locator('#face-let-it-sink-in')).toHaveCount(0);
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  expect(titlesOf(await api.get<DraftDetail>(routes.draft(id)))).toEqual(['Say hello']);

  // A reload finds the draft and what can be reverted.
  await page.reload();
  await expect(page.locator('#face-say-hello')).toBeVisible();
  await expect(page.getByRole('button', { name: /Revert edit: Delete Let it sink in/ })).toBeVisible();
});

test('what is drawn while the line is cut is kept, and sent after a reload', async ({ desk: page, api, context }) => {
  const id = crypto.randomUUID();
  const made = await context.request.post(routes.drafts(), {
    data: { id, from: { kind: 'empty', title: 'Cut off' } },
  });
  expect(((await made.json()) as DraftSummary).number).toBe(0);
  await page.goto(pages.draft(id));
  await expect(page.getByRole('button', { name: 'Insert the first step' })).toBeVisible();
  await page.route('**/gestures**', (route) => route.abort());
  await page.getByRole('searchbox', { name: 'Search for a step to insert' }).fill('Wait');
  await page.getByRole('button', { name: 'Wait', exact: true }).click();
  await page.getByRole('textbox', { name: 'Title', exact: true }).first().fill('On the train');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Offline: \d changes? kept/)).toBeVisible();
  expect(titlesOf(await api.get<DraftDetail>(routes.draft(id)))).toEqual([]);
  await page.unroute('**/gestures**');
  await page.reload();
  await expect(page.locator('#face-on-the-train')).toBeVisible();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect.poll(async () => titlesOf(await api.get<DraftDetail>(routes.draft(id)))).toEqual(['On the train']);
});
