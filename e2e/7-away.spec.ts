/** The database, the engine or the connection goes away and returns: pages say so, keep their data and stay correct. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { RunsPage, StartedRun } from '../app/_contract/runs';
import { pages, routes } from '../app/_contract/routes';
import { startPostgres, type PostgresServer } from '../engine/launcher/postgres';
import { openCut, type Cut } from './product/cut';
import { ACCOUNT, EXAMPLE, expect, orderId, test } from './product/journey';
import { startProduct, type Product } from './product/product';
import { roleOf } from './product/processes';
import { RunScreen } from './product/run-screen';

const AWAY_MS = 10_000;

let folder: string;
let postgres: PostgresServer;
let cut: Cut;
let product: Product | undefined;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-journey-pg-'));
  await chmod(folder, 0o755);
  postgres = await startPostgres({ dataDir: path.join(folder, 'pg') });
  const socket = new URL(postgres.url).searchParams.get('host') ?? '';
  cut = await openCut({ path: path.join(socket, '.s.PGSQL.5432') });
  const url = new URL(postgres.url);
  // A separate PostgreSQL server, as some teams have it.
  product = await startProduct({
    env: { DATABASE_URL: `postgresql://${url.username}@127.0.0.1:${cut.port}/postgres` },
  });
});
test.afterAll(async () => {
  await product?.remove();
  await cut?.close();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});
// The URL is read before the product runs, too.
test.use({ baseURL: async ({}, use) => use(product?.url) });
// After every test the database is reachable again.
test.afterEach(() => void cut.open());

test('database away for ten seconds: the page keeps its data, and refused requests have no effect', async ({
  desk,
  api,
}) => {
  const run = await api.start('shipment-down', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await screen.staysUnloaded();
  const charge = screen.card('Charge payment');
  // The run goes on while its page loads, so a slow machine may have gone further by now.
  const wasCharged = /Done|Undoing|Undone/;
  await expect(charge).toHaveAccessibleName(wasCharged);

  cut.shut();
  const shutAt = Date.now();
  await expect(desk.getByText(/The (database|engine) does not answer/).first()).toBeVisible();
  await expect(charge).toHaveAccessibleName(wasCharged);
  const kept = await charge.ariaSnapshot();
  await expect(desk.getByRole('button', { name: 'Update' })).toHaveAttribute('aria-disabled', 'true');

  const input = (await api.scenarios().catch(() => null))?.[0]?.input;
  expect(input, 'no flow is read while the database is away').toBeUndefined();
  const wanted = { requestId: crypto.randomUUID(), workflowId: `away-${orderId()}`, input: {} as unknown };
  const refused = await desk.request.post(routes.startRun(EXAMPLE), { data: wanted });
  expect(refused.status()).toBe(503);
  const { error } = (await refused.json()) as { error: { code: string; whatToDo: string } };
  expect(['databaseAway', 'engineAway']).toContain(error.code);
  expect(error.whatToDo).toMatch(/Nothing was lost/);
  await expect.poll(() => Date.now() - shutAt, { timeout: 2 * AWAY_MS }).toBeGreaterThan(AWAY_MS);
  expect(await charge.ariaSnapshot()).toBe(kept);

  cut.open();
  await expect(screen.status('Failed: all undone')).toBeVisible({ timeout: 60_000 });
  await expect(desk.getByText(/The (database|engine) does not answer/)).toHaveCount(0);
  await screen.isWhole(api);
  await screen.wasNeverReloaded();

  // The refused request had no effect, and repeating it takes effect once.
  expect((await api.get<RunsPage>(routes.runs(`id=${wanted.workflowId}`))).runs).toEqual([]);
  const scenario = (await api.scenarios()).find(({ name }) => name === 'goes-well');
  wanted.input = { ...(scenario?.input as object), orderId: orderId() };
  const first = await api.post<StartedRun>(routes.startRun(EXAMPLE), wanted);
  const second = await api.post<StartedRun>(routes.startRun(EXAMPLE), wanted);
  expect(second.runId).toBe(first.runId);
});

test('a page opened during an outage shows what is missing and loads by itself later', async ({ desk }) => {
  await desk.goto(pages.runs());
  await expect(desk.getByRole('heading', { name: 'Runs' })).toBeVisible();
  cut.shut();
  await desk.goto(pages.flows());
  await expect(desk.getByText('The database does not answer')).toBeVisible();
  await expect(desk).toHaveURL(new RegExp(`${pages.flows()}$`));
  cut.open();
  await expect(desk.getByRole('heading', { name: 'Flows' })).toBeVisible({ timeout: 45_000 });
});

test('another page opened during an outage says so, and loads when the database is back', async ({ desk }) => {
  await desk.goto(pages.flows());
  await expect(desk.getByRole('heading', { name: 'Flows' })).toBeVisible();
  cut.shut();
  await desk.getByRole('navigation').getByRole('link', { name: 'Runs' }).first().click();
  await expect(desk.getByText('The database does not answer')).toBeVisible();
  // The frame is still shown, so nobody was signed out.
  await expect(desk.getByRole('navigation').getByRole('link', { name: 'Runs' }).first()).toBeVisible();
  cut.open();
  await expect(desk.getByRole('heading', { name: 'Runs' })).toBeVisible({ timeout: 45_000 });
});

test('an engine that does not answer is named, pages answer within seconds, and the engine is replaced', async ({
  desk,
  api,
}) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.home());
  const sign = desk.locator('header [data-link]');
  await expect(sign).toHaveText('Live');
  await expect(desk.getByRole('list', { name: 'Latest runs' })).toContainText(run.workflowId);

  if (!product) throw new Error('There is no product.');
  const { pid } = roleOf(product, 'engine');
  process.kill(pid, 'SIGSTOP');
  const stoppedAt = Date.now();
  await expect(sign).toContainText('Engine away', { timeout: 8_000 });
  await expect(desk.getByText(/The engine (does not answer|takes too long)/).first()).toBeVisible();
  await expect(desk.getByRole('list', { name: 'Latest runs' })).toContainText(run.workflowId);
  await expect(desk.getByText(/was read/).first()).toBeVisible();
  await expect(desk.getByText('This cluster does not count runs')).toHaveCount(0);

  await expect(sign).toHaveText('Live', { timeout: 45_000 });
  expect(roleOf(product, 'engine').pid).not.toBe(pid);
  console.log(`  a hung engine: the page is live again after ${((Date.now() - stoppedAt) / 1_000).toFixed(1)} s`);
  await expect(desk.getByText(/The engine (does not answer|takes too long)/)).toHaveCount(0);
});

test('a page opened while the engine does not answer loads and shows what is unknown', async ({ desk }) => {
  await desk.goto(pages.runs());
  if (!product) throw new Error('There is no product.');
  process.kill(roleOf(product, 'engine').pid, 'SIGSTOP');
  const from = Date.now();
  await desk.goto(pages.home());
  await expect(desk.getByRole('heading', { name: 'Home' })).toBeVisible();
  const tookMs = Date.now() - from;
  console.log(`  a page opened while the engine hangs: there after ${(tookMs / 1_000).toFixed(1)} s`);
  expect(tookMs).toBeLessThan(5_000);
  await expect(desk.getByText('Not known: the runs cannot be counted now.')).toBeVisible();
  await expect(desk.getByText('Nothing waits for you.')).toHaveCount(0);
  // No user action is needed.
  await expect(desk.getByText('Not known: the runs cannot be counted now.')).toHaveCount(0, { timeout: 45_000 });
});

test('a link followed without a connection: the page stays and says so; the target opens later by itself', async ({
  desk,
}) => {
  await desk.goto(pages.flows());
  await expect(desk.getByRole('heading', { name: 'Flows' })).toBeVisible();
  await desk.context().setOffline(true);
  await desk.getByRole('navigation').getByRole('link', { name: 'Runs' }).first().click();
  await expect(desk.getByText(/'Runs' opens by itself when the connection is back/)).toBeVisible();
  await expect(desk.getByRole('heading', { name: 'Flows' })).toBeVisible();
  await desk.context().setOffline(false);
  await expect(desk.getByRole('heading', { name: 'Runs' })).toBeVisible({ timeout: 20_000 });
  await expect(desk.getByText(/opens by itself/)).toHaveCount(0);
});

test('an expired session leads from the page to the sign-in and back to the run', async ({ desk, api }) => {
  const run = await api.start('large-order', { orderId: orderId() });
  await desk.goto(pages.run(run.workflowId, run.runId));
  await expect(new RunScreen(desk).says(/Approve the order/)).toBeVisible();
  await desk.getByRole('button', { name: 'Update' }).click();
  const dialog = desk.getByRole('dialog', { name: 'Update the run' });
  await dialog.getByLabel('Delivery note').fill('Too late for this session.');
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rowCount } = await client.query(`UPDATE app.session SET expires_at = now() - interval '1 minute'`);
  await client.end();
  expect(rowCount).toBeGreaterThan(0);
  // A list or the live link may have noticed it first; then the page already leads to the sign-in.
  await Promise.race([
    dialog.getByRole('button', { name: 'Send the update' }).click(),
    desk.waitForURL(/\/sign-in\?back=/),
  ]);
  await expect(desk).toHaveURL(/\/sign-in\?back=/);
  await desk.getByLabel('E-mail').fill(ACCOUNT.email);
  await desk.getByLabel('Password').fill(ACCOUNT.password);
  await desk.getByRole('button', { name: 'Sign in' }).click();
  await expect(desk).toHaveURL(new RegExp(run.runId));
  await expect(new RunScreen(desk).says(/Approve the order/)).toBeVisible();
});
