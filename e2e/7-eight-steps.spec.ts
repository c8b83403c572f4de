/**
 * A saga of eight steps with their undo steps, from nothing: a service is connected, its operations are imported and
 * drawn, every failure is played, and it is published and run, well and with a refusal. Once with the mouse, once with
 * the keyboard alone.
 */
import type { Locator, Page } from '@playwright/test';
import { pages } from '../app/_contract/routes';
import { BOOKED, startFestival, type Festival } from './product/festival';
import { expect, test } from './product/journey';
import { RunScreen } from './product/run-screen';

// The second journey uses the connection of the first.
test.describe.configure({ mode: 'serial' });
let festival: Festival;
test.beforeAll(async () => {
  festival = await startFestival();
});
test.afterAll(() => festival.close());

const titleOf = (thing: string) => `Book the ${thing}`;
const faceOf = (page: Page, thing: string) => page.locator(`#face-book-the-${thing.replace(' ', '-')}`);
const search = (page: Page) => page.getByPlaceholder('Search for a step').last();

/** Failures are played, and every one of them leaves nothing behind without a question. */
async function everyFailureIsPlayed(page: Page): Promise<void> {
  const summary = page.getByText(/^None of \d+ failures leaves an effect behind without a question/);
  await expect(summary).toBeVisible({ timeout: 45_000 });
}

/** From the start form: the run completes, and then the service has every booking. */
async function runCompletes(page: Page, name: string): Promise<void> {
  await expect(page).toHaveURL(/\/runs\/[^/]+\/[^/]+/);
  await expect(page.getByText(/^Completed/).first()).toBeVisible({ timeout: 45_000 });
  expect(festival.bookedFor(name)).toEqual(BOOKED);
}

test('with the mouse: a service is connected, drawn, tried with every failure, published and run', async ({
  desk: page,
}) => {
  test.setTimeout(180_000);
  await page.goto(pages.connections());
  await page.getByRole('button', { name: 'New connection' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('Festival office');
  await dialog.getByLabel('Base address').fill(festival.url);
  await dialog.getByRole('button', { name: 'Create the connection' }).click();
  await page.getByRole('button', { name: 'Import OpenAPI' }).click();
  await dialog.getByRole('textbox', { name: 'Document' }).fill(festival.openApi);
  await dialog.getByRole('button', { name: 'Read it' }).click();
  await expect(dialog.getByText("Undone by 'Cancel the buses'")).toBeVisible();
  await dialog.getByRole('button', { name: 'Import 16 operations' }).click();
  await expect(page.getByText('festival-office.bookBuses')).toBeVisible();

  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  await dialog.getByLabel('Title').fill('A summer festival');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByPlaceholder('New field').first().fill('festival');
  await page.keyboard.press('Enter');
  for (const [index, thing] of BOOKED.entries()) {
    const before = BOOKED[index - 1];
    const plus = before === undefined ? 'Insert the first step' : `Insert after '${titleOf(before)}'`;
    await page.getByRole('button', { name: plus }).click();
    await search(page).fill(titleOf(thing));
    await page.getByRole('option', { name: titleOf(thing) }).click();
    await page.keyboard.press('Enter'); // the title stays as it is
    await page.getByRole('button', { name: 'Use input.festival' }).click();
    await expect(page.getByRole('button', { name: new RegExp(`^Undo: Cancel the ${thing}`) })).toBeVisible();
  }
  await page.getByRole('tab', { name: 'Failures' }).click();
  await page.getByRole('button', { name: 'Play every failure' }).click();
  await everyFailureIsPlayed(page);

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByRole('link', { name: 'Start a run' }).click();
  await expect(page).toHaveURL(/\/flows\/[^/]+\/start/);
  const startForm = page.url();
  await page.getByRole('textbox', { name: 'festival' }).fill('Woodside');
  await page.getByRole('button', { name: /^Start/ }).click();
  await runCompletes(page, 'Woodside');

  festival.refuse('buses');
  await page.goto(startForm);
  await page.getByRole('textbox', { name: 'festival' }).fill('Hillside');
  await page.getByRole('button', { name: /^Start/ }).click();
  // The answer 'conflict' does not prove that nothing was booked, so a person is asked; then all the rest is undone.
  await page.getByRole('button', { name: 'It did not happen…' }).click();
  expect(festival.bookedFor('Hillside')).toEqual(BOOKED.slice(0, -1));
  await dialog.getByLabel(/^Reason/).fill('The office has no booking of buses.');
  await dialog.getByRole('button', { name: 'It did not happen' }).click();
  await expect(new RunScreen(page).says(/All its effects were undone\./)).toBeVisible({ timeout: 45_000 });
  expect(festival.bookedFor('Hillside')).toEqual([]);
  festival.refuse(null);
});

test('with the keyboard alone: the same saga is drawn, tried, published and run', async ({ desk: page }) => {
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  await page.goto(pages.flows());
  await tabTo(page, page.getByRole('button', { name: 'New flow' }).first());
  await press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Title')).toBeFocused();
  await page.keyboard.type('A winter festival');
  await press('Enter');
  await tabTo(page, page.getByPlaceholder('New field').first());
  await page.keyboard.type('festival');
  await press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Insert the first step' }), 'Shift+Tab');
  await press('Enter');
  for (const [index, thing] of BOOKED.entries()) {
    if (index > 0) await press('a');
    await expect(search(page)).toBeFocused();
    await page.keyboard.insertText(titleOf(thing));
    await expect(page.getByRole('option', { name: titleOf(thing) })).toBeVisible();
    await press('Enter', 'Enter');
    await expect(faceOf(page, thing)).toBeFocused();
    await press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Use input.festival' }));
    await press('Enter');
    await expect(page.getByRole('textbox', { name: 'Festival' })).toBeFocused();
    await press('Escape');
    await expect(faceOf(page, thing)).toBeFocused();
  }
  await tabTo(page, page.getByRole('tablist', { name: 'About the draft' }).getByRole('tab', { selected: true }));
  const failures = page.getByRole('tab', { name: 'Failures' });
  while ((await failures.getAttribute('aria-selected')) !== 'true') await press('ArrowRight');
  await tabTo(page, page.getByRole('button', { name: 'Play every failure' }));
  await press('Enter');
  await everyFailureIsPlayed(page);

  await tabTo(page, page.getByRole('button', { name: 'Publish', exact: true }), 'Shift+Tab');
  await press('Enter');
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.getByRole('button', { name: 'Publish', exact: true }));
  await press('Enter');
  await tabTo(page, dialog.getByRole('link', { name: 'Start a run' }));
  await press('Enter');
  await tabTo(page, page.getByRole('textbox', { name: 'festival' }));
  await page.keyboard.type('Lakeside');
  await tabTo(page, page.getByRole('button', { name: /^Start/ }));
  await press('Enter');
  await runCompletes(page, 'Lakeside');
});

/** As a person does it: until the focus is there. */
async function tabTo(page: Page, place: Locator, key = 'Tab'): Promise<void> {
  await expect(place).toBeVisible();
  for (let pressed = 0; pressed < 60; pressed++) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  await expect(place).toBeFocused();
}
