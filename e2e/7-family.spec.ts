/**
 * A flow with a child flow, drawn in the browser: both are published, a run completes; then a later step fails, and what
 * the child has done is undone. The ledgers of both runs and the books of the service agree.
 */
import type { Page } from '@playwright/test';
import { pages, routes } from '../app/_contract/routes';
import type { RunDetail, RunFamily } from '../app/_contract/runs';
import { project } from '../engine/run-view/project';
import { startFestival, type Festival } from './product/festival';
import { expect, test, type Api } from './product/journey';
import { RunScreen } from './product/run-screen';

let festival: Festival;
test.beforeAll(async () => {
  festival = await startFestival();
});
test.afterAll(() => festival.close());

const search = (page: Page) => page.getByPlaceholder('Search for a step').last();

async function newFlow(page: Page, title: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByPlaceholder('New field').first().fill('festival');
  await page.keyboard.press('Enter');
}

async function insert(page: Page, slot: string, what: string, option = what): Promise<void> {
  await page.getByRole('button', { name: slot }).click();
  await search(page).fill(what);
  // Another journey has connected the same service, and may be over.
  const own = page.locator('[role="option"]:not([data-value^="festival-office"])');
  await own.filter({ hasText: option }).first().click();
  await page.keyboard.press('Enter'); // the title stays as it is
}

async function publish(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByRole('link', { name: 'Start a run' }).click();
  await expect(page).toHaveURL(/\/flows\/[^/]+\/start/);
}

const ledgerOf = async (api: Api, run: { workflowId: string; runId: string }) => {
  const detail = await api.get<RunDetail>(routes.run(run.workflowId, run.runId));
  const { settlements, handedOver, live } = detail;
  return project({ ...live, settlements, handedOver, nowMs: 0 }, detail.manifest!).ledger;
};

test('a child flow is drawn, published and run, and its effects are undone when a later step fails', async ({
  desk: page,
  api,
}) => {
  test.setTimeout(180_000);
  const dialog = page.getByRole('dialog');
  await page.goto(pages.connections());
  await page.getByRole('button', { name: 'New connection' }).first().click();
  await dialog.getByLabel('Title').fill('Site office');
  await dialog.getByLabel('Base address').fill(festival.url);
  await dialog.getByRole('button', { name: 'Create the connection' }).click();
  await page.getByRole('button', { name: 'Import OpenAPI' }).click();
  await dialog.getByRole('textbox', { name: 'Document' }).fill(festival.openApi);
  await dialog.getByRole('button', { name: 'Read it' }).click();
  await dialog.getByRole('button', { name: 'Import 16 operations' }).click();
  await expect(page.getByText('site-office.bookBuses')).toBeVisible();

  // The flow that becomes a child.
  await newFlow(page, 'Prepare the site');
  for (const [thing, slot] of [
    ['field', 'Insert the first step'],
    ['stage', `Insert after 'Book the field'`],
  ] as const) {
    await insert(page, slot, `Book the ${thing}`);
    await page.getByRole('button', { name: 'Use input.festival' }).click();
    await expect(page.getByRole('button', { name: new RegExp(`^Undo: Cancel the ${thing}`) })).toBeVisible();
  }
  await publish(page);

  // The flow that runs it: found in the insert menu among the published flows.
  await newFlow(page, 'Hold a festival');
  await insert(page, 'Insert the first step', 'Prepare the site');
  const card = page.locator('#face-prepare-the-site');
  await expect(card).toHaveAccessibleName(/Prepare the site, .*Runs prepare-the-site/);
  await page.getByRole('button', { name: 'Use input.festival' }).click();
  await expect(page.getByRole('button', { name: /^Undo: Undoes itself/ })).toBeVisible();
  await insert(page, `Insert after 'Prepare the site'`, 'Book the buses');
  await page.getByRole('button', { name: 'Use input.festival' }).click();
  const drawing = page.url();
  await publish(page);
  const startForm = page.url();

  const start = async (name: string): Promise<RunScreen> => {
    await page.goto(startForm);
    await page.getByRole('textbox', { name: 'festival' }).fill(name);
    await page.getByRole('button', { name: /^Start/ }).click();
    await expect(page).toHaveURL(/\/runs\/[^/]+\/[^/]+/);
    return new RunScreen(page);
  };

  let screen = await start('Woodside');
  await expect(page.getByText(/^Completed/).first()).toBeVisible({ timeout: 45_000 });
  expect(festival.bookedFor('Woodside')).toEqual(['field', 'stage', 'buses']);
  await expect(screen.ledger.getByText('Book the field')).toBeVisible();

  // The last step is refused: what the child has done is undone.
  festival.refuse('buses');
  screen = await start('Hillside');
  await page.getByRole('button', { name: 'It did not happen…' }).click();
  expect(festival.bookedFor('Hillside')).toEqual(['field', 'stage']);
  await dialog.getByLabel(/^Reason/).fill('The office has no booking of buses.');
  await dialog.getByRole('button', { name: 'It did not happen' }).click();
  await expect(page.getByText(/all undone/i).first()).toBeVisible({ timeout: 45_000 });
  expect(festival.bookedFor('Hillside')).toEqual([]);

  // The books of both runs agree: the child handed over what it had done, and its page shows what became of it.
  const parent = screen.address();
  const family = await api.get<RunFamily>(routes.family(parent.workflowId, parent.runId));
  expect(family.root).toMatchObject({ ...parent, children: [{ stepId: 'prepare-the-site' }] });
  const child = family.root.children[0]!;
  const undone = (prefix: string) => ['book-the-field', 'book-the-stage'].map((id) => [`${prefix}${id}`, 'undone']);
  const statesOf = async (run: { workflowId: string; runId: string }) =>
    (await ledgerOf(api, run)).entries.flatMap(({ activityId, state }) =>
      state === 'notArmed' ? [] : [[activityId, state]]
    );
  expect(await statesOf(parent)).toEqual(undone('prepare-the-site/'));
  expect(await statesOf(child)).toEqual(undone(''));

  await screen.card('Prepare the site').click();
  await screen.tab('Runs');
  await page.getByRole('list', { name: 'Tree of runs' }).getByRole('link', { name: child.workflowId }).click();
  await expect(page).toHaveURL(new RegExp(child.runId));
  await expect(page.getByText(/^Handed over to/)).toBeVisible();
  await expect(screen.ledger.getByText('was undone').first()).toBeVisible();
  await page.getByRole('link', { name: `Child of ${parent.workflowId}` }).click();
  await expect(page).toHaveURL(new RegExp(parent.runId));

  // A step becomes a child flow by a key; when that is published, nothing is wrong here.
  await page.goto(drawing);
  await page.locator('#face-book-the-buses').click();
  await page.keyboard.press('e');
  await dialog.getByLabel('Title').fill('Bring the guests');
  await expect(dialog.getByRole('region', { name: 'What it gets' })).toContainText('festival');
  await page.keyboard.press('Enter');
  const brings = page.locator('#face-bring-the-guests');
  await expect(brings).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  await page.getByText("There is no published flow 'bring-the-guests'.").click();
  const [made] = await Promise.all([page.context().waitForEvent('page'), openBeside(page, 'Open its draft')]);
  await made.locator('#face-book-the-buses').waitFor();
  await publish(made);
  await made.close();
  await expect(page.getByText(/Publishing binds it to version 1/)).toBeVisible();
  await page.getByRole('button', { name: /^Revert edit: Extract Bring the guests as a child flow/ }).click();
  await expect(page.locator('#face-book-the-buses')).toBeVisible();
  await expect(brings).toHaveCount(0);
});

/** As a person does who keeps this page. */
async function openBeside(page: Page, link: string): Promise<void> {
  await page.getByRole('link', { name: link }).click({ modifiers: ['Control'] });
}
