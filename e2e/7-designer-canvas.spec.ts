/**
 * The drawing under the hand: dragged, selected, wrapped, folded, copied to another flow; then all of it is reverted.
 */
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

/**
 * `sees`: what the page says there before the drop. The drawing may still move: then the place is asked for again.
 * While something is dragged the place may have another name: then it is where it was.
 */
async function dragTo(page: Page, from: Locator, to: Locator, sees?: string): Promise<void> {
  // A palette with many flows is longer than the window.
  await from.scrollIntoViewIfNeeded();
  const start = await middleOf(from);
  let end = await middleOf(to);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 20, start.y + 20);
  await expect(async () => {
    end = (await to.isVisible()) ? await middleOf(to) : end;
    await page.mouse.move(end.x, end.y, { steps: 4 });
    if (sees !== undefined) await expect(page.getByText(sees)).toBeVisible({ timeout: 300 });
    // A drawing that has just been opened finds its place first.
    if (await to.isVisible()) expect(await middleOf(to)).toEqual(end);
  }).toPass({ intervals: [50] });
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
  // The palette has only the rows in the page that are seen.
  await page.getByRole('searchbox', { name: 'Search for a step to insert' }).fill('Wait');
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

const call = (id: string, title: string, more = {}) => {
  return { id, title, kind: 'action', activity: 'http.request', effect: 'reversible', input: {}, ...more };
};
const DOCUMENT = {
  format: 2,
  name: 'backward-way',
  title: 'The backward way',
  input: { type: 'object' },
  steps: [
    call('reserve', 'Reserve'),
    call('look', 'Look', { effect: 'none' }),
    call('ship', 'Ship', { pivot: true }),
    call('tell', 'Tell'),
    {
      id: 'both',
      title: 'Both',
      kind: 'parallel',
      branches: ['Left', 'Middle', 'Right'].map((title, n) => {
        return { id: `way-${n}`, title, steps: n === 1 ? [] : [call(`step-${n}`, `${title} step`)] };
      }),
    },
  ],
};

test('an undo is dropped beside its step, steps are selected with a frame, and a branch is dragged and moved by keys', async ({
  desk: page,
  api,
}) => {
  const id = crypto.randomUUID();
  await api.post(routes.drafts(), { id, from: { kind: 'document', document: DOCUMENT } });
  await page.goto(pages.draft(id));
  const [none, done] = [/^No undo\. Belongs to Reserve/, /^Undo: Send a parcel, .* Belongs to Reserve/];
  await expect(page.getByRole('button', { name: none })).toBeVisible();

  // The operation over the right column says what it would do there, or why it cannot; only a drop changes something.
  const parcel = page.getByRole('button', { name: 'Send a parcel', exact: true });
  await dragTo(page, parcel, page.getByRole('button', { name: none }), "Undoes 'Reserve'");
  await expect(page.getByRole('button', { name: done })).toBeVisible();
  const start = await middleOf(parcel);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  // The drop selected a step, and the drawing may still be on its way to keep that step in its place.
  await expect(async () => {
    const tell = (await page.locator('#face-tell').boundingBox())!;
    await page.mouse.move(tell.x + tell.width + 60, tell.y + 20, { steps: 3 });
    await expect(page.getByText('After the point of no return nothing is undone.')).toBeVisible({ timeout: 300 });
  }).toPass({ intervals: [50] });
  await page.mouse.up();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('button', { name: none })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Revert', exact: true })).toBeDisabled();

  // Cards that a frame touches are selected.
  const [first, last] = ['reserve', 'look'].map((each) => page.locator(`#face-${each}`));
  const [top, bottom] = [(await first!.boundingBox())!, (await last!.boundingBox())!];
  await page.keyboard.down('Shift');
  await page.mouse.move(top.x - 40, top.y - 20);
  await page.mouse.down();
  await page.mouse.move(bottom.x + 30, bottom.y + 30, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  for (const face of [first!, last!]) await expect(face).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('#face-ship')).toHaveAttribute('aria-pressed', 'false');

  // A branch is dragged behind its neighbour, and moved further by a key.
  const ways = async () =>
    (await api.get<DraftDetail>(routes.draft(id))).draft.steps.at(-1)!.branches.map(({ fields }) => fields.title);
  const left = page.getByRole('button', { name: 'Branch Left', exact: true });
  await dragTo(
    page,
    left,
    page.getByRole('button', { name: 'Branch Middle', exact: true }),
    "Moves before 'Right' of 'Both'"
  );
  await expect(left).toBeFocused();
  await expect.poll(ways).toEqual(['Middle', 'Left', 'Right']);
  await page.keyboard.press('Alt+ArrowRight');
  await expect.poll(ways).toEqual(['Middle', 'Right', 'Left']);
  await expect(left).toBeFocused();
  await page.keyboard.press('F2');
  await nameIt(page, 'Renamed');
  await expect.poll(ways).toEqual(['Middle', 'Right', 'Renamed']);
});
