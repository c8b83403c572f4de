/** A program and another system's webhook start a run by what the page says, and a person sees it. */
import { execFileSync } from 'node:child_process';
import type { ApiRun } from '../app/_contract/api';
import type { MadeKey } from '../app/_contract/people';
import { pages, routes } from '../app/_contract/routes';
import { EXAMPLE, expect, test } from './product/journey';

test('the call that the page shows starts the run that it says, once, and its end is told', async ({
  desk,
  api,
  playwright,
}) => {
  const made = await api.post<MadeKey>(routes.keys(), {
    name: 'order-desk',
    grants: [{ role: 'operator', flow: EXAMPLE }],
    days: 1,
  });
  await desk.goto(pages.start(EXAMPLE));
  await desk.getByRole('tab', { name: 'From a program' }).click();
  await expect(desk).toHaveURL(/way=program/);
  const call = (await desk.getByLabel('Calls with curl', { exact: true }).innerText()) ?? '';
  const url = /curl -X POST '([^']+)'/.exec(call)?.[1] ?? '';
  const body = /-d '([^]+?)'\n/.exec(call)?.[1] ?? '';
  expect(JSON.parse(body)).toHaveProperty('input.orderId');
  await expect(desk.getByLabel(/^Client of /)).toContainText('OrderFulfilmentInput');

  const program = await playwright.request.newContext({
    extraHTTPHeaders: { authorization: `Bearer ${made.secret}`, 'idempotency-key': crypto.randomUUID() },
  });
  const post = async () => {
    const answer = await program.post(url, { data: JSON.parse(body) as object });
    expect(answer.status()).toBe(200);
    return (await answer.json()) as { workflowId: string; url: string; again: boolean };
  };
  const started = await post();
  expect(await post()).toMatchObject({ workflowId: started.workflowId, again: true });
  const ended = (await (await program.get(`${url}/${started.workflowId}?wait=60`)).json()) as ApiRun;
  expect(ended).toMatchObject({ status: 'completed', flow: EXAMPLE, waitsFor: [] });
  expect(ended.effects.map(({ happened }) => happened)).toContain('yes');
  await desk.goto(started.url);
  await desk.getByRole('tab', { name: 'About' }).click();
  await expect(desk.getByText(/order-desk/).first()).toBeVisible();
  await program.dispose();
});

test('a webhook is made; the delivery that the page shows starts one run, and what is refused is listed', async ({
  desk,
}) => {
  await desk.goto(pages.start(EXAMPLE));
  await desk.getByRole('tab', { name: 'From a webhook' }).click();
  await desk.getByRole('button', { name: 'New webhook' }).click();
  const dialog = desk.getByRole('dialog', { name: 'New webhook' });
  await dialog.getByLabel('Name').fill('Shop');
  await dialog.getByLabel('Who sends').click();
  await desk.getByRole('option', { name: /Another, with a secret/ }).click();
  await dialog.getByLabel('How a repetition is told').click();
  await desk.getByRole('option', { name: 'By a header' }).click();
  await dialog.getByLabel('Header of the secret').fill('not a header');
  await dialog.getByRole('button', { name: 'Create the webhook' }).click();
  await expect(dialog.getByText('A header has no spaces and no colon.')).toBeVisible();
  await dialog.getByLabel('Header of the secret').fill('X-Shop-Secret');
  await dialog.getByRole('button', { name: 'Create the webhook' }).click();
  const once = desk.getByRole('dialog', { name: "The secret of 'Shop'" });
  const secret = (await once.getByLabel('Secret', { exact: true }).innerText()).trim();
  await once.getByRole('button', { name: 'Done' }).click();

  await desk.getByText('Send one by hand').click();
  const shown = await desk.getByLabel('A delivery to Shop with curl').innerText();
  const deliver = (id: string, text = shown) =>
    JSON.parse(
      execFileSync('sh', [
        '-c',
        text.replace('SECRET=…', `SECRET='${secret}'`).replace('curl -X', `curl -s -H 'X-Request-Id: ${id}' -X`),
      ]).toString()
    ) as { workflowId: string; again: boolean; error?: { code: string } };
  const first = deliver('one');
  expect(deliver('one')).toEqual({ ...first, again: true });
  expect(deliver('two', shown.replace(/-d '[^]+'$/, `-d '{}'`)).error?.code).toBe('inputInvalid');
  const deliveries = desk.getByRole('listitem').filter({ has: desk.getByText(/^Refused: |had it already/) });
  await desk.getByText(/^Last delivery/).click();
  await expect(deliveries.first()).toContainText('Refused: ');
  await expect(deliveries.nth(1)).toContainText(`${first.workflowId} had it already`);
  await desk.getByRole('link', { name: first.workflowId, exact: true }).first().click();
  await desk.getByRole('tab', { name: 'About' }).click();
  await expect(desk.getByText(/webhook 'Shop'/).first()).toBeVisible();
});
