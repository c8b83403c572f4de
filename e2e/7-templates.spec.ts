/** Templates in the browser: the gallery, a draft that is published as it is, and scenarios of it. */
import { pages } from '../app/_contract/routes';
import { expect, test } from './product/journey';
import { runScenario, useTemplate } from './product/templates';

test('a template is found in the gallery, used as it is, and its scenario runs to its end', async ({ desk: page }) => {
  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'How it begins' }).click();
  await page.getByRole('option', { name: /From a template/ }).click();
  await dialog.getByRole('button', { name: 'Choose a template' }).click();
  await expect(page.getByRole('heading', { name: 'Templates', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Money transfer' }).last().click();
  await expect(page.getByRole('heading', { name: 'What to look at' })).toBeVisible();
  await expect(page.locator('#face-hold-amount')).toBeVisible();

  const flow = await useTemplate(page);
  await runScenario(page, flow, { scenario: 'answer-lost', ends: 'completed', remains: [] });
});
