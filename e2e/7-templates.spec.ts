/** Templates in the browser: the gallery, drafts that are published as they are, and a scenario of each. */
import { pages } from '../app/_contract/routes';
import { expect, test } from './product/journey';
import { publishTemplate, runScenario } from './product/templates';

test('two templates are found in the gallery, used as they are, and a scenario of each runs to its end', async ({
  desk: page,
  api,
}) => {
  // Two flows are published: code is generated, checked and bundled twice.
  test.setTimeout(180_000);
  await page.goto(pages.flows());
  await page.getByRole('button', { name: 'New flow' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'How it begins' }).click();
  await page.getByRole('option', { name: /From a template/ }).click();
  await dialog.getByRole('button', { name: 'Choose a template' }).click();
  await expect(page.getByRole('heading', { name: 'Templates', level: 1 })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use this template' })).toHaveCount(8);
  await page.getByRole('link', { name: 'Money transfer' }).last().click();
  await expect(page.getByRole('heading', { name: 'What to look at' })).toBeVisible();
  await expect(page.locator('#face-hold-amount')).toBeVisible();
  await runScenario(page, api, await publishTemplate(page), {
    scenario: 'answer-lost',
    ends: 'completed',
    remains: ['book-hold', 'hold-amount', 'pay-in', 'send-advice'],
  });

  await page.goto(pages.template('expense-approval'));
  await runScenario(page, api, await publishTemplate(page), {
    scenario: 'escalated',
    people: ['nobody', 'reject'],
    ends: 'completed',
    remains: ['close-claim', 'register-claim'],
  });
});
