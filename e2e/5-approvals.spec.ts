/** The inbox: a run asks, a person answers, the run continues or is undone, even if a browser loses its connection. */
import type { Browser, Locator, Page } from '@playwright/test';
import type { InboxTask, InboxTaskDetail } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { ACCOUNT, expect, signIn, test, type Api } from './product/journey';

/** Above the limit of the example; the amount distinguishes this order from every other one. */
const AMOUNT = 123_456;
const MONEY = '€1,234.56';

interface Asked {
  run: StartedRun;
  task: InboxTask;
}
async function ask(api: Api): Promise<Asked> {
  const run = await api.start('large-order', { amount: AMOUNT });
  const idOf = async () =>
    (await api.get<{ tasks: InboxTask[] }>(routes.inbox())).tasks.find(
      ({ workflowId }) => workflowId === run.workflowId
    );
  await expect.poll(idOf, { timeout: 45_000 }).toBeTruthy();
  const task = await idOf();
  if (!task) throw new Error('The task went away.');
  return { run, task };
}
const rowOf = (page: Page, { task }: Asked): Locator => page.locator(`[data-task="${task.taskId}"]`);
const answer = (page: Page, name: 'Approve' | 'Reject'): Locator => page.getByRole('button', { name, exact: true });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const comment = (page: Page): Locator => page.getByLabel('Comment');
/** Moves pointer and focus away from the list, so that its rows may change. */
const leaveList = (page: Page) => page.mouse.move(2, 2);

async function openTask(page: Page, { task }: Asked): Promise<void> {
  await page.goto(pages.task(task.taskId));
  await expect(page.getByRole('heading', { level: 1, name: task.question })).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
}
async function secondBrowser(browser: Browser, baseURL: string | undefined): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  await signIn(context.request);
  return context.newPage();
}
/** How often the run received an answer. */
async function answersTaken(api: Api, run: StartedRun): Promise<number> {
  const { live } = await api.run(run);
  return live.events.filter(({ type }) => type === 'WorkflowExecutionUpdateAccepted').length;
}

interface Booking {
  key: string;
  title: string;
  state: string;
  applied: number;
  undone: number;
}
/** What the shop booked for a run. */
async function bookingsOf(api: Api, { workflowId }: StartedRun): Promise<Omit<Booking, 'key'>[]> {
  const { keys } = await api.get<{ keys: Booking[] }>(routes.exampleBooks('shop'));
  return keys
    .filter(({ key }) => key.includes(`/${workflowId}/`))
    .map(({ title, state, applied, undone }) => ({ title, state, applied, undone }));
}

test('a large order is approved, and everybody who looks at it sees so at once', async ({
  desk,
  api,
  browser,
  baseURL,
}) => {
  const asked = await ask(api);
  const other = await secondBrowser(browser, baseURL);
  const list = await secondBrowser(browser, baseURL);
  await openTask(other, asked);
  await comment(other).fill('I was about to');
  await list.goto(pages.inbox());
  await expect(rowOf(list, asked)).toBeVisible();
  await leaveList(list);

  await desk.goto(pages.home());
  await desk
    .getByRole('link', { name: /^Approvals/ })
    .first()
    .click();
  await rowOf(desk, asked).click();
  await expect(desk.getByRole('heading', { level: 1, name: 'Shall this order be charged and sent?' })).toBeVisible();
  const ifApproved = desk.getByRole('region', { name: 'If you approve' });
  await expect(ifApproved.getByRole('listitem')).toContainText([
    'Charge payment',
    'Create shipment',
    'Send confirmation',
  ]);
  await expect(desk.getByRole('region', { name: 'If you reject' })).toContainText('Release the goods');

  await answer(desk, 'Approve').click();
  await expect(dialog(desk)).toContainText('Charge payment');
  await dialog(desk)
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(desk.getByText(`You approved ${MONEY}.`)).toBeVisible();
  await expect(answer(desk, 'Approve')).toBeHidden();

  await expect(other.getByText(`Already decided by ${ACCOUNT.name}: approved.`)).toBeVisible();
  await expect(answer(other, 'Approve')).toBeHidden();
  await expect(other.getByText('I was about to')).toBeVisible();
  await expect(rowOf(list, asked)).toBeHidden();

  await list.getByRole('tab', { name: 'Done' }).click();
  await expect(list.getByRole('listitem').filter({ has: rowOf(list, asked) })).toContainText(
    `Approved by ${ACCOUNT.name}`
  );
  await api.standsAs(asked.run, 'completed');
  await Promise.all([other.context().close(), list.context().close()]);
});

test('a large order is rejected with a reason, and its effects are undone', async ({ desk, api }) => {
  const asked = await ask(api);
  await openTask(desk, asked);
  await answer(desk, 'Reject').click();
  await expect(desk.getByRole('alert').filter({ hasText: 'Write a comment' })).toBeVisible();
  await expect(dialog(desk)).toBeHidden();
  await expect(comment(desk)).toBeFocused();

  await comment(desk).fill('The customer is not known.');
  await answer(desk, 'Reject').click();
  await expect(dialog(desk)).toContainText('Release the goods');
  await expect(dialog(desk)).toContainText('The customer is not known.');
  await dialog(desk)
    .getByRole('button', { name: `Reject ${MONEY}` })
    .click();
  await expect(desk.getByText(`You rejected ${MONEY}.`)).toBeVisible();

  const { summary } = await api.standsAs(asked.run, 'failedUndone');
  expect(summary.standing ?? 0).toBe(0);
  // By the books of the shop, the goods were set aside once and released once, and nothing was charged.
  expect(await bookingsOf(api, asked.run)).toEqual([{ title: 'Reservation', state: 'undone', applied: 1, undone: 1 }]);
  const { task } = await api.get<InboxTaskDetail>(routes.task(asked.task.taskId));
  expect(task.settled).toMatchObject({
    outcome: 'rejected',
    by: ACCOUNT.name,
    comment: 'The customer is not known.',
  });
});

test('a person who decides too late is told who decided first', async ({ desk, api }) => {
  const asked = await ask(api);
  await openTask(desk, asked);
  await desk.route(`**${routes.decideTask(asked.task.taskId)}`, async (route) => {
    await api.post(routes.decideTask(asked.task.taskId), {
      decisionId: crypto.randomUUID(),
      decision: 'reject',
      comment: 'Not today.',
      dataHash: asked.task.dataHash,
    });
    await route.continue();
  });
  await answer(desk, 'Approve').click();
  await dialog(desk)
    .getByRole('button', { name: /^Approve/ })
    .click();
  await expect(desk.getByText(`Already decided by ${ACCOUNT.name}: rejected.`).first()).toBeVisible();
  await expect(desk.getByText(/You approved/)).toBeHidden();
  await expect(desk.getByText('Not today.')).toBeVisible();
  await api.standsAs(asked.run, 'failedUndone');
  expect(await answersTaken(api, asked.run)).toBe(1);
});

test('a decision whose request was lost is sent again, and counts once', async ({ desk, api }) => {
  const asked = await ask(api);
  await openTask(desk, asked);
  const decisionIds: unknown[] = [];
  await desk.route(`**${routes.decideTask(asked.task.taskId)}`, async (route) => {
    decisionIds.push((route.request().postDataJSON() as { decisionId: string }).decisionId);
    await (decisionIds.length === 1 ? route.abort('connectionreset') : route.continue());
  });
  await answer(desk, 'Approve').click();
  await dialog(desk)
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(dialog(desk).getByRole('alert')).toContainText('it is not known whether it arrived');
  await dialog(desk).getByRole('button', { name: 'Approve: send again' }).click();
  await expect(desk.getByText(`You approved ${MONEY}.`)).toBeVisible();
  expect(new Set(decisionIds).size).toBe(1);
  await api.standsAs(asked.run, 'completed');
  expect(await answersTaken(api, asked.run)).toBe(1);
});

test("a decision whose answer was lost is recognised as the person's own", async ({ desk, api }) => {
  const asked = await ask(api);
  await openTask(desk, asked);
  await desk.route(`**${routes.decideTask(asked.task.taskId)}`, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await answer(desk, 'Approve').click();
  await dialog(desk)
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(desk.getByText(`You approved ${MONEY}.`)).toBeVisible();
  await expect(dialog(desk)).toBeHidden();
  await api.standsAs(asked.run, 'completed');
});

test('a comment survives a reload, a lost connection and an expired session', async ({ desk, api, context }) => {
  const asked = await ask(api);
  await openTask(desk, asked);
  await comment(desk).fill('Called the customer.');
  await desk.reload();
  await expect(comment(desk)).toHaveValue('Called the customer.');

  await context.setOffline(true);
  await expect(desk.getByText('This page is not connected to Backstitch.').first()).toBeVisible();
  await expect(answer(desk, 'Approve')).toBeDisabled();
  await comment(desk).fill('Called the customer twice.');
  await context.setOffline(false);
  await expect(desk.getByText('Live', { exact: true })).toBeVisible();

  await answer(desk, 'Approve').click();
  await context.clearCookies();
  await dialog(desk)
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(desk).toHaveURL(/\/sign-in\?back=/);
  await desk.getByLabel('E-mail').fill(ACCOUNT.email);
  await desk.getByLabel('Password').fill(ACCOUNT.password);
  await desk.getByRole('button', { name: 'Sign in' }).click();
  await expect(comment(desk)).toHaveValue('Called the customer twice.');
  await answer(desk, 'Approve').click();
  await dialog(desk)
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(desk.getByText(`You approved ${MONEY}.`)).toBeVisible();
  await expect(desk.getByText('Called the customer twice.')).toBeVisible();
  await api.standsAs(asked.run, 'completed');
});

test('on a phone both answers can be reached with a thumb, and nothing is wider than the screen', async ({
  desk,
  api,
}) => {
  const asked = await ask(api);
  await desk.setViewportSize({ width: 390, height: 700 });
  await openTask(desk, asked);
  for (const name of ['Reject', 'Approve'] as const) {
    const box = await answer(desk, name).boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(48);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
  }
  expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await desk.getByRole('link', { name: 'All approvals' }).click();
  await expect(rowOf(desk, asked)).toBeVisible();
});
