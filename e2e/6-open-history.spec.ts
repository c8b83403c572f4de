/** A history from a file: opened, looked at as a run, replayed, and refused when it is none. */
import { pages, routes } from '../app/_contract/routes';
import { expect, orderId, test } from './product/journey';

test('a person opens the history of a run from a file, replays it, and sees what is wrong with a broken one', async ({
  desk,
  api,
}) => {
  const run = await api.start('shipment-down', { orderId: orderId() });
  await api.standsAs(run, 'failedUndone');
  const text = await (await api.request.get(routes.history(run.workflowId, run.runId))).text();
  const file = (name: string, content: string) => ({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(content),
  });

  await desk.goto(pages.runs());
  await desk.getByRole('link', { name: 'Open a history' }).click();
  const chooser = desk.getByLabel('File with a history');
  const { events } = JSON.parse(text) as { events: { eventId: string }[] };
  const broken = JSON.stringify({ events: events.filter(({ eventId }) => eventId !== '7') });
  await chooser.setInputFiles(file('broken.json', broken));
  await expect(desk.getByText('Event 7 is missing: event 6 is followed by event 8.')).toBeVisible();

  await chooser.setInputFiles(file('from-production.json', text));
  await expect(desk.getByText('A file, not a live run.')).toBeVisible();
  await expect(desk.getByRole('heading', { level: 1, name: run.workflowId })).toBeVisible();
  await expect(desk.getByText('From the file from-production.json')).toBeVisible();
  await expect(desk.locator('main header').getByText('Failed: all undone')).toBeVisible();
  await expect(desk.getByRole('region', { name: 'Ledger' })).toContainText('was undone');
  await desk.getByRole('button', { name: 'Replay it here' }).click();
  await expect(desk.getByText(/^It replays: the code of v/)).toBeVisible({ timeout: 90_000 });

  await desk.getByRole('button', { name: 'Close the file' }).click();
  const changed = text.replaceAll('"activityId":"charge-payment"', '"activityId":"charge-nobody"');
  expect(changed).not.toBe(text);
  await desk.getByLabel('Or paste its JSON').fill(changed);
  await desk.getByRole('button', { name: 'Open it' }).click();
  await desk.getByRole('button', { name: 'Replay it here' }).click();
  await expect(desk.getByText(/^It differs at event \d+\.$/)).toBeVisible({ timeout: 90_000 });
});
