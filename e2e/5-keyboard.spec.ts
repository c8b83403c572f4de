/** Without a mouse: `?` shows the keys of a page, and the focus is always on an element other than the body. */
import type { Page } from '@playwright/test';
import type { InboxList } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import { EXAMPLE, expect, orderId, test } from './product/journey';

/** What has the focus: its role or tag, and its name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    if (!element || element === document.body) return 'body';
    const name = element.getAttribute('aria-label') ?? element.textContent;
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${name.replace(/\s+/g, ' ').trim()}`;
  });
const hasFocus = (page: Page, wanted: RegExp) => expect.poll(() => focused(page)).toMatch(wanted);
const live = (page: Page) =>
  expect(page.getByText('Live', { exact: true }).or(page.locator('[data-link=live]')).first()).toBeVisible();

test('a new page moves the focus to its heading; a row that stays beside its page keeps the focus', async ({
  desk,
}) => {
  await desk.goto(pages.home());
  await live(desk);
  for (const [link, heading] of [
    ['Flows', /^h1 Flows/],
    ['Runs', /^h1 Runs/],
    ['Approvals', /^h1 Approvals/],
    ['Schedules', /^h1 Schedules/],
    ['Settings', /^h1 People/],
  ] as const) {
    await desk.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: link }).focus();
    await desk.keyboard.press('Enter');
    await hasFocus(desk, heading);
  }
  await desk.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Audit' }).focus();
  await desk.keyboard.press('Enter');
  await hasFocus(desk, /^h1 Audit/);
  await desk.goBack();
  await hasFocus(desk, /^(h1|a) (People|Audit)/);
});

test('the focus follows while a run is started, stopped and left', async ({ desk }) => {
  await desk.goto(pages.flow(EXAMPLE));
  await live(desk);
  await desk.getByRole('link', { name: 'Start a run' }).focus();
  await desk.keyboard.press('Enter');
  await hasFocus(desk, /^h1 Start/);
  await desk.getByRole('radio', { name: /Large order/ }).check();
  await desk.getByRole('textbox', { name: 'Order', exact: true }).fill(orderId());
  await desk.getByRole('button', { name: 'Start the run' }).focus();
  await desk.keyboard.press('Enter');
  await hasFocus(desk, /^h1 order-fulfilment-/);

  // A closed dialog returns the focus to the button that opened it.
  await expect(desk.getByText(/Waits for anybody|Waits for a person/).first()).toBeVisible({ timeout: 45_000 });
  await desk.getByRole('button', { name: 'Query' }).focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('dialog')).toBeVisible();
  await desk.keyboard.press('Escape');
  await hasFocus(desk, /^button Query/);

  // The button that opened the dialog no longer exists after the stop.
  await desk.getByRole('button', { name: 'Stop' }).focus();
  await desk.keyboard.press('Enter');
  await desk.keyboard.press('ArrowDown');
  await desk.getByRole('menuitem', { name: /^Stop/ }).press('Enter');
  const dialog = desk.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Not wanted any more.');
  await dialog.getByRole('button', { name: /^Stop/ }).focus();
  await desk.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(desk.getByRole('link', { name: 'Start again' })).toBeVisible({ timeout: 45_000 });
  expect(await focused(desk)).not.toBe('body');
});

test('a decision moves the focus to the receipt, and leaving a list moves it to the heading', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  const taskOf = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(taskOf, { timeout: 45_000 }).toBeTruthy();
  const taskId = (await taskOf())?.taskId ?? '';
  await desk.goto(pages.inbox());
  await live(desk);
  await desk.keyboard.press('j');
  await hasFocus(desk, /^a /);
  await desk.keyboard.press('Escape');
  await hasFocus(desk, /^h1 Approvals/);
  await desk.locator(`[data-task="${taskId}"]`).focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('button', { name: 'Approve', exact: true })).toBeVisible();
  await hasFocus(desk, /^a Shall this order/);
  await desk.getByRole('button', { name: 'Approve', exact: true }).focus();
  await desk.keyboard.press('Enter');
  await desk
    .getByRole('dialog')
    .getByRole('button', { name: /^Approve/ })
    .focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByText(/^You approved/)).toBeVisible();
  await hasFocus(desk, /^section The decision/);
});

test('F previews what a failure would undo; Esc ends the preview, then clears the selection', async ({ desk }) => {
  await desk.goto(`${pages.flow(EXAMPLE)}?node=charge-payment`);
  await live(desk);
  await desk
    .getByRole('button', { name: /^Charge payment,/ })
    .first()
    .focus();
  await desk.keyboard.press('f');
  await expect(desk).toHaveURL(/fails=charge-payment/);
  // The focus may be anywhere.
  await desk.getByRole('link', { name: 'Start a run' }).focus();
  await desk.keyboard.press('Escape');
  await expect(desk).not.toHaveURL(/fails=/);
  await expect(desk).toHaveURL(/node=charge-payment/);
  await desk.keyboard.press('Escape');
  await expect(desk).not.toHaveURL(/node=/);
});

test('Ctrl K finds a run, a page and what can be done with a step of a draft', async ({ desk, api }) => {
  const run = await api.start('goes-well', { orderId: orderId() });
  await desk.goto(pages.flow(EXAMPLE));
  await live(desk);
  const menu = desk.getByRole('dialog', { name: 'Search and commands' });
  const choose = async (text: string, row: string) => {
    await desk.keyboard.press('ControlOrMeta+k');
    await expect(menu).toBeVisible();
    await desk.keyboard.type(text);
    await expect(menu.getByRole('option', { name: row, selected: true })).toBeVisible();
    await desk.keyboard.press('Enter');
    await expect(menu).toBeHidden();
  };
  await choose(run.workflowId, run.workflowId);
  await expect(desk).toHaveURL(new RegExp(`${run.runId}`));
  await live(desk);
  await choose('audit', 'Audit');
  await expect(desk.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();

  await desk.goto(pages.flow(EXAMPLE));
  await desk.getByRole('button', { name: 'Edit', exact: true }).click();
  await live(desk);
  await choose('reserve', 'Reserve inventory');
  await choose('change title', 'Change the title');
  await expect(desk.getByRole('textbox', { name: 'Title', exact: true }).first()).toBeFocused();
});

test('? shows the keys of every page', async ({ desk, api }) => {
  const run = await api.start('goes-well', { orderId: orderId() });
  const all = [
    pages.home(),
    pages.flows(),
    pages.flow(EXAMPLE),
    pages.start(EXAMPLE),
    pages.runs(),
    pages.inbox(),
    '/settings/people',
    '/settings/groups',
    '/settings/connections',
    '/settings/keys',
    '/settings/audit',
    pages.run(run.workflowId, run.runId),
    '/no-such-page',
  ];
  for (const url of all) {
    await desk.goto(url);
    await live(desk);
    await desk.locator('h1').first().click();
    await desk.keyboard.press('?');
    const dialog = desk.getByRole('dialog', { name: 'Keys on this page' });
    await expect(dialog, url).toContainText('These keys');
    await desk.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});
