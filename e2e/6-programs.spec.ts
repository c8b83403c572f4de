/** A program starts a run by what the page says, and a person sees it. */
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
