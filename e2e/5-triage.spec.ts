/** The inbox as a place of work: claims, views and filters, one decision after another by keys, and several at once. */
import type { Browser, Page } from '@playwright/test';
import type { InboxList, InboxTask, InboxTaskDetail } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { ACCOUNT, expect, orderId, signIn, test, type Api } from './product/journey';

interface Asked {
  run: StartedRun;
  task: InboxTask;
}
async function ask(api: Api, amount: number): Promise<Asked> {
  const run = await api.start('large-order', { orderId: orderId(), amount });
  const find = async () =>
    (await api.get<InboxList>(routes.inbox(`view=waiting&text=${encodeURIComponent(run.workflowId)}`))).tasks[0];
  await expect.poll(find, { timeout: 45_000 }).toBeTruthy();
  const task = await find();
  if (!task) throw new Error('The task went away.');
  return { run, task };
}
const rowOf = (page: Page, { task }: Asked) => page.locator(`[data-task="${task.taskId}"]`);
const settledOf = async (api: Api, { task }: Asked) =>
  (await api.get<InboxTaskDetail>(routes.task(task.taskId))).task.settled;
const live = (page: Page) =>
  expect(page.getByText('Live', { exact: true }).or(page.locator('[data-link=live]')).first()).toBeVisible();
async function secondBrowser(browser: Browser, baseURL: string | undefined): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  await signIn(context.request);
  return context.newPage();
}
/** An amount that no other order of this run has: it finds the orders of one test. */
const amountOf = () => 200_000 + Math.floor(Math.random() * 700_000);

test('a task is claimed, everybody sees it, and the views, the search and the address agree', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const amount = amountOf();
  const [one, two] = [await ask(api, amount), await ask(api, amount)];
  await desk.goto(pages.inbox());
  await live(desk);
  await desk.keyboard.press('/');
  await desk.keyboard.type(String(amount));
  await expect(desk).toHaveURL(new RegExp(`text=${amount}`));
  await expect(desk.locator('[data-task]')).toHaveCount(2);
  await expect(desk.getByRole('tab', { name: /^Waiting/ })).toContainText('2');
  await expect(desk.getByRole('tab', { name: /^Unassigned/ })).toContainText('2');
  await expect(desk.getByRole('tab', { name: /^Mine/ })).toContainText('0');

  const other = await secondBrowser(browser, baseURL);
  await other.goto(pages.task(one.task.taskId));
  await expect(other.getByText('Nobody has claimed this.')).toBeVisible();
  await desk.keyboard.press('Enter');
  await rowOf(desk, one).focus();
  await desk.keyboard.press('c');
  await expect(desk.getByRole('listitem').filter({ has: rowOf(desk, one) })).toContainText('claimed by you');
  await expect(other.getByText(/You have claimed this/)).toBeVisible();
  await expect(desk.getByRole('tab', { name: /^Mine/ })).toContainText('1');

  await desk.getByRole('tab', { name: /^Mine/ }).click();
  await expect(rowOf(desk, one)).toBeVisible();
  await expect(rowOf(desk, two)).toBeHidden();
  await desk.reload();
  await expect(rowOf(desk, one)).toBeVisible();
  await expect(rowOf(desk, two)).toBeHidden();
  await rowOf(desk, one).click();
  await desk.getByRole('button', { name: 'Release' }).click();
  await expect(other.getByText('Nobody has claimed this.')).toBeVisible();
  await other.context().close();
});

test('one after another is decided by keys alone, each after its dialog', async ({ desk, api }) => {
  const amount = amountOf();
  const asked = [await ask(api, amount), await ask(api, amount)];
  await desk.goto(pages.inbox(`text=${amount}`));
  await live(desk);
  await expect(desk.locator('[data-task]')).toHaveCount(2);
  await desk.keyboard.press('?');
  await expect(desk.getByRole('dialog')).toContainText('Claim it');
  await desk.keyboard.press('Escape');
  await desk.keyboard.press('j');
  await desk.keyboard.press('a');
  const dialog = desk.getByRole('dialog', { name: /^Approve/ });
  await expect(dialog).toContainText('Charge payment');
  // Nothing is decided by the key alone.
  expect(await settledOf(api, asked[0]!)).toBeNull();
  await dialog.getByRole('button', { name: /^Approve/ }).focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByText(/^You approved/).first()).toBeVisible();
  await expect(desk.getByRole('heading', { level: 1, name: asked[1]!.task.question })).toBeVisible();
  await expect(desk).toHaveURL(new RegExp(encodeURIComponent(asked[1]!.run.workflowId)));

  await desk.keyboard.press('r');
  await expect(desk.getByLabel('Comment')).toBeFocused();
  await desk.keyboard.type('Not known.');
  await desk.getByRole('button', { name: 'Reject', exact: true }).click();
  const reject = desk.getByRole('dialog', { name: /^Reject/ });
  await reject.getByRole('button', { name: /^Reject/ }).click();
  await expect(reject).toBeHidden();
  expect(await settledOf(api, asked[0]!)).toMatchObject({ outcome: 'approved', by: ACCOUNT.name });
  expect(await settledOf(api, asked[1]!)).toMatchObject({ outcome: 'rejected', comment: 'Not known.' });
  await api.standsAs(asked[0]!.run, 'completed');
  await api.standsAs(asked[1]!.run, 'failedUndone');
});

test('several are decided at once after a preview; one that was decided meanwhile is left out', async ({
  desk,
  api,
}) => {
  const amount = amountOf();
  const asked = [await ask(api, amount), await ask(api, amount), await ask(api, amount)];
  await desk.goto(pages.inbox(`text=${amount}`));
  await live(desk);
  await desk.getByRole('button', { name: 'Tick several' }).click();
  const boxes = desk.getByRole('checkbox', { name: /^Tick:/ });
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ['Shift'] });
  const bar = desk.getByRole('toolbar', { name: 'The ticked approvals' });
  await expect(bar).toContainText('3 ticked');
  await expect(boxes.nth(1)).toBeChecked();
  const last = asked[2]!.task;
  const posted: string[] = [];
  desk.on('request', (request) => {
    if (request.url().includes('/api/inbox/')) posted.push(`${request.method()} ${request.url().split('/').at(-1)}`);
  });
  // Decided by somebody else between the list and the preview.
  await desk.route(`**${routes.previewDecisions()}`, async (route) => {
    const body = { decisionId: crypto.randomUUID(), decision: 'approve', comment: '', dataHash: last.dataHash };
    await api.post(routes.decideTask(last.taskId), body).catch(() => undefined);
    await route.continue();
  });
  await bar.getByRole('button', { name: /^Reject/ }).click();
  const dialog = desk.getByRole('dialog');
  await expect(dialog).toContainText('For 2 runs');
  await expect(dialog).toContainText('Release the goods');
  await expect(dialog).toContainText('1 is left out');
  await expect(dialog).toContainText(`Already decided by ${ACCOUNT.name}`);
  await dialog.getByRole('button', { name: 'Reject 2' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Write a comment');
  await dialog.getByLabel('One comment for all').fill('The shop is closed.');
  await dialog.getByRole('button', { name: 'Reject 2' }).click();
  await expect(dialog).toContainText('2 of 2 decided');
  await expect(dialog.getByRole('list', { name: 'Results' }).getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  for (const each of asked.slice(0, 2))
    expect(await settledOf(api, each)).toMatchObject({ outcome: 'rejected', comment: 'The shop is closed.' });
  expect(posted.filter((each) => each === 'POST decide')).toHaveLength(2);
  expect(posted.filter((each) => each === 'GET decide')).toHaveLength(0);
});
