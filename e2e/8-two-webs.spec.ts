/**
 * Two web processes behind a balancer share a Redis: people do not notice which one they reach, that one of them is killed,
 * or that Redis is. Skipped where there is no `redis-server`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request as requests, type Browser, type Page } from '@playwright/test';
import type { InboxList, InboxTask } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { RunsPage, StartedRun } from '../app/_contract/runs';
import { headerOf, PostOffice, textOf } from '../app/_server/testing/post-office';
import { openBalancer, type Balancer } from './product/balancer';
import { Api, EXAMPLE, expect, signIn, test } from './product/journey';
import { kill, processesOf } from './product/processes';
import { startProduct, type Product } from './product/product';
import { RunScreen } from './product/run-screen';

test.describe.configure({ mode: 'serial' });
test.skip(spawnSync('redis-server', ['--version']).status !== 0, 'There is no redis-server.');

const office = new PostOffice();
let folder: string;
let redis: ChildProcess;
let balancer: Balancer;
let receiver: Server;
let product: Product;
let api: Api;
let cookies: Awaited<ReturnType<Api['request']['storageState']>>;
const closed: { id: string; subject: string }[] = [];

const startRedis = () =>
  spawn('redis-server', ['--port', '0', '--unixsocket', path.join(folder, 'redis'), '--save', '', '--dir', folder]);
const portOf = (server: Pick<Server, 'address'>) => (server.address() as AddressInfo).port;
const both = () => [product.ports.web, product.ports.web + 1];

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'backstitch-two-webs-'));
  redis = startRedis();
  await office.open();
  balancer = await openBalancer();
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      closed.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof closed)[number]);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const env = {
    REDIS_URL: path.join(folder, 'redis'),
    BACKSTITCH_WEB_URL: balancer.url,
    BACKSTITCH_SMTP_URL: office.url,
  };
  product = await startProduct({ webs: 2, env });
  balancer.use(both());
  const request = await requests.newContext({ baseURL: balancer.url });
  await signIn(request);
  await request.post(routes.installExample(), { data: {} });
  api = new Api(request);
  cookies = await request.storageState();
  await api.post(routes.events(), {
    id: crypto.randomUUID(),
    title: 'Warehouse',
    target: { kind: 'webhook', address: `http://127.0.0.1:${portOf(receiver)}/` },
    flows: [],
    kinds: ['run.closed'],
    isOn: true,
  });
});
test.afterAll(async () => {
  await product?.remove();
  await balancer?.close();
  await office.close();
  receiver?.closeAllConnections();
  receiver?.close();
  redis?.kill('SIGKILL');
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A page of whoever is signed in, whose live connection goes to this web process. */
async function pageAt(browser: Browser, web: number, address: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: balancer.url, storageState: cookies });
  const page = await context.newPage();
  balancer.use([both()[web]!]);
  await page.goto(address);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  balancer.use(both());
  return page;
}
const webs = () => processesOf(product).filter(({ command }) => command.includes('/build/web.mjs'));
async function asked(run: StartedRun): Promise<InboxTask> {
  const find = async () =>
    (await api.get<InboxList>(routes.inbox())).tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await expect.poll(find, { timeout: 45_000 }).toBeTruthy();
  return (await find())!;
}
const decide = (task: InboxTask, by = api) =>
  by.post(routes.decideTask(task.taskId), {
    decisionId: crypto.randomUUID(),
    decision: 'approve',
    comment: 'Seen.',
    dataHash: task.dataHash,
  });
const lettersAbout = ({ question }: InboxTask, money: string) =>
  office.letters.filter((letter) => headerOf(letter, 'subject') === question && textOf(letter).includes(money)).length;

test('several web processes are refused without a Redis that they share', async () => {
  const { REDIS_URL: _, ...env } = process.env;
  const launcher = spawn(process.execPath, ['engine/launcher/start.mjs', '--webs', '2', '--data', folder], { env });
  let said = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  const [code] = (await once(launcher, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toContain('several web processes need a Redis to reach each other; REDIS_URL has its address');
});

test('both serve one session, and what is decided in one leaves the inbox that the other shows', async ({
  browser,
}) => {
  expect(webs()).toHaveLength(2);
  const run = await api.start('large-order', { amount: 123_456 });
  const task = await asked(run);
  const shown = [await pageAt(browser, 0, pages.inbox()), await pageAt(browser, 1, pages.inbox())];
  for (const page of shown)
    await expect(page.getByRole('link', { name: new RegExp(task.question) }).first()).toBeVisible();
  await decide(task);
  for (const page of shown) await expect(page.getByRole('link', { name: new RegExp(task.question) })).toHaveCount(0);
  await api.standsAs(run, 'completed');
  for (const page of shown) await page.context().close();
});

test('one is killed while runs go on: its pages continue at the other, and nothing is lost or doubled', async ({
  browser,
}) => {
  const run = await api.start('shipment-down');
  const page = await pageAt(browser, 1, pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(page);
  await screen.staysUnloaded();
  const [input] = (await api.scenarios()).filter(({ name }) => name === 'goes-well').map((each) => each.input);
  const starts = Array.from({ length: 12 }, () => ({ requestId: crypto.randomUUID(), input }));
  /** As a program does: until it is answered, with the same id. */
  const start = async (body: (typeof starts)[number]) => {
    for (;;) {
      const answer = await api.request.post(routes.startRun(EXAMPLE), { data: body }).catch(() => null);
      if (answer?.ok()) return (await answer.json()) as StartedRun;
    }
  };
  const started = starts.map(start);
  // The younger one serves the page.
  const second = webs().toSorted((a, b) => b.pid - a.pid)[0]!;
  const before = product.said().length;
  kill(second);
  const runs = await Promise.all(started);
  // Each request started one run.
  expect(new Set(runs.map(({ workflowId }) => workflowId)).size).toBe(starts.length);
  for (const each of runs) await api.standsAs(each, 'completed');
  await api.standsAs(run, 'failedUndone');
  await expect(screen.status('Failed: all undone')).toBeVisible();
  await screen.isWhole(api);
  await screen.wasNeverReloaded();
  await page.context().close();
  await expect.poll(() => product.said().slice(before), { timeout: 45_000 }).toMatch(/web(-2)? serves again/);

  // What went out, went out, whichever of them delivers.
  const ended = [...runs, run].map(({ workflowId }) => workflowId);
  const heard = () => ended.filter((id) => !closed.some(({ subject }) => subject === id));
  await expect.poll(heard, { timeout: 60_000 }).toEqual([]);
  expect((await api.get<RunsPage>(routes.runs())).runs.length).toBeGreaterThanOrEqual(ended.length);
});

test('Redis is killed and comes back: each goes on by itself, later they reach each other again, a mail is sent once', async ({
  browser,
}) => {
  const page = await pageAt(browser, 0, pages.inbox());
  const inbox = (task: InboxTask) => page.getByRole('link', { name: new RegExp(task.question) });
  redis.kill('SIGKILL');
  await once(redis, 'exit');
  const first = await asked(await api.start('large-order', { amount: 222_222 }));
  await page.reload();
  await expect(inbox(first).first()).toBeVisible();
  await expect.poll(() => lettersAbout(first, '€2,222.22'), { timeout: 30_000 }).toBe(1);
  await decide(first);

  redis = startRedis();
  // Whoever decides at the other process is seen here again.
  await expect(async () => {
    const task = await asked(await api.start('large-order', { amount: 333_333 }));
    await expect(inbox(task).first()).toBeVisible();
    const elsewhere = await requests.newContext({
      baseURL: `http://127.0.0.1:${both()[1]}`,
      storageState: cookies,
      extraHTTPHeaders: { origin: balancer.url },
    });
    await decide(task, new Api(elsewhere));
    await elsewhere.dispose();
    await expect(inbox(task)).toHaveCount(0, { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  expect(lettersAbout(first, '€2,222.22')).toBe(1);
  await page.context().close();
});
