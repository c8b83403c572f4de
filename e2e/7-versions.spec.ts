/** Versions of a flow: compared, restored and retired; and the history of a draft, looked at and restored. */
import type { DraftDetail, DraftSummary } from '../app/_contract/drafts';
import type { FlowDetail, PublishedVersion, VersionList } from '../app/_contract/flows';
import { pages, routes } from '../app/_contract/routes';
import type { FlowDocument } from '../engine/flow/document';
import { expect, test, type Api } from './product/journey';

const step = (id: string, title: string, effect: string, undo = true) => ({
  id,
  kind: 'action',
  title,
  activity: 'http.request',
  effect,
  input: { method: 'POST', url: 'http://127.0.0.1:9/never', body: {} },
  ...(undo
    ? {
        undo: {
          title: `Undo ${title.toLowerCase()}`,
          activity: 'http.request',
          input: { method: 'POST', url: 'http://127.0.0.1:9/never' },
        },
      }
    : {}),
});
const document = (name: string, steps: object[], title = 'Booking') => ({
  format: 2,
  name,
  title,
  input: { type: 'object' },
  steps: [...steps, { id: 'done', kind: 'end', title: 'Done' }],
});
const HOTEL = step('hotel', 'Book hotel', 'reversible');
const CAR = step('car', 'Rent car', 'reversible');
const FLIGHT = step('flight', 'Book flight', 'reversible');

/** Two versions: in the second one, the hotel has no undo, the car is gone, and a flight comes first. */
async function published(api: Api): Promise<string> {
  const name = `booking-${crypto.randomUUID().slice(0, 8)}`;
  const publish = (steps: object[], note: string) =>
    api.post<PublishedVersion>(routes.publish(), { document: document(name, steps), note });
  await publish([HOTEL, CAR], 'The first booking');
  await publish([FLIGHT, step('hotel', 'Book hotel', 'reversible', false)], 'Flights, and no car');
  return name;
}

test('two versions are compared on the drawing, in the code and in what a failure leaves', async ({
  desk: page,
  api,
}) => {
  const name = await published(api);
  await page.goto(`${pages.flow(name)}?tab=versions`);
  const rows = page.getByRole('table', { name: /^Versions of/ });
  await expect(rows.getByText('Flights, and no car')).toBeVisible();
  await page.getByRole('link', { name: 'Changes since v1' }).click();
  await expect(page).toHaveURL(/compare\?from=1&to=2/);

  const list = page.getByRole('list', { name: 'Differences' });
  await expect(list.getByText("'Book flight' was added at the beginning.")).toBeVisible();
  await expect(list.getByText("'Rent car' was removed. It was after 'Book hotel'.")).toBeVisible();
  // The removed step remains in the drawing, at its place.
  await expect(page.locator('#face-car')).toBeVisible();
  await expect(page.locator('[data-change="removed"]')).toHaveCount(1);
  await list.getByRole('button', { name: /^Changed/ }).click();
  await expect(list.getByText('undo', { exact: true })).toBeVisible();
  await expect(list.getByText('not there')).toBeVisible();

  await page.getByRole('tab', { name: 'Code' }).click();
  await expect(page.getByLabel('Code of v1', { exact: true })).toContainText('Rent car', { ignoreCase: true });
  await expect(page.getByLabel('Code of v2', { exact: true })).toContainText('flight');

  await page.getByRole('tab', { name: 'Rollback' }).click();
  await page.getByRole('button', { name: 'Compare the rollback' }).click();
  await expect(page.getByText(/failures end otherwise than before/)).toBeVisible({ timeout: 45_000 });
  const failures = page.getByRole('list', { name: 'Failures that end otherwise' });
  await expect(
    failures.getByRole('listitem').filter({ hasText: "If 'Book hotel' fails after its effect:" })
  ).toContainText("'Book flight' is new, and it remains");
});

test('a version is restored as a draft, published, and another is retired', async ({ desk: page, api }) => {
  const name = await published(api);
  await page.goto(`${pages.flow(name)}?tab=versions`);
  await page.getByRole('button', { name: 'More about version 1' }).click();
  await page.getByRole('menuitem', { name: /Restore as a draft/ }).click();
  await page.getByRole('button', { name: 'Make the draft' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await expect(page.locator('#face-car')).toBeVisible();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText("'Rent car' was added after 'Book hotel'.")).toBeVisible();
  await dialog.getByLabel('What changed, and why').fill('Back to the car');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog.getByText('Version 3 is published')).toBeVisible();

  await page.goto(`${pages.flow(name)}?tab=versions`);
  const rows = page.getByRole('table', { name: /^Versions of/ });
  await page.getByRole('button', { name: 'More about version 3' }).click();
  await page.getByRole('menuitem', { name: /^Retire/ }).click();
  await expect(dialog.getByText(/New runs start with version 2 from then on/)).toBeVisible();
  await dialog.getByLabel('Reason').fill('The car is away');
  await dialog.getByRole('button', { name: 'Retire version 3' }).click();
  await expect(rows.getByText(/Retired by Ada Byron.*The car is away/)).toBeVisible();
  expect(await api.get<VersionList>(routes.versions(name))).toMatchObject({ served: 2 });
  const refused = await api.request.post(routes.startRun(name), {
    data: { requestId: crypto.randomUUID(), input: {}, version: 3 },
  });
  expect(refused.status()).toBe(409);
});

test('a state of a draft is looked at and restored; a newer version is taken over', async ({ desk: page, api }) => {
  const name = await published(api);
  const id = crypto.randomUUID();
  await api.post<DraftSummary>(routes.drafts(), { id, from: { kind: 'version', flow: name } });
  const titles = async () =>
    (await api.get<DraftDetail>(routes.draft(id))).draft.steps.map(({ fields }) => fields.title);
  await page.goto(pages.draft(id));
  await page.locator('#face-flight').click();
  await page.keyboard.press('Delete');
  await expect.poll(titles).toEqual(['Book hotel', 'Done']);

  await page.getByRole('button', { name: 'History of the draft' }).click();
  await page.getByRole('button', { name: /^1 edit/ }).click();
  await expect(page.getByRole('button', { name: /Delete Book flight/ }).last()).toBeVisible();
  await page.getByRole('button', { name: 'Look at it' }).last().click();
  await expect(page.getByText('The draft as it was created.')).toBeVisible();
  await expect(page.locator('#face-flight')).toBeVisible();
  await page.getByRole('button', { name: 'Restore this state' }).click();
  await expect.poll(titles).toEqual(['Book flight', 'Book hotel', 'Done']);
  await page.getByRole('button', { name: /^Revert edit/ }).click();
  await expect.poll(titles).toEqual(['Book hotel', 'Done']);

  // Somebody else publishes meanwhile.
  const { shown } = await api.get<FlowDetail>(routes.flow(name));
  const theirs: FlowDocument = { ...shown.manifest.document, title: 'Booking, renamed' };
  await api.post<PublishedVersion>(routes.publish(), { document: theirs });
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('What others changed: v2 to v3')).toBeVisible();
  await expect(dialog.getByText("'Book flight' was removed. It was at the beginning.")).toBeVisible();
  await dialog.getByRole('button', { name: 'Take over what others changed' }).click();
  await expect(dialog.getByText('What changes: v3 to v4')).toBeVisible();
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog.getByText('Version 4 is published')).toBeVisible();
  const { shown: last } = await api.get<FlowDetail>(routes.flow(name));
  expect([last.manifest.document.title, last.manifest.document.steps.map(({ id: each }) => each)]).toEqual([
    'Booking, renamed',
    ['hotel', 'done'],
  ]);
});
