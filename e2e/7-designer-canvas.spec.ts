/** The drawing under the hand: dragged, selected, wrapped, folded, copied to another flow; then all of it is reverted. */
import type { Locator, Page } from '@playwright/test';
import type { DraftDetail } from '../app/_contract/drafts';
import { pages, routes } from '../app/_contract/routes';
import { expect, test, type Api } from './product/journey';

async function emptyDraft(api: Api, title: string): Promise<string> {
  const id = crypto.randomUUID();
  await api.post(routes.drafts(), { id, from: { kind: 'empty', title } });
  return id;
}
const titlesIn = async (api: Api, id: string) =>
  (await api.get<DraftDetail>(routes.draft(id))).draft.steps.map(({ fields }) => fields.title);

async function dragTo(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await middleOf(from), await middleOf(to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 20, start.y + 20);
  await page.mouse.move(end.x, end.y, { steps: 4 });
  await page.mouse.up();
}
async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
  const box = (await place.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
async function nameIt(page: Page, title: string): Promise<void> {
  await page.locator('[data-designer-canvas]').getByRole('textbox', { name: 'Title', exact: true }).fill(title);
  await page.keyboard.press('Enter');
}

test('steps are dragged, selected, wrapped, folded and copied to another flow, and all of it is reverted', async ({
  desk: page,
  context,
  api,
}) => {
  const [id, other] = [await emptyDraft(api, 'Under the hand'), await emptyDraft(api, 'Another flow')];
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(pages.draft(id));

  // From the palette to a slot, then twice by '+'.
  const first = page.getByRole('button', { name: 'Insert the first step' });
  await expect(first).toBeVisible();
  await dragTo(page, page.getByRole('button', { name: 'Wait', exact: true }), first);
  await nameIt(page, 'First');
  await expect(page.locator('#face-first')).toBeFocused();
  for (const [title, after] of [
    ['Second', 'First'],
    ['Third', 'Second'],
  ] as const) {
    await page.getByRole('button', { name: `Insert after '${after}'` }).click();
    await page.getByPlaceholder('Search for a step').last().fill('log');
    await page.keyboard.press('Enter');
    await nameIt(page, title);
    await expect(page.locator(`#face-${title.toLowerCase()}`)).toBeFocused();
  }

  // Two of them are selected, and put into a parallel.
  const [second, third] = [page.locator('#face-second'), page.locator('#face-third')];
  await second.click();
  await third.click({ modifiers: ['Shift'] });
  for (const face of [second, third]) await expect(face).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'What can be done with it' }).click();
  await page.getByRole('menuitem', { name: /Put into .*parallel/i }).click();
  await expect.poll(() => titlesIn(api, id)).toHaveLength(2);

  // Folded, the parallel is one card that counts its steps; a reload remembers it; a search opens it.
  await page.getByRole('button', { name: /^Fold (?!all)/ }).click();
  const fold = page.getByRole('button', { name: /^Folded: .* 2 steps/ });
  await expect(fold).toBeVisible();
  await expect(second).toHaveCount(0);
  await page.reload();
  await expect(fold).toBeVisible();
  await fold.focus();
  await page.keyboard.press('+');
  await expect(second).toBeVisible();
  await page.locator('#face-new-parallel-branches').focus();
  await page.keyboard.press('-');
  await expect(second).toHaveCount(0);
  await page.locator('#face-new-parallel-branches').focus();
  await page.keyboard.press('/');
  await page.keyboard.type('Second');
  await page.keyboard.press('Enter');
  await expect(second).toBeVisible();
  await page.keyboard.press('Escape');

  // To another flow, by the clipboard of the system; what is damaged is refused by name.
  await second.click();
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('"title": "Second"');
  await page.goto(pages.draft(other));
  await expect(page.getByRole('button', { name: 'Insert the first step' })).toBeVisible();
  await page.keyboard.press('Control+v');
  await expect(page.locator('#face-second')).toBeVisible();
  await expect.poll(() => titlesIn(api, other)).toEqual(['Second']);
  await page.evaluate(() => navigator.clipboard.writeText('{ "backstitch steps": [{ "id": "second", '));
  await page.locator('#face-second').focus();
  await page.keyboard.press('Control+v');
  await expect(page.getByText(/cannot be read/)).toBeVisible();
  expect(await titlesIn(api, other)).toEqual(['Second']);

  // All of it is reverted.
  await page.goto(pages.draft(id));
  await expect(page.locator('#face-first')).toBeVisible();
  const revert = page.getByRole('button', { name: /^Revert edit/ });
  await expect(async () => {
    if (await revert.isEnabled()) await revert.click();
    await expect(page.getByRole('button', { name: 'Insert the first step' })).toBeVisible({ timeout: 200 });
  }).toPass({ intervals: [50] });
  await expect.poll(() => titlesIn(api, id)).toEqual([]);
});
