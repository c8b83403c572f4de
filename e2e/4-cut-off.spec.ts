/** A browser loses its connection while runs go on: it says so, keeps its data, and later has no gap and no repeat. */
import { pages } from '../app/_contract/routes';
import { openCut, type Cut } from './product/cut';
import { Api, expect, orderId, test as journeys } from './product/journey';
import { RunScreen } from './product/run-screen';
import { productUrl } from './product/start';

/** The connection of the browser can be cut; `api` uses that connection, `outside` does not. */
const test = journeys.extend<{ cut: Cut; outside: Api }>({
  cut: async ({}, use) => {
    const { port } = new URL(productUrl());
    const cut = await openCut({ host: '127.0.0.1', port: Number(port) });
    await use(cut);
    await cut.close();
  },
  baseURL: async ({ cut }, use) => use(`http://127.0.0.1:${cut.port}`),
  outside: async ({ playwright, desk }, use) => {
    // The session is the same, because cookies are not bound to a port.
    const request = await playwright.request.newContext({
      baseURL: productUrl(),
      storageState: await desk.context().storageState(),
    });
    await use(new Api(request));
    await request.dispose();
  },
});

test('a connection is lost while a run unwinds: the page says so, then shows the whole history', async ({
  desk,
  cut,
  outside,
}) => {
  const run = await outside.start('shipment-down', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await screen.staysUnloaded();
  await expect(screen.card('Charge payment')).toHaveAccessibleName(/Done/);

  cut.shut();
  await expect(desk.getByText(/This page is not connected to Backstitch. The run continues/)).toBeVisible();
  await expect(screen.card('Charge payment')).toHaveAccessibleName(/Done/);
  await expect(desk.getByRole('button', { name: 'Signal' })).toHaveAttribute('aria-disabled', 'true');
  await outside.standsAs(run, 'failedUndone');
  await expect(screen.status('Failed: all undone')).toBeHidden();

  cut.open();
  await expect(screen.status('Failed: all undone')).toBeVisible({ timeout: 45_000 });
  await expect(desk.getByText(/This page is not connected to Backstitch/)).toBeHidden();
  await screen.isWhole(outside);
  await screen.wasNeverReloaded();
});

test('a connection is lost repeatedly: every event is shown once, in order', async ({ desk, cut, outside }) => {
  const run = await outside.start('refund-fails', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await screen.staysUnloaded();
  for (let times = 0; times < 4; times++) {
    const before = (await outside.run(run)).live.events.length;
    cut.shut();
    // Events are missed each time, unless the run waits.
    await expect
      .poll(async () => {
        const { live } = await outside.run(run);
        return live.events.length > before || live.summary.standingState === 'needsHand';
      })
      .toBe(true);
    cut.open();
    await expect(desk.getByText(/This page is not connected to Backstitch/)).toBeHidden({ timeout: 45_000 });
  }
  await expect(screen.status('Needs a decision')).toBeVisible({ timeout: 45_000 });
  await screen.isWhole(outside);
  await screen.wasNeverReloaded();
});

test('a connection is lost: the runs list is up to date again afterwards', async ({ desk, cut, outside }) => {
  await desk.goto(pages.runs());
  await expect(desk.getByRole('table', { name: 'Runs' })).toBeVisible();
  cut.shut();
  const run = await outside.start('goes-well', { orderId: orderId() });
  await outside.standsAs(run, 'completed');
  cut.open();
  await expect(desk.getByRole('link', { name: new RegExp(run.workflowId) })).toBeVisible({ timeout: 45_000 });
});
