/** The code of a draft beside its drawing, in step both ways, and what leaves Backstitch and comes back. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { DraftSummary } from '../app/_contract/drafts';
import { pages, routes } from '../app/_contract/routes';
import { EXAMPLE, expect, test } from './product/journey';

test('the code follows the drawing and the drawing the code; what is exported can be imported', async ({
  desk: page,
  api,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const from = { kind: 'copyVersion', flow: EXAMPLE };
  const { id, name } = await api.post<DraftSummary>(routes.drafts(), { id: crypto.randomUUID(), from });
  await page.goto(`${pages.draft(id)}?tab=code`);
  await expect(page.locator('[data-code-state="new"] .cm-content')).toBeVisible({ timeout: 30_000 });

  // A step selects its lines, and a line its step.
  await page.locator('#face-charge-payment').click();
  await expect(page.locator('.cm-lit').filter({ hasText: "'charge-payment'" })).toBeInViewport();
  await page.locator('#face-create-shipment').click();
  const line = page.locator('.cm-line').filter({ hasText: "id: 'create-shipment'" });
  await expect(line).toBeInViewport();
  await page.locator('#face-charge-payment').click();
  await expect(page).toHaveURL(/node=charge-payment/);
  await page.locator('.cm-lit').filter({ hasText: "'charge-payment'" }).click();
  for (let pageDown = 0; pageDown < 3; pageDown++) await page.keyboard.press('PageDown');
  await expect(page).not.toHaveURL(/node=charge-payment/);

  // An edit is compiled, and only its line is marked.
  await page.locator('#face-charge-payment').click();
  await page.keyboard.press('F2');
  await page.keyboard.type('Take the money');
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-changedLine').filter({ hasText: "title: 'Take the money'" })).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.locator('.cm-deletedChunk').filter({ hasText: "title: 'Charge payment'" })).toBeVisible();

  await page.getByRole('button', { name: 'Copy workflow.ts' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("title: 'Take the money'");

  const exported = async (item: string): Promise<Buffer> => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    return readFileSync(await download.path());
  };
  const png = await exported('Drawing (PNG)');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(400);
  expect((await exported('Drawing (SVG)')).toString()).toContain('>Take the money</text>');
  const document = (await exported('Document (JSON)')).toString();
  const project = unzipSync(await exported('Project (zip)'));
  const workflow = Object.keys(project).find((path) => path.endsWith('src/workflows/workflow.ts'))!;
  expect(strFromU8(project[workflow]!)).toBe(copied.replace("'@backstitch/saga'", "'../saga'"));

  // A damaged document is refused with its place; the exported one gives the same flow.
  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'How it begins' }).click();
  await page.getByRole('option', { name: /Import a document/ }).click();
  await dialog.getByRole('textbox', { name: 'Document' }).fill(document.replace(',', ',,'));
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByText(/^This is not JSON\. Line \d+, column \d+/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Document' }).fill(document);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  expect(page.url()).not.toContain(id);
  // The id of a step follows its title until the flow is published.
  await expect(page.locator('#face-take-the-money')).toContainText('Take the money');
  const again = (await exported('Document (JSON)')).toString();
  const named = (text: string) => ({ ...(JSON.parse(text) as object), name });
  expect(named(again)).toEqual(named(document));
});
