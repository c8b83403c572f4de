/**
 * People are told that they are asked, and decide from where they are: by the link of a mail, as a guest on a phone, and by a
 * message to a browser.
 */
import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import { request as requests, type Browser, type Page } from '@playwright/test';
import type { GuestInvited } from '../app/_contract/guests';
import type { InboxTask } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import { headerOf, PostOffice, textOf, type Letter } from '../app/_server/testing/post-office';
import { ACCOUNT, Api, expect, signIn, test } from './product/journey';
import { startProduct, type Product } from './product/product';

test.describe.configure({ mode: 'serial' });

const AMOUNT = 123_456;
const MONEY = '€1,234.56';
const office = new PostOffice();
/** The push service of the maker of a browser. */
let pushService: Server;
let pushes = 0;
let product: Product;
let api: Api;
test.beforeAll(async () => {
  await office.open();
  pushService = createServer((request, response) => {
    pushes++;
    request.resume().on('end', () => response.writeHead(201).end());
  });
  await new Promise<void>((resolve) => pushService.listen(0, '127.0.0.1', resolve));
  product = await startProduct({
    env: { BACKSTITCH_SMTP_URL: office.url, BACKSTITCH_HTTP_ALLOW: pushOrigin() },
  });
  const request = await requests.newContext({ baseURL: product.url });
  await signIn(request);
  await request.post(routes.installExample(), { data: {} });
  api = new Api(request);
});
test.afterAll(async () => {
  await product.remove();
  await office.close();
  pushService.closeAllConnections();
  pushService.close();
});
const pushOrigin = () => `http://127.0.0.1:${(pushService.address() as AddressInfo).port}`;

async function ask(): Promise<InboxTask> {
  const run = await api.start('large-order', { amount: AMOUNT });
  const find = async () =>
    (await api.get<{ tasks: InboxTask[] }>(routes.inbox())).tasks.find(
      ({ workflowId }) => workflowId === run.workflowId
    );
  await expect.poll(find, { timeout: 45_000 }).toBeTruthy();
  return (await find())!;
}
/** The letters since the last call, until there is one for the address. */
async function letterTo(address: string): Promise<Letter> {
  const find = () => office.letters.find(({ to }) => to.includes(address));
  await expect.poll(find, { timeout: 30_000 }).toBeTruthy();
  const letter = find()!;
  office.letters.length = 0;
  return letter;
}
const linkIn = (letter: Letter, path: string): string => {
  const link = textOf(letter)
    .split(/\s+/)
    .find((word) => word.startsWith(`${product.url}${path}`));
  if (!link) throw new Error(`There is no link to ${path}: ${textOf(letter)}`);
  return link;
};
const settled = async ({ taskId }: InboxTask) => (await api.get<{ task: InboxTask }>(routes.task(taskId))).task.settled;
async function newPage(browser: Browser, width: number): Promise<Page> {
  const context = await browser.newContext({
    baseURL: product.url,
    viewport: { width, height: 844 },
    hasTouch: width < 768,
  });
  return context.newPage();
}
async function demandAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('a mail says what waits; its link leads, after the sign-in, to the approval, which decides nothing by itself', async ({
  browser,
}) => {
  const task = await ask();
  const letter = await letterTo(ACCOUNT.email);
  expect(headerOf(letter, 'subject')).toBe(task.question);
  expect(textOf(letter)).toContain(MONEY);
  const page = await newPage(browser, 1440);
  await page.goto(linkIn(letter, '/approvals/'));
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password').fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: task.question })).toBeVisible();
  expect(await settled(task)).toBe(null);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(page.getByText(`You approved ${MONEY}.`)).toBeVisible();
  expect(await settled(task)).toMatchObject({ outcome: 'approved', by: ACCOUNT.name });
  // When the run has ended, whoever decided is told what became of it.
  const ended = await letterTo(ACCOUNT.email);
  expect(headerOf(ended, 'subject')).toBe(`What became of: ${task.question}`);
  expect(textOf(ended)).toContain('The run completed.');

  // One press turns the mails off.
  await page.goto(linkIn(ended, '/unsubscribe/'));
  await page.getByRole('button', { name: 'Send me no more mails' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You get no more mails' })).toBeVisible();
  await demandAccessible(page);
});

test('a guest on a phone opens the link of a mail, sees the task and nothing else, and decides once', async ({
  browser,
}) => {
  const task = await ask();
  const invitation = { requestId: crypto.randomUUID(), email: 'gus@guest.example', name: 'Gus Guest', days: 1 };
  const decidesFor = task.candidates[0] ?? null;
  await api.post<GuestInvited>(routes.guests(task.taskId), { ...invitation, decidesFor, mail: true });
  const link = linkIn(await letterTo('gus@guest.example'), '/guest#');
  const page = await newPage(browser, 390);
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1, name: task.question })).toBeVisible();
  await expect(page.getByText(MONEY).first()).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('link')).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const name of ['Approve', 'Reject']) {
    const button = page.getByRole('button', { name, exact: true });
    expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  }
  await demandAccessible(page);
  expect(await settled(task)).toBe(null);

  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Approve ${MONEY}` })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'You decided: Approve' })).toBeVisible();
  const by = `Gus Guest <gus@guest.example>, invited by ${ACCOUNT.name}`;
  expect(await settled(task)).toMatchObject({ outcome: 'approved', by });
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'There is nothing left to decide' })).toBeVisible();
  await demandAccessible(page);
});

test('a browser is turned on, is told of an approval by its push service, shows it and opens it; signed out, it is told nothing more', async ({
  browser,
}) => {
  const page = await newPage(browser, 390);
  const context = page.context();
  await context.grantPermissions(['notifications']);
  await signIn(context.request);
  // Everything but the service of the maker of the browser is real.
  const keys = {
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  await page.addInitScript(
    ({ endpoint, keys }) => {
      const subscription = {
        endpoint,
        toJSON: () => ({ endpoint, keys }),
        unsubscribe: () => Promise.resolve(localStorage.removeItem('pushed') === undefined),
      } as unknown as PushSubscription;
      PushManager.prototype.subscribe = () => {
        localStorage.setItem('pushed', 'yes');
        return Promise.resolve(subscription);
      };
      PushManager.prototype.getSubscription = () =>
        Promise.resolve(localStorage.getItem('pushed') ? subscription : null);
    },
    { endpoint: `${pushOrigin()}/push/ada`, keys }
  );
  await page.goto('/account');
  const card = page.getByRole('region', { name: 'On this device' });
  await card.getByRole('button', { name: 'Tell me here' }).click();
  await expect(page.getByText('This browser is told from now on.')).toBeVisible();
  await card.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('It is on its way.')).toBeVisible();
  await demandAccessible(page);
  const before = pushes;
  const task = await ask();
  await expect.poll(() => pushes, { timeout: 30_000 }).toBeGreaterThan(before);

  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [registration] = registrations;
      if (registration) resolve(registration.registrationId);
    })
  );
  await session.send('ServiceWorker.enable');
  const url = `${product.url}${pages.task(task.taskId)}`;
  const data = JSON.stringify({ title: 'An approval waits for you', body: task.question, url, tag: task.taskId });
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: product.url,
    registrationId: await registered,
    data,
  });
  const shown = () =>
    page.evaluate(async () => {
      const all = await (await navigator.serviceWorker.ready).getNotifications();
      return all.map(({ title, body }) => [title, body]);
    });
  await expect.poll(shown).toEqual([['An approval waits for you', task.question]]);
  const [worker] = context.serviceWorkers();
  await worker!.evaluate(async () => {
    const scope = self as unknown as {
      registration: ServiceWorkerRegistration;
      dispatchEvent(event: Event): boolean;
      NotificationEvent: new (type: string, init: object) => Event;
    };
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  });
  await expect(page.getByRole('heading', { level: 1, name: task.question })).toBeVisible();

  await page.goto('/account');
  await expect(card.getByRole('button', { name: 'Tell me no more' })).toBeVisible();
  await context.request.post(routes.signOut(), { data: {} });
  expect(await api.get(routes.devices())).toMatchObject({ devices: [] });
});
