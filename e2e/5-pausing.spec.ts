/** What operators pause: a step that keeps failing, and a whole run, which then refuses decisions until it is resumed. */
import { readFile } from 'node:fs/promises';
import type { InboxList } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { ACCOUNT, expect, orderId, test, type Api } from './product/journey';
import { look, SIZES } from './product/look';
import { RunScreen } from './product/run-screen';

const WHY = 'The carrier is asked.';
const SHIP = { activityId: 'create-shipment' };

/** Another page pauses the step as soon as it is tried. */
async function pauseShipment(api: Api, { workflowId, runId }: StartedRun): Promise<void> {
  const paused = async () => {
    const data = { requestId: crypto.randomUUID(), ...SHIP, reason: WHY };
    return (await api.request.post(routes.pauseStep(workflowId, runId), { data })).status();
  };
  await expect.poll(paused, { intervals: [100] }).toBe(200);
}

test('a step that keeps failing is paused, gets other options and is retried now; its run is paused and resumed', async ({
  desk,
  api,
}) => {
  const run = await api.start('refund-fails', { orderId: orderId() });
  await pauseShipment(api, run);
  await desk.goto(`${pages.run(run.workflowId, run.runId)}?side=pending`);
  const screen = new RunScreen(desk);
  const dialog = desk.getByRole('dialog');
  const pending = desk.getByRole('listitem').filter({ hasText: 'Create shipment' }).filter({ hasText: 'attempt' });

  // It does not seem to be retried, and says who paused it and why.
  await expect(screen.says(/^Create shipment is paused by Ada Byron: The carrier is asked\.$/)).toBeVisible();
  await expect(pending.getByText(/^Paused by Ada Byron/)).toContainText(WHY);
  await expect(pending.getByText(/The carrier does not answer/)).toBeVisible();
  await expect(desk.getByRole('button', { name: /^Create shipment,.*Paused/ }).first()).toBeVisible();

  // Longer waits, so that the next attempt can be seen to wait.
  await pending.getByRole('button', { name: 'Options…' }).click();
  await dialog.getByLabel('First wait').fill('soon');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(dialog.getByText('A number and a unit: 30s, 5m, 12h.')).toBeVisible();
  await dialog.getByLabel('First wait').fill('20 minutes');
  await dialog.getByLabel('Longest wait').fill('1h');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(dialog).toBeHidden();
  await screen.now.getByRole('button', { name: 'Resume…' }).click();
  await expect(dialog.getByText('Attempt 2 begins at once.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Resume the step' }).click();
  await expect(screen.says(/^Create shipment is retried, attempt 3 of 4: /)).toBeVisible();
  await expect(screen.now.getByText(/in (40|39)m/)).toBeVisible();

  // By keyboard: the next attempt now, which counts its attempts again.
  await screen.now.getByRole('button', { name: 'Retry now…' }).focus();
  await desk.keyboard.press('Enter');
  await expect(dialog.getByText(/up to 4 attempts, from number 3 on/)).toBeVisible();
  await expect(dialog.getByText('It is called with the same idempotency key as before.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Retry now' }).focus();
  await desk.keyboard.press('Enter');
  await expect(screen.says(/^Create shipment is retried, attempt 4 of 6: /)).toBeVisible();

  // One attempt more, then it gives up, and the run turns back until its refund fails too.
  await pending.getByRole('button', { name: 'Options…' }).click();
  await dialog.getByLabel('Attempts', { exact: true }).fill('1');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await screen.now.getByRole('button', { name: 'Retry now…' }).click();
  await dialog.getByRole('button', { name: 'Retry now' }).click();
  await api.standsAs(run, 'needsHand');

  await desk.getByRole('button', { name: 'Stop' }).click();
  await desk.getByRole('menuitem', { name: /^Pause…/ }).click();
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(dialog.getByText('Enter a reason. It is kept with the run.')).toBeVisible();
  await dialog.getByLabel('Reason').fill(WHY);
  await dialog.getByLabel('Reason').press('Control+Enter');
  const band = desk.getByRole('region', { name: 'Paused' });
  await expect(band).toContainText(`Paused by ${ACCOUNT.name}`);
  await expect(band).toContainText(WHY);
  await expect(screen.status('Needs a decision: paused')).toBeVisible();
  const leave = screen.now.getByRole('button', { name: 'Leave it as it is' });
  await expect(leave).toHaveAttribute('aria-disabled', 'true');
  await leave.focus();
  await expect(desk.getByRole('tooltip')).toHaveText('The run is paused: resume it first.');
  const refused = await desk.request.post(routes.decideUndo(run.workflowId, run.runId), {
    data: { requestId: crypto.randomUUID(), nodeId: 'charge-payment', choice: 'leave', reason: WHY },
  });
  expect(refused.status()).toBe(409);
  expect(await refused.text()).toContain('accepts no update and no decision until somebody resumes it');

  await band.getByRole('button', { name: 'Resume…' }).focus();
  await desk.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Resume', exact: true }).focus();
  await desk.keyboard.press('Enter');
  await expect(band).toBeHidden();
  await leave.click();
  await dialog.getByLabel('Reason').fill(WHY);
  await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(screen.status('Failed: 1 effect may remain')).toBeVisible();
  await screen.isWhole(api);
});

test('a paused run is counted as paused, and its approval cannot be decided, also on a phone, until it is resumed', async ({
  desk,
  api,
}) => {
  const run = await api.start('large-order', { orderId: orderId() });
  const taskOf = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(taskOf).toBeTruthy();
  const task = pages.task((await taskOf())?.taskId ?? '');
  const address = pages.run(run.workflowId, run.runId);

  await desk.setViewportSize(SIZES.phone);
  await desk.goto(address);
  await desk.getByRole('button', { name: 'Stop' }).click();
  await desk.getByRole('menuitem', { name: /^Pause…/ }).click();
  const dialog = desk.getByRole('dialog');
  await expect(dialog.getByText(/^Approve the order: nobody can decide meanwhile\./)).toBeVisible();
  await dialog.getByLabel('Reason').fill(WHY);
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  const band = desk.getByRole('region', { name: 'Paused' });
  await expect(band).toContainText(WHY);
  await expect(new RunScreen(desk).status('Waits for a person: paused')).toBeVisible();

  await desk.goto(task);
  await expect(desk.getByText(/^The run was paused by Ada Byron/)).toContainText(WHY);
  for (const name of ['Approve', 'Reject'])
    await expect(desk.getByRole('button', { name, exact: true })).toHaveAttribute('aria-disabled', 'true');
  for (const [size, viewport] of Object.entries(SIZES)) {
    await desk.setViewportSize(viewport);
    await look(desk, 'run-paused', address, size);
    await look(desk, 'approval-paused', task, size);
  }

  await desk.goto(pages.runs(`id=${run.workflowId}`));
  await desk.getByRole('button', { name: /^Paused\s*1$/ }).click();
  await expect(desk.getByRole('row').filter({ hasText: run.workflowId })).toContainText('Waits for a person: paused');

  await desk.goto(address);
  await band.getByRole('button', { name: 'Resume…' }).click();
  await dialog.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(band).toBeHidden();
  await desk.goto(task);
  await desk.getByRole('button', { name: 'Approve', exact: true }).click();
  await dialog.getByRole('button', { name: /^Approve/ }).click();
  await api.standsAs(run, 'completed');
});

test('a paused step and its dialogs fit every screen', async ({ desk, api }) => {
  const run = await api.start('shipment-down', { orderId: orderId() });
  await pauseShipment(api, run);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await desk.setViewportSize(viewport);
    await look(desk, 'step-paused', `${pages.run(run.workflowId, run.runId)}?node=create-shipment&side=step`, size);
  }
});

test('a run is taken along: its history as a file that Temporal reads, and a report in words', async ({
  desk,
  api,
}) => {
  await desk.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const run = await api.start('card-declined', { orderId: orderId() });
  await api.standsAs(run, 'failedUndone');
  const address = pages.run(run.workflowId, run.runId);
  await desk.goto(`${address}?node=charge-payment`);
  await desk.getByRole('button', { name: 'More', exact: true }).click();
  const [file] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('menuitem', { name: /^Download the history/ }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`${run.workflowId}-${run.runId.slice(0, 8)}.json`);
  const { events } = JSON.parse(await readFile(await file.path(), 'utf8')) as { events: { eventType: string }[] };
  expect(events).toHaveLength((await api.run(run)).live.events.length);
  expect(events.at(-1)?.eventType).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_FAILED');

  await desk.getByRole('button', { name: 'More', exact: true }).click();
  await desk.getByRole('menuitem', { name: /^Copy a report/ }).click();
  await expect(desk.getByText('The report was copied.')).toBeVisible();
  const report = await desk.evaluate(() => navigator.clipboard.readText());
  expect(report.split('\n')[0]).toBe(`${run.workflowId} · Order fulfilment v1.0 · Failed: all undone`);
  expect(report.split('\n')[1]).toMatch(new RegExp(`^http.*${address}$`));
  expect(report).toMatch(/^- Charge payment: .*The card was declined/m);
});
