/** `npm start`: killed processes restart, pending work continues, and Ctrl-C leaves no process. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { status } from '@grpc/grpc-js';
import { request as requests } from '@playwright/test';
import { Connection } from '@temporalio/client';
import type { InboxList } from '../app/_contract/inbox';
import { routes } from '../app/_contract/routes';
import { Api, expect, signIn, test } from './product/journey';
import { kill, processesOf, roleOf } from './product/processes';
import { startProduct, type Product } from './product/product';

test.describe.configure({ mode: 'serial' });

let product: Product;
let api: Api;
test.beforeAll(async () => {
  product = await startProduct();
  api = await openApi();
});
test.afterAll(() => product.remove());

async function openApi(): Promise<Api> {
  const request = await requests.newContext({ baseURL: product.url });
  await signIn(request);
  await request.post(routes.installExample(), { data: {} });
  return new Api(request);
}
/** Until the web answers and sees the engine and the database. */
const healthy = () =>
  expect
    .poll(async () => (await api.request.get(routes.health()).catch(() => null))?.json().catch(() => null), {
      timeout: 45_000,
    })
    .toMatchObject({ database: 'up', engine: 'up' });

for (const role of ['engine', 'shop', 'web']) {
  test(`after kill -9 of the ${role} in the middle of a run, the run undoes everything once`, async () => {
    const run = await api.start('shipment-down');
    const before = roleOf(product, role);
    kill(before);
    await expect.poll(() => product.said(), { timeout: 45_000 }).toContain(`${role} serves again`);
    expect(roleOf(product, role).pid).not.toBe(before.pid);
    await healthy();

    const { live } = await api.standsAs(run, 'failedUndone');
    const ids = live.events.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });
}

test('after kill -9 of PostgreSQL in the middle of a run it restarts, and nothing acknowledged is lost', async () => {
  const run = await api.start('shipment-down');
  const [postgres] = processesOf(product).filter(({ command }) => command.includes(`-D ${product.dataDir}`));
  if (!postgres) throw new Error('There is no PostgreSQL.');
  kill(postgres);
  await expect.poll(() => product.said(), { timeout: 45_000 }).toContain('postgres serves again');
  await healthy();
  await api.standsAs(run, 'failedUndone');
});

/** The launcher needs eight seconds on a machine that has time for it. */
const NOTICED_MS = 20_000;
for (const role of ['engine', 'web', 'shop', 'postgres']) {
  test(`if the ${role} stops answering, it is killed and replaced, and the run undoes everything once`, async () => {
    const run = await api.start('shipment-down');
    const before =
      role === 'postgres'
        ? processesOf(product).find(({ command }) => command.includes(`-D ${product.dataDir}`))
        : roleOf(product, role);
    if (!before) throw new Error(`There is no process '${role}'.`);
    const heard = product.said().length;
    process.kill(before.pid, 'SIGSTOP');
    const from = Date.now();
    const said = () => product.said().slice(heard);
    await expect.poll(said, { timeout: 60_000, intervals: [100] }).toContain(`${role} no longer answers`);
    const noticedMs = Date.now() - from;
    await expect.poll(said, { timeout: 60_000, intervals: [100] }).toContain(`${role} serves again`);
    const replacedMs = Date.now() - from;
    await healthy();
    console.log(`  ${role}: noticed after ${noticedMs} ms, replaced after ${replacedMs} ms`);
    expect(noticedMs).toBeLessThan(NOTICED_MS);
    expect(processesOf(product).map(({ pid }) => pid)).not.toContain(before.pid);
    await api.standsAs(run, 'failedUndone');
  });
}

test('a second launcher on the same folder is refused and has no other effect', async () => {
  await expect(startProduct({ again: product })).rejects.toThrow(/already runs on .*process/s);
  await healthy();
});

test('after kill -9 of every process, the next start continues where they stopped', async () => {
  const run = await api.start('large-order');
  const waiting = () =>
    api.get<InboxList>(routes.inbox()).then(({ tasks }) => tasks.find((task) => task.workflowId === run.workflowId));
  await expect.poll(waiting, { timeout: 45_000 }).toBeTruthy();
  const task = await waiting();
  if (!task) throw new Error('The task has gone.');

  processesOf(product).forEach(kill);
  await expect.poll(() => processesOf(product)).toEqual([]);
  product = await startProduct({ again: product });
  await healthy();

  // The same session, the same task, the same run.
  await api.post(routes.decideTask(task.taskId), {
    decisionId: crypto.randomUUID(),
    decision: 'approve',
    comment: 'Seen.',
    dataHash: task.dataHash,
  });
  await api.standsAs(run, 'completed');
});

test('Ctrl-C stops every process with exit code 0, and the next start serves the same data', async () => {
  const family = processesOf(product);
  expect(family.length).toBeGreaterThan(4);
  expect(await product.stop()).toBe(0);
  const pids = new Set(family.map(({ pid }) => pid));
  expect(processesOf(product).filter(({ pid }) => pids.has(pid))).toEqual([]);

  product = await startProduct({ again: product, options: ['--require-keys'] });
  expect(product.said()).toContain('up to date');
  await healthy();
});

test('started with --require-keys, the engine refuses a client without a key, and local.env has one', async () => {
  const localEnv = await readFile(path.join(product.dataDir, 'local.env'), 'utf8');
  const apiKey = /^export TEMPORAL_API_KEY=(.+)$/m.exec(localEnv)?.[1];
  expect(apiKey).toBeTruthy();
  const codeWith = async (key: { apiKey?: string }) => {
    const connection = Connection.lazy({ address: product.engineAddress, tls: false, ...key });
    const call = connection.workflowService.countWorkflowExecutions({ namespace: 'default' });
    const code = await call.then(
      () => status.OK,
      (error: { code: status }) => error.code
    );
    await connection.close();
    return code;
  };
  expect(await codeWith({})).toBe(status.UNAUTHENTICATED);
  expect(await codeWith({ apiKey })).toBe(status.OK);
});

test('Ctrl-C ends every process within seconds, even if one does not answer', async () => {
  const family = processesOf(product);
  process.kill(roleOf(product, 'engine').pid, 'SIGSTOP');
  const from = Date.now();
  expect(await product.stop()).toBe(0);
  expect(Date.now() - from).toBeLessThan(8_000);
  const pids = new Set(family.map(({ pid }) => pid));
  expect(processesOf(product).filter(({ pid }) => pids.has(pid))).toEqual([]);
});
