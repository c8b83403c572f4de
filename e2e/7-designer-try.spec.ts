/**
 * A draft is tried: failures are injected, the failure matrix is opened, a test is kept; on a phone an expression is
 * corrected.
 */
import type { Locator, Page } from '@playwright/test';
import type { DraftDetail } from '../app/_contract/drafts';
import { pages, routes } from '../app/_contract/routes';
import { documentOf } from '../engine/flow/edit/document-of';
import { EXAMPLE, expect, test, type Api } from './product/journey';

/** A copy of the example's flow, so that no draft of the flow itself remains open. */
async function copyOfExample(api: Api): Promise<string> {
  const id = crypto.randomUUID();
  await api.post(routes.drafts(), { id, from: { kind: 'copyVersion', flow: EXAMPLE } });
  return id;
}

async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('a draft is tried with failures, seen at every moment, and a failure is kept as a test', async ({
  desk: page,
  api,
}) => {
  const id = await copyOfExample(api);
  await page.goto(`${pages.draft(id)}?tab=try`);
  const trial = page.getByRole('region', { name: 'Try it' });
  const ending = trial.getByRole('status');
  await expect(ending.getByText('Completed', { exact: true })).toBeVisible();

  // Before its effect: nothing was charged, and the goods are released.
  await page.locator('#face-charge-payment').click();
  const attempts = trial.getByRole('group', { name: 'Its calls' }).getByRole('combobox');
  await choose(page, attempts, 'Fails before its effect');
  await expect(ending.getByText('Failed: all undone')).toBeVisible();
  const reserve = page.locator('#face-reserve-inventory');
  await expect(reserve).toHaveAccessibleName(/undone/i);

  // Back in time the goods are reserved, and nothing is undone yet; at the last moment they are released again.
  const moments = trial.getByRole('group', { name: 'Moments of the trial' });
  await moments.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await expect(reserve).not.toHaveAccessibleName(/undone/i);
  for (let moment = 0; moment < 20; moment++) {
    if (/done/i.test((await reserve.getAttribute('aria-label')) ?? '')) break;
    await page.keyboard.press(']');
  }
  await expect(reserve).not.toHaveAccessibleName(/undone/i);
  await page.keyboard.press('End');
  await expect(reserve).toHaveAccessibleName(/undone/i);

  // After its effect: the look-up finds the payment, so the order goes on.
  await choose(page, attempts, 'Fails after its effect');
  await expect(ending.getByText('Completed', { exact: true })).toBeVisible();
  await expect(trial.getByRole('list', { name: 'What happened, in order' })).toContainText('Look-up of Charge payment');
  await trial.getByRole('button', { name: 'All goes well' }).click();
  await expect(attempts).toContainText('Answers with a value that fits');

  // Every failure; one of them is opened, and the question that it ends with is answered.
  await page.getByRole('tab', { name: 'Failures' }).click();
  const matrix = page.getByRole('region', { name: 'Failure matrix' });
  await matrix.getByRole('button', { name: 'Play every failure' }).click();
  await expect(matrix.getByRole('status')).toContainText('without a question');
  await expect(matrix.getByRole('button', { name: /not played yet/ })).toHaveCount(0);
  await matrix
    .getByRole('button', { name: /^Charge payment, The run is stopped here, Its undo fails, Needs a decision/ })
    .click();
  await expect(ending.getByText('Needs a decision: undo failed')).toBeVisible();
  await ending.getByRole('button', { name: 'Undone by hand' }).click();
  await expect(ending.getByText('Stopped: all undone')).toBeVisible();

  // It is kept, also after a reload, and passes.
  await trial.getByRole('button', { name: 'Keep as a test' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Stopped, and refunded by hand');
  await page.getByRole('dialog').getByRole('button', { name: 'Keep the test' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.goto(`${pages.draft(id)}?tab=tests`);
  const tests = page.getByRole('region', { name: 'Tests' });
  await tests.getByRole('button', { name: 'Play all' }).click();
  await expect(tests.getByRole('status')).toContainText('1 test: 1 pass');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the outline and the palette are in a drawer: a step is gone to, and another is inserted behind it', async ({
    desk: page,
    api,
  }) => {
    const id = await copyOfExample(api);
    await page.goto(pages.draft(id));
    const drawer = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Show palette and outline' }).tap();
    await drawer.getByRole('tab', { name: 'Outline' }).tap();
    await drawer.getByRole('treeitem', { name: /^Charge payment/ }).tap();
    await expect(drawer).toHaveCount(0);
    await expect(page.locator('#face-charge-payment')).toBeFocused();

    await page.getByRole('button', { name: 'Show palette and outline' }).tap();
    await drawer.getByRole('tab', { name: 'Palette' }).tap();
    await drawer.getByRole('searchbox', { name: 'Search for a step to insert' }).fill('Wait');
    await drawer.getByRole('button', { name: 'Wait', exact: true }).tap();
    await page.keyboard.type('Cool down');
    await page.keyboard.press('Enter');
    await expect(page.locator('#face-cool-down')).toBeFocused();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    const { draft } = await api.get<DraftDetail>(routes.draft(id));
    const ids = draft.steps.map((step) => step.id);
    expect(ids.indexOf('cool-down')).toBe(ids.indexOf('charge-payment') + 1);
  });

  test('a person reads a flow, writes a note and corrects an expression', async ({ desk: page, api }) => {
    const { draft } = await api.get<DraftDetail>(routes.draft(await copyOfExample(api)));
    const broken = JSON.stringify(documentOf(draft).document).replace('input.amount > 50000', 'input.amout > 50000');
    const id = crypto.randomUUID();
    await api.post(routes.drafts(), { id, from: { kind: 'document', document: JSON.parse(broken) as unknown } });
    await page.goto(pages.draft(id));

    await page.locator('#face-charge-payment').tap();
    const step = page.getByRole('region', { name: 'Selected step' });
    await step.getByRole('heading', { name: 'Note' }).tap();
    await step.getByRole('textbox', { name: 'Note' }).fill('Charged **once**, see [the shop](https://shop.example).');
    await expect(step.getByRole('link', { name: 'the shop' })).toBeVisible();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();

    await page.getByRole('tab', { name: /^Problems/ }).tap();
    await page.getByRole('button', { name: /^error: There is no field 'amout'/ }).tap();
    await expect(step.getByRole('textbox', { name: 'Title', exact: true }).first()).toHaveValue('Large order?');
    await page.getByRole('button', { name: 'Write it yourself' }).first().tap();
    await page.getByRole('textbox', { name: 'Taken if' }).first().fill('input.amount > 50000');
    await expect(page.getByRole('tab', { name: 'Problems 0' })).toBeVisible();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    const kept = JSON.stringify((await api.get<DraftDetail>(routes.draft(id))).draft);
    expect(kept).toContain('"input.amount > 50000"');
    expect(kept).toContain('Charged **once**');
  });
});
