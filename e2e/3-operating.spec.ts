/** What an operator does to a run: decides about a failed undo, stops, kills, queries, updates and restarts it. */
import type { InboxList } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import { ACCOUNT, expect, orderId, test } from './product/journey';
import { RunScreen } from './product/run-screen';

const REASON = 'The customer was called.';

test('a failed undo is left as it is with a reason: the other effects are undone, the run lists what remains', async ({
  desk,
  api,
}) => {
  const run = await api.start('refund-fails', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await expect(screen.says(/Refund the payment failed 4 of 4 times: .*1 effect remains: .*1 may remain: /)).toBeVisible(
    {
      timeout: 45_000,
    }
  );
  await screen.now.getByRole('button', { name: 'Leave it as it is' }).click();
  const dialog = desk.getByRole('dialog', { name: 'Refund the payment failed' });
  await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(dialog.getByText('Enter a reason. It is kept with the run.')).toBeVisible();
  await dialog.getByLabel('Reason').fill(REASON);
  await dialog.getByRole('button', { name: 'Leave it as it is' }).click();

  await expect(screen.status('Failed: 1 effect may remain')).toBeVisible();
  await expect(screen.says(/1 effect may remain/)).toBeVisible();
  const left = screen.ledger.getByRole('listitem').filter({ hasText: 'Charge payment' });
  await expect(left.getByText('may remain: left as it is')).toBeVisible();
  await expect(left.getByText(`${ACCOUNT.name}: ${REASON}`)).toBeVisible();

  // A second decision is refused and changes nothing.
  const again = await desk.request.post(routes.decideUndo(run.workflowId, run.runId), {
    data: { requestId: crypto.randomUUID(), nodeId: 'charge-payment', choice: 'retry', reason: 'Once more' },
  });
  expect(again.status()).toBe(409);
  await screen.isWhole(api);
});

test('a failed undo is marked as undone by hand', async ({ desk, api }) => {
  const run = await api.start('refund-fails', { orderId: orderId() });
  await api.standsAs(run, 'needsHand');
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await screen.now.getByRole('button', { name: 'I undid it by hand' }).click();
  const dialog = desk.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(REASON);
  await dialog.getByRole('button', { name: 'I undid it by hand' }).click();
  await expect(screen.status('Failed: all undone')).toBeVisible();
  await expect(screen.ledger.getByText('undone by hand')).toBeVisible();
});

test('stop and undo: the dialog lists the undos, the run does them, and the task is withdrawn', async ({
  desk,
  api,
}) => {
  const run = await api.start('large-order', { orderId: orderId() });
  const waiting = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.some(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(waiting).toBe(true);
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await desk.getByRole('button', { name: 'Stop' }).click();
  await desk.getByRole('menuitem', { name: /Stop and undo 1 step/ }).click();
  const dialog = desk.getByRole('dialog', { name: 'Stop this run?' });
  await expect(
    dialog.getByRole('listitem').filter({ hasText: "Release the goodsundoes 'Reserve inventory'" })
  ).toHaveCount(1);
  await dialog.getByLabel('Reason').fill(REASON);
  await dialog.getByRole('button', { name: 'Stop and undo 1 step' }).click();

  await expect(screen.status('Stopped: all undone')).toBeVisible();
  await expect(screen.ledger.getByText('undone: Release the goods')).toBeVisible();
  await expect(
    screen.says(new RegExp(`Stopped by ${ACCOUNT.name}: The customer was called. All its effects were undone.`))
  ).toBeVisible();
  await expect.poll(waiting).toBe(false);
});

test('kill now: the dialog asks for a reason, nothing is undone, the run lists what remains', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await expect(screen.says(/Approve the order/)).toBeVisible();
  await desk.getByRole('button', { name: 'Stop' }).click();
  await expect(desk.getByRole('menuitem', { name: /Kill now.*1 effect remains/ })).toBeVisible();
  await desk.getByRole('menuitem', { name: /Kill now/ }).click();
  const dialog = desk.getByRole('dialog', { name: 'Kill this run?' });
  await dialog.getByRole('button', { name: /Kill now/ }).click();
  await expect(dialog.getByText('Enter a reason. It is kept with the run.')).toBeVisible();
  await dialog.getByLabel('Reason').fill(REASON);
  await dialog.getByRole('button', { name: /Kill now/ }).click();

  await expect(
    screen.says(/Killed by Ada Byron: The customer was called. Nothing was undone. 1 effect remains./)
  ).toBeVisible();
  await screen.tab('Books');
  await expect(
    desk.getByRole('table', { name: /^Bookings of this run/ }).getByRole('cell', { name: 'remains', exact: true })
  ).toHaveCount(1);
  await expect(desk.getByRole('button', { name: 'Signal' })).toHaveAttribute('aria-disabled', 'true');

  // It goes on all the same: a new run begins where this one was killed.
  await desk.goto(`${pages.run(run.workflowId, run.runId)}?node=approve-order&side=step`);
  await desk.getByRole('button', { name: 'Reset to here…' }).click();
  const reset = desk.getByRole('dialog', { name: /^Reset to '/ });
  await expect(reset.getByText('Taken over by the new run, not done again')).toBeVisible();
  await expect(reset.getByText('No effect happens a second time.')).toBeVisible();
  await reset.getByLabel('Reason').fill(REASON);
  await reset.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(screen.says(/Approve the order/)).toBeVisible();
  expect(screen.address().runId).not.toBe(run.runId);
  await desk.getByRole('link', { name: 'Reset from an earlier run' }).click();
  await expect(screen.says(/Nothing was undone\./)).toBeVisible();
  expect(screen.address().runId).toBe(run.runId);
  await desk.getByRole('link', { name: 'Reset into a newer run' }).click();
  await expect(screen.says(/Approve the order/)).toBeVisible();
  await desk.goto(pages.run(run.workflowId, run.runId));
  await expect(screen.says(/Nothing was undone. 1 effect belongs to the newer run now: /)).toBeVisible();
  await desk.getByRole('link', { name: 'the newer run' }).click();
  await expect(screen.says(/Approve the order/)).toBeVisible();
});

test('query and update: the run answers, accepts a change, and says why it refuses one', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await expect(screen.says(/Approve the order/)).toBeVisible();
  await desk.getByRole('button', { name: 'Update' }).click();
  const update = desk.getByRole('dialog', { name: 'Update the run' });
  await update.getByLabel('Delivery note').fill('Ring twice.');
  await update.getByRole('button', { name: 'Send the update' }).click();
  await expect(desk.getByText(/Change the delivery note.* was accepted/)).toBeVisible();

  await desk.keyboard.press('Escape');
  await desk.getByRole('button', { name: 'Query' }).click();
  const query = desk.getByRole('dialog', { name: 'Query the run' });
  await query.getByRole('button', { name: 'Send the query', exact: true }).click();
  await expect(query.getByRole('region', { name: 'Answer' }).getByText('Ring twice.')).toBeVisible();
  await desk.keyboard.press('Escape');

  const packed = await api.start('refund-fails', { orderId: orderId() });
  await api.standsAs(packed, 'needsHand');
  await desk.goto(pages.run(packed.workflowId, packed.runId));
  await desk.getByRole('button', { name: 'Update' }).click();
  await update.getByLabel('Delivery note').fill('Too late.');
  await update.getByRole('button', { name: 'Send the update' }).click();
  await expect(
    update.getByRole('alert').getByText('The parcel is packed, so its note can no longer be changed.')
  ).toBeVisible();
});

test('a flow without signals says so, and a signal to a closed run is refused in words', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const signal = desk.getByRole('button', { name: 'Signal' });
  await expect(signal).toHaveAttribute('aria-disabled', 'true');
  await signal.hover();
  await expect(desk.getByRole('tooltip', { name: 'This flow declares no signals.' })).toBeVisible();

  await api.post(routes.terminate(run.workflowId, run.runId), { reason: REASON });
  const late = await desk.request.post(routes.signal(run.workflowId, run.runId), {
    data: { name: 'hurry', input: null, requestId: crypto.randomUUID() },
  });
  expect(late.status()).toBe(409);
  expect(await late.json()).toMatchObject({ error: { code: 'runClosed' } });
});

test('start again: the form contains the input of the earlier run', async ({ desk, api }) => {
  const order = orderId();
  const run = await api.start('goes-well', { orderId: order, address: 'Seamstress Lane 4' });
  await api.standsAs(run, 'completed');
  await desk.goto(pages.run(run.workflowId, run.runId));
  await desk.getByRole('link', { name: 'Start again' }).click();
  await expect(desk.getByLabel('Order', { exact: true })).toHaveValue(order);
  await expect(desk.getByLabel('Delivery address')).toHaveValue('Seamstress Lane 4');
  await desk.getByRole('button', { name: 'Start the run' }).click();
  await desk.waitForURL(/\/runs\/[^/]+\/[^/]+$/);
  expect(new RunScreen(desk).address().runId).not.toBe(run.runId);
});

test('two runs side by side: where they part, step by step; an open run is followed', async ({ desk, api }) => {
  const prefix = `compared-${crypto.randomUUID().slice(0, 8)}`;
  const well = await api.start('goes-well', { orderId: `${prefix}-well` });
  const down = await api.start('card-declined', { orderId: `${prefix}-down` });
  await Promise.all([api.standsAs(well, 'completed'), api.standsAs(down, 'failedUndone')]);
  await desk.goto(pages.run(down.workflowId, down.runId));
  await desk.getByRole('button', { name: 'More', exact: true }).click();
  await desk.getByRole('menuitem', { name: /^Compare with/ }).click();
  const dialog = desk.getByRole('dialog', { name: 'Compare with…' });
  await expect(dialog.getByRole('link', { name: /^The last completed run of/ })).toBeVisible();
  await dialog.getByLabel('Workflow id begins with').fill(well.workflowId);
  await dialog.getByRole('link', { name: well.workflowId }).click();

  await expect(desk.getByText(/^They part at ‘Charge payment’\. A: done\. B: failed: NotApplied\.$/)).toBeVisible();
  await expect(desk).toHaveURL(new URL(pages.compareRuns(well, down), desk.url()).href);
  const list = desk.getByRole('list', { name: 'Differences' });
  await expect(list.getByRole('button', { name: /^Start input/ })).toBeVisible();
  // The keys go through the differences; what is selected is in the address.
  await desk.keyboard.press('n');
  await expect(list.getByText('orderId', { exact: true })).toBeVisible();
  await desk.keyboard.press('n');
  await desk.keyboard.press('n');
  await expect(list.getByRole('button', { name: /^Charge payment.*They part here/ })).toHaveAttribute(
    'aria-expanded',
    'true'
  );
  await desk.keyboard.press('p');
  await expect(list.getByRole('button', { name: /^Reserve inventory.*undone in B only/ })).toBeFocused();
  await desk.reload();
  await expect(list.getByRole('button', { name: /^Reserve inventory/ })).toHaveAttribute('aria-expanded', 'true');
  await desk.getByRole('tab', { name: /^Effects/ }).click();
  await expect(desk.getByRole('listitem').filter({ hasText: 'Reserve inventory' })).toContainText('was undone');
  await desk.getByRole('tab', { name: /^Timelines/ }).click();
  await expect(desk.getByRole('region', { name: 'Timeline of run B' })).toBeVisible();

  // An open run is compared too, and the comparison follows it.
  const asks = await api.start('large-order', { orderId: `${prefix}-asks` });
  await desk.goto(pages.compareRuns(well, asks));
  const side = desk.getByRole('region', { name: 'Run B' });
  await expect(side.getByText('Completed')).toHaveCount(0);
  await api.post(routes.terminate(asks.workflowId, asks.runId), { reason: REASON });
  await expect(side.getByText(/^Killed/)).toBeVisible();
  await expect(desk.getByText(/^They part at /)).toBeVisible();
});

test('a closed run is kept with a reason, then no longer, and deleted now', async ({ desk, api }) => {
  const run = await api.start('goes-well', { orderId: orderId() });
  await api.standsAs(run, 'completed');
  await desk.goto(pages.run(run.workflowId, run.runId));
  const act = async (entry: RegExp, dialog: string, button: string) => {
    await desk.getByRole('button', { name: 'More', exact: true }).click();
    await desk.getByRole('menuitem', { name: entry }).click();
    const asked = desk.getByRole('dialog', { name: dialog });
    await asked.getByLabel('Reason').fill(REASON);
    await asked.getByRole('button', { name: button }).click();
  };
  await act(/^Keep…/, 'Keep this run?', 'Keep it');
  await expect(desk.getByText(`Kept by ${ACCOUNT.name}`)).toBeVisible();
  await desk.getByRole('button', { name: 'More', exact: true }).click();
  await expect(desk.getByRole('menuitem', { name: /^Delete now/ })).toBeDisabled();
  await desk.keyboard.press('Escape');
  await act(/^Keep no longer/, 'Keep this run no longer?', 'Keep it no longer');
  await expect(desk.getByText(`Kept by ${ACCOUNT.name}`)).toHaveCount(0);
  await act(/^Delete now/, 'Delete this run now?', 'Delete this run');
  await desk.waitForURL(/\/runs$/);
  await expect.poll(async () => (await desk.request.get(routes.run(run.workflowId, run.runId))).status()).toBe(404);
});
