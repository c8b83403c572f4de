/** Another system subscribes to events, is away for a while, and gets everything; a person sees how far it is. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { EXAMPLE, expect, test } from './product/journey';

interface Event {
  id: string;
  type: string;
  subject: string;
  data: { status?: string; url?: string };
}

let receiver: Server;
let answers = 204;
const heard: { event: Event; body: string; headers: Record<string, string> }[] = [];
const typesOf = (subject: string) =>
  heard.filter(({ event }) => event.subject === subject).map(({ event }) => event.type.replace('backstitch.', ''));

test.beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (answers === 204)
        heard.push({ event: JSON.parse(body) as Event, body, headers: request.headers as Record<string, string> });
      response.writeHead(answers).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
test.afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

test('a subscription is made and tested; a receiver that was away gets what it missed, and a replay sends it again', async ({
  desk,
  api,
}) => {
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
  await desk.goto(pages.events());
  await desk.getByRole('button', { name: 'New subscription' }).first().click();
  const dialog = desk.getByRole('dialog', { name: 'New subscription' });
  await dialog.getByLabel('Name').fill('Warehouse');
  await dialog.getByLabel('Address').fill('warehouse.example.com');
  await dialog.getByRole('button', { name: 'Create the subscription' }).click();
  await expect(dialog.getByText(/An address that begins with https/)).toBeVisible();
  await dialog.getByLabel('Address').fill(address);
  await dialog.getByRole('button', { name: 'Create the subscription' }).click();
  const once = desk.getByRole('dialog', { name: "The secret of 'Warehouse'" });
  const webhook = new Webhook((await once.getByLabel('Secret', { exact: true }).innerText()).trim());
  await once.getByRole('button', { name: 'Done' }).click();

  await desk.getByRole('button', { name: 'Send a test' }).click();
  await expect(desk.getByText('The test arrived. Answered 204.')).toBeVisible();
  expect(heard.map(({ event }) => event.type)).toEqual(['backstitch.test']);

  const start = async () => {
    const input = (await api.scenarios()).find(({ name }) => name === 'goes-well')?.input;
    return api.post<StartedRun>(routes.startRun(EXAMPLE), { requestId: crypto.randomUUID(), input });
  };
  const first = await start();
  await expect.poll(() => typesOf(first.workflowId).at(-1), { timeout: 30_000 }).toBe('run.closed');
  expect(typesOf(first.workflowId)[0]).toBe('run.started');
  for (const { body, headers, event } of heard) expect(webhook.verify(body, headers)).toEqual(event);
  await desk.goto(heard.find(({ event }) => event.subject === first.workflowId)?.event.data.url ?? '');
  await expect(desk.getByRole('heading', { name: first.workflowId })).toBeVisible();

  answers = 503;
  const second = await start();
  await desk.goto(pages.events());
  await desk.getByRole('link', { name: 'Warehouse' }).click();
  await expect(desk.getByText('The receiver does not take events')).toBeVisible();
  await expect(desk.getByText(/Answered 503/).first()).toBeVisible();
  answers = 204;
  await expect.poll(() => typesOf(second.workflowId).at(-1), { timeout: 60_000 }).toBe('run.closed');
  expect(typesOf(second.workflowId)[0]).toBe('run.started');
  await expect(desk.getByText('Nothing. It is up to date.')).toBeVisible();

  const ids = () => heard.filter(({ event }) => event.subject === second.workflowId).map(({ event }) => event.id);
  const before = ids();
  await desk
    .getByRole('button', { name: `Send again from run.started of ${second.workflowId}` })
    .last()
    .click();
  await desk.getByRole('button', { name: 'Send again', exact: true }).click();
  await expect.poll(() => ids().length, { timeout: 30_000 }).toBe(2 * before.length);
  expect(ids().slice(before.length)).toEqual(before);

  await desk.getByRole('button', { name: 'Remove…' }).click();
  await desk.getByRole('button', { name: 'Remove the subscription' }).click();
  await expect(desk).toHaveURL(pages.events());
  await expect(desk.getByText('No subscription yet')).toBeVisible();
});
