/** Where an operator starts the day: groups of runs, what people say about them, and the way to exactly these runs. */
import type { Locator, Page } from '@playwright/test';
import { pages } from '../app/_contract/routes';
import { expect, orderId, test } from './product/journey';

const group = (page: Page, name: string): Locator => page.getByRole('listitem').filter({ hasText: name });
const DECLINED = 'NotApplied CardDeclined';

test('a failed step is found by its group, acknowledged, noted, and comes back with a new run', async ({
  desk,
  api,
}) => {
  const first = await api.start('card-declined', { orderId: orderId() });
  await api.standsAs(first, 'failedUndone');
  await desk.goto(pages.attention());
  const row = group(desk, DECLINED);
  await expect(row).toContainText('Charge payment');
  await expect(row).toContainText('first in v1');

  await row.getByRole('link', { name: 'Charge payment' }).click();
  await expect(desk.getByRole('list', { name: 'Filters by fields' })).toContainText('Failed at charge-payment');
  await expect(desk.locator(`[data-run^="${first.workflowId}/"]`)).toBeVisible();
  await desk.goBack();

  await row.getByRole('button', { name: /^Notes on/ }).click();
  await desk.getByLabel('New note').fill('The bank mends it until noon.');
  await desk.getByRole('button', { name: 'Add note' }).click();
  await expect(desk.getByRole('list', { name: 'Notes' })).toContainText('The bank mends it until noon.');
  await desk.getByRole('button', { name: 'Close' }).last().click();
  await row.getByRole('button', { name: /^More for/ }).click();
  await desk.getByRole('menuitem', { name: 'Take it' }).click();
  await expect(row).toContainText('Ada Byron');

  await row.getByRole('button', { name: /^Acknowledge/ }).click();
  await expect(row).toHaveCount(0);
  await desk.getByRole('button', { name: /^Acknowledged or snoozed/ }).click();
  await expect(row).toContainText('Acknowledged by Ada Byron');

  const next = await api.start('card-declined', { orderId: orderId() });
  await api.standsAs(next, 'failedUndone');
  await expect(row).toHaveCount(0);
  await desk.getByRole('button', { name: /^To do/ }).click();
  await expect(row).toContainText('1 new since');
  await row.getByRole('button', { name: /^Acknowledge/ }).click();
});

test('a snoozed group is quiet, and the list of runs is filtered by step and by error', async ({ desk, api }) => {
  const run = await api.start('card-declined', { orderId: orderId() });
  await api.standsAs(run, 'failedUndone');
  await desk.goto(pages.runs());
  await desk.getByRole('button', { name: /^Fields/ }).click();
  await desk.getByLabel('Field', { exact: true }).click();
  await desk.getByRole('option', { name: 'Failed at' }).click();
  await desk.getByLabel('Value').fill('charge-payment');
  await desk.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(desk.getByRole('list', { name: 'Filters by fields' })).toContainText(
    'Failed at the step charge-payment'
  );
  await expect(desk.locator(`[data-run^="${run.workflowId}/"]`)).toBeVisible();
  await desk.goto(pages.runs(`where=${encodeURIComponent("SagaError = 'HttpStatus 999'")}`));
  await expect(desk.getByText('No run matches', { exact: true })).toBeVisible();

  await desk.goto(pages.attention());
  const row = group(desk, DECLINED);
  await row.getByRole('button', { name: /^More for/ }).click();
  await desk.getByRole('menuitem', { name: 'For an hour' }).click();
  await expect(row).toHaveCount(0);
  await desk.getByRole('button', { name: /^Acknowledged or snoozed/ }).click();
  await expect(row).toContainText('Snoozed by Ada Byron until');
  await row.getByRole('button', { name: /^More for/ }).click();
  await desk.getByRole('menuitem', { name: 'Not any more' }).click();
  await expect(row).toHaveCount(0);
});
