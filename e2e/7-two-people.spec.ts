/**
 * Two people edit one draft, one of them without a connection: both come to one draft, and nothing is lost without a
 * word.
 */
import type { BrowserContext, Page } from '@playwright/test';
import type { DraftDetail } from '../app/_contract/drafts';
import type { MadeLink } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import { openCut, type Cut } from './product/cut';
import { expect, test as journeys } from './product/journey';
import { productUrl } from './product/start';

interface Guest {
  page: Page;
  context: BrowserContext;
  cut: Cut;
}
/** A second account in a second browser, whose connection can be cut. */
const test = journeys.extend<{ bob: Guest }>({
  bob: async ({ browser, api, desk: _ }, use) => {
    const cut = await openCut({ host: '127.0.0.1', port: Number(new URL(productUrl()).port) });
    const context = await browser.newContext({ baseURL: `http://127.0.0.1:${cut.port}` });
    const email = `bob-${crypto.randomUUID()}@example.com`;
    const { url } = await api.post<MadeLink>(routes.invite(), { email, grants: [{ role: 'designer', flow: null }] });
    const page = await context.newPage();
    const { pathname, hash } = new URL(url);
    await page.goto(`${pathname}${hash}`);
    await page.getByLabel('Your name').fill('Bob Moss');
    await page.getByLabel('Password').fill('another horse battery');
    await page.getByRole('button', { name: 'Create my account' }).click();
    await expect(page).not.toHaveURL(/\/join/);
    await use({ page, context, cut });
    await context.close();
    await cut.close();
  },
});

const wait = (id: string, title: string) => ({ id, kind: 'wait', title, duration: '5s' });
const DOCUMENT = {
  format: 2,
  name: 'together',
  title: 'Together',
  input: { type: 'object' },
  steps: [wait('one', 'One'), wait('two', 'Two'), wait('three', 'Three'), wait('four', 'Four')],
};

const title = (page: Page) => page.getByRole('textbox', { name: 'Title', exact: true }).first();
const face = (page: Page, id: string) => page.locator(`#face-${id}`);
async function select(page: Page, id: string): Promise<void> {
  await face(page, id).click();
  await expect(page).toHaveURL(new RegExp(`node=${id}`));
}
async function retitle(page: Page, id: string, to: string): Promise<void> {
  await select(page, id);
  await title(page).fill(to);
  await title(page).press('Enter');
  await title(page).blur();
}
const saved = (page: Page) => expect(page.getByText('Saved', { exact: true })).toBeVisible();

test('two people edit while one is cut off: what no longer applies is shown, and both see the same draft', async ({
  desk: ada,
  bob: { page: bob, cut },
  api,
}) => {
  const id = crypto.randomUUID();
  await api.post(routes.drafts(), { id, from: { kind: 'document', document: DOCUMENT } });
  await Promise.all([ada.goto(pages.draft(id)), bob.goto(pages.draft(id))]);
  await expect(ada.getByRole('list', { name: 'Also here' })).toContainText('BM');
  await expect(bob.getByRole('list', { name: 'Also here' })).toContainText('AB');

  // A field in which the other person types is marked.
  await select(ada, 'one');
  await select(bob, 'one');
  await title(bob).press('End');
  await title(bob).pressSequentially(' by Bob');
  await expect(ada.getByText('Bob Moss: typing here')).toBeVisible();
  await title(bob).blur();
  await expect(face(ada, 'one-by-bob')).toBeVisible();
  await expect(ada.getByText('Bob Moss: typing here')).toHaveCount(0);
  await Promise.all([saved(ada), saved(bob)]);

  cut.shut();
  await retitle(bob, 'two', 'Two, cut off');
  await retitle(bob, 'three', 'Three, cut off');
  await select(bob, 'four');
  await bob.keyboard.press('Delete');
  await retitle(bob, 'one-by-bob', 'First');
  await expect(bob.getByText(/Offline: \d changes? kept/)).toBeVisible();
  // Who is here is not known without a connection.
  await expect(bob.getByRole('list', { name: 'Also here' })).toHaveCount(0);

  await select(ada, 'two');
  await ada.keyboard.press('Delete');
  await retitle(ada, 'three', 'Three by Ada');
  await retitle(ada, 'four', 'Four by Ada');
  await saved(ada);

  cut.open();
  await saved(bob);
  // What no longer applies is shown with what was entered; what only met a new id applies.
  const held = bob.getByRole('list', { name: 'Edits that need a look' });
  await expect(held).toContainText('Not done: Change the title of Two. The step or branch was deleted');
  await expect(held).toContainText('What you entered: Two, cut off');
  await expect(held).toContainText('replaced what somebody else had just entered: Three by Ada');
  await expect(held).toContainText("You deleted 'Four by Ada', which somebody else had just changed.");
  for (const page of [ada, bob]) {
    await expect(face(page, 'three-cut-off')).toBeVisible();
    await expect(face(page, 'first')).toBeVisible();
    await expect(page.locator('[id^="face-"]')).toHaveCount(2);
  }
  const { draft } = await api.get<DraftDetail>(routes.draft(id));
  expect(draft.steps.map((step) => [step.id, step.fields.title])).toEqual([
    ['first', 'First'],
    ['three-cut-off', 'Three, cut off'],
  ]);

  // Whoever looks at a step is told who deletes it.
  await expect(bob.getByRole('list', { name: 'Also here' })).toContainText('AB');
  await select(ada, 'first');
  await select(bob, 'first');
  await bob.keyboard.press('Delete');
  await expect(ada.getByText("'First', which you had selected, was deleted by Bob Moss.")).toBeVisible();
  await ada.keyboard.press('Control+k');
  await ada.getByRole('combobox', { name: 'Search and commands' }).fill('delete');
  await expect(ada.getByText("'First' is no longer in this flow. Select another step.")).toBeVisible();
});
