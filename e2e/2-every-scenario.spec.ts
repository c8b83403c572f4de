/** Every scenario of the example is started in the browser, and the page agrees with the books of the shop. */
import { pages, routes } from '../app/_contract/routes';
import type { InboxList } from '../app/_contract/inbox';
import { EXAMPLE, expect, orderId, test } from './product/journey';
import { RunScreen } from './product/run-screen';

const ENDS = [
  {
    scenario: 'goes-well',
    status: 'Completed',
    stands: ['Reserve inventory', 'Charge payment', 'Create shipment', 'Send confirmation'],
  },
  { scenario: 'card-declined', status: 'Failed: all undone', stands: [] },
  { scenario: 'shipment-down', status: 'Failed: all undone', stands: [] },
  {
    scenario: 'answer-lost',
    status: 'Completed',
    stands: ['Reserve inventory', 'Charge payment', 'Create shipment', 'Send confirmation'],
  },
  {
    scenario: 'applies-after-timeout',
    status: 'Completed',
    stands: ['Reserve inventory', 'Charge payment', 'Create shipment', 'Send confirmation'],
  },
  { scenario: 'refund-fails', status: 'Needs a decision', stands: ['Reserve inventory', 'Charge payment'] },
] as const;

test('every scenario of the example has a journey', async ({ api }) => {
  const names = (await api.scenarios()).map(({ name }) => name);
  expect(names.sort()).toEqual([...ENDS.map(({ scenario }) => scenario), 'large-order'].sort());
});

for (const { scenario, status, stands } of ENDS) {
  test(`${scenario}: from the start form to '${status}', live, and the shop's books agree`, async ({ desk, api }) => {
    const { title } = (await api.scenarios()).find(({ name }) => name === scenario)!;
    const order = orderId();
    await desk.goto(pages.start(EXAMPLE));
    await desk.getByRole('radio', { name: title }).check();
    await desk.getByLabel('Order', { exact: true }).fill(order);
    await desk.getByRole('button', { name: 'Start the run' }).click();
    await desk.waitForURL(/\/runs\/[^/]+\/[^/]+$/);
    const screen = new RunScreen(desk);
    await screen.staysUnloaded();

    await expect(screen.status(status)).toBeVisible({ timeout: 45_000 });
    await expect(screen.ledger.getByRole('listitem').filter({ hasText: /remains|failed/ })).toHaveCount(stands.length);
    for (const step of stands) await expect(screen.ledger.getByRole('button', { name: step })).toBeVisible();

    await screen.tab('Books');
    const books = desk.getByRole('table', { name: /^Bookings of this run/ });
    await expect(books).toBeVisible();
    await expect(desk.getByText('does not agree')).toHaveCount(0);
    await expect(books.getByText('× booked')).toHaveCount(0);
    await expect(books.getByRole('cell', { name: 'remains', exact: true })).toHaveCount(stands.length);

    await screen.isWhole(api);
    await screen.wasNeverReloaded();
  });
}

test('large-order: the run waits for a person, shows since when, and leads to the approval', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await expect(screen.says(/Approve the order/)).toBeVisible();
  await expect(screen.card('Approve the order')).toHaveAccessibleName(/Waits for a person/);
  const mine = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(mine).toBeTruthy();
  await screen.now.getByRole('link', { name: 'Open the approval' }).click();
  await expect(desk).toHaveURL(new RegExp(pages.task((await mine())!.taskId).replace(/[?.]/g, '\\$&')));
  await expect(desk.getByText('Approve the order').first()).toBeVisible();
});
