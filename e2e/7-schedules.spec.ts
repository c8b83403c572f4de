/** A schedule is made in words, starts a run, is filled in, paused and deleted; the run says which schedule started it. */
import { pages } from '../app/_contract/routes';
import { expect, test } from './product/journey';

test('a schedule is made in words, and its runs lead to it', async ({ desk: page }) => {
  const dialog = page.getByRole('dialog');
  await page.goto(pages.newSchedule('order-fulfilment'));
  await page.getByRole('combobox', { name: 'Starts' }).click();
  await page.getByRole('option', { name: 'On a day of the month' }).click();
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await expect(page.getByText('On the last day of the month at 09:00 in Europe/Berlin')).toBeVisible();
  await expect(page.getByRole('list', { name: 'The next ten times' }).getByRole('listitem')).toHaveCount(10);
  await page.getByLabel('Schedule id').fill('month-end');
  await page.getByRole('button', { name: 'Make the schedule' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'month-end' })).toBeVisible();

  const runs = page.getByRole('list', { name: 'Runs of this schedule' });
  await page.getByRole('button', { name: 'Start now' }).click();
  await expect(runs.getByText('Completed').first()).toBeVisible({ timeout: 20_000 });

  // Ninety days have two or three last days of a month.
  await page.getByRole('button', { name: 'Fill in…' }).click();
  const from = new Date(Date.now() - 90 * 86_400_000).toISOString().slice(0, 16);
  await dialog.getByLabel('From').fill(from);
  const start = dialog.getByRole('button', { name: /^Start [23] runs$/ });
  const many = Number(/\d/.exec((await start.textContent()) ?? '')?.[0]);
  await expect(dialog.getByRole('list', { name: 'Times in the range' }).getByRole('listitem')).toHaveCount(many);
  await start.click();
  await expect(runs.getByText('Completed')).toHaveCount(many + 1, { timeout: 20_000 });

  await page.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByLabel('Note').fill('Until the audit is over');
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await page.goto(pages.schedules());
  const row = page.getByRole('list', { name: 'Schedules' }).getByRole('listitem').filter({ hasText: 'month-end' });
  await expect(row).toContainText('paused');
  await expect(row).toContainText('Until the audit is over');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'month-end' })).toBeVisible();

  await runs.getByRole('link').first().click();
  await page.getByRole('link', { name: 'Started by month-end' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete the schedule' }).click();
  await expect(page).toHaveURL(pages.schedules());
  await expect(row).toHaveCount(0);
});
