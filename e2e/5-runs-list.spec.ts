/** The runs list: filters in the URL, rows that change in place, and no row that moves while somebody uses the list. */
import type { Locator, Page } from '@playwright/test';
import type { InboxTask } from '../app/_contract/inbox';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { EXAMPLE, expect, test, type Api } from './product/journey';

/** Runs whose ids begin with a prefix of their own: `<prefix>-1`, `<prefix>-2`, … */
class Batch {
  readonly prefix = `list-${crypto.randomUUID().slice(0, 8)}`;
  #count = 0;
  constructor(private readonly api: Api) {}
  async start(scenario: string): Promise<StartedRun> {
    const input = (await this.api.scenarios()).find(({ name }) => name === scenario)?.input;
    return this.api.post<StartedRun>(routes.startRun(EXAMPLE), {
      requestId: crypto.randomUUID(),
      workflowId: `${this.prefix}-${++this.#count}`,
      input,
    });
  }
  /** The list of these runs alone. */
  url(more = ''): string {
    return pages.runs(`id=${this.prefix}${more}`);
  }
}
const rows = (page: Page): Locator => page.locator('[data-run]');
const rowOf = (page: Page, { workflowId }: StartedRun): Locator =>
  page.getByRole('row').filter({ has: page.locator(`[data-run^="${workflowId}/"]`) });
/** Moves pointer and focus away from the list, so that its rows may change. */
const leaveList = (page: Page) => page.mouse.move(2, 2);

test('filters are in the URL: they narrow the list, survive a reload, and can be cleared', async ({ desk, api }) => {
  const batch = new Batch(api);
  const [good, bad] = [await batch.start('goes-well'), await batch.start('card-declined')];
  await api.standsAs(good, 'completed');
  await api.standsAs(bad, 'failedUndone');

  await desk.goto(pages.runs());
  await desk.getByLabel('Workflow id begins with').fill(batch.prefix);
  await expect(rows(desk)).toHaveCount(2);
  await desk.getByRole('button', { name: /^Failed: all undone 1/ }).click();
  await expect(rows(desk)).toHaveCount(1);
  await expect(rowOf(desk, bad)).toContainText('Failed: all undone');
  await expect(desk.getByText('1 of 2 runs')).toBeVisible();
  await expect(desk).toHaveURL(
    new RegExp(`standing=failedUndone.*id=${batch.prefix}|id=${batch.prefix}.*standing=failedUndone`)
  );

  await desk.reload();
  await expect(rows(desk)).toHaveCount(1);
  await expect(desk.getByLabel('Workflow id begins with')).toHaveValue(batch.prefix);
  await desk.getByRole('button', { name: /^Failed: all undone/ }).click();
  await desk.getByRole('button', { name: /^Needs a decision/ }).click();
  await expect(desk.getByText('No run matches')).toBeVisible();
  await desk.getByRole('button', { name: 'Clear status' }).click();
  await expect(rows(desk)).toHaveCount(2);
});

test('a changed run is updated in its row, without a reload', async ({ desk, api }) => {
  const batch = new Batch(api);
  const run = await batch.start('large-order');
  await desk.goto(batch.url());
  await expect(rowOf(desk, run)).toContainText('Waits for a person');
  const { tasks } = await api.get<{ tasks: InboxTask[] }>(routes.inbox());
  const task = tasks.find(({ workflowId }) => workflowId === run.workflowId);
  await api.post(routes.decideTask(task?.taskId ?? ''), {
    decisionId: crypto.randomUUID(),
    decision: 'reject',
    comment: 'No.',
    dataHash: task?.dataHash,
  });
  await expect(rowOf(desk, run)).toContainText('Failed: all undone');
});

test('new runs appear by themselves, and no row moves while somebody uses the list', async ({ desk, api }) => {
  const batch = new Batch(api);
  const first = await batch.start('goes-well');
  await desk.goto(batch.url());
  await expect(rowOf(desk, first)).toBeVisible();
  await leaveList(desk);
  const second = await batch.start('goes-well');
  await expect(rowOf(desk, second)).toBeVisible();

  await rowOf(desk, second).hover();
  const before = await rowOf(desk, second).boundingBox();
  const third = await batch.start('goes-well');
  await expect(desk.getByRole('button', { name: '1 new run · show' })).toBeVisible();
  expect(await rowOf(desk, second).boundingBox()).toEqual(before);
  await expect(rowOf(desk, third)).toBeHidden();
  await desk.getByRole('button', { name: '1 new run · show' }).click();
  await expect(rowOf(desk, third)).toBeVisible();
});

test('keys: j and k move, Enter opens, / searches, Esc leaves', async ({ desk, api }) => {
  const batch = new Batch(api);
  const [older, newer] = [await batch.start('goes-well'), await batch.start('goes-well')];
  await desk.goto(batch.url());
  await expect(rows(desk)).toHaveCount(2);
  await desk.keyboard.press('/');
  await expect(desk.getByLabel('Workflow id begins with')).toBeFocused();
  await desk.keyboard.press('Tab');
  await desk.keyboard.press('j');
  await expect(rowOf(desk, newer).getByRole('link')).toBeFocused();
  await desk.keyboard.press('j');
  await expect(rowOf(desk, older).getByRole('link')).toBeFocused();
  await desk.keyboard.press('k');
  await desk.keyboard.press('Enter');
  await expect(desk).toHaveURL(new RegExp(`/runs/${newer.workflowId}/`));
});

test('a long list shows its next page below, and shows how many runs there are', async ({ desk, api }) => {
  const batch = new Batch(api);
  for (let each = 0; each < 53; each++) await batch.start('card-declined');
  await desk.goto(batch.url());
  await desk.getByRole('button', { name: 'Load more' }).scrollIntoViewIfNeeded();
  await expect(desk.getByText('50 shown of 53')).toBeVisible();
  await desk.getByRole('button', { name: 'Load more' }).click();
  await expect(desk.getByRole('table', { name: 'Runs' })).toHaveAttribute('aria-rowcount', '54');
  await expect(desk.getByRole('button', { name: 'Load more' })).toBeHidden();
  await desk.locator(`[data-run^="${batch.prefix}-1/"]`).scrollIntoViewIfNeeded();
  await expect(desk.locator(`[data-run^="${batch.prefix}-1/"]`)).toBeVisible();
});

test('runs are found by the searchable fields of their flow: by a comparison, as text, and in a column', async ({
  desk,
  api,
}) => {
  const flow = `parcel-${crypto.randomUUID().slice(0, 8)}`;
  const value = (title: string, type: string, field: string) => ({ title, type, value: `input.${field}` });
  const document = {
    format: 2,
    name: flow,
    title: `Parcels ${flow}`,
    input: {
      type: 'object',
      required: ['order', 'pieces'],
      properties: { order: { type: 'string' }, pieces: { type: 'integer' } },
    },
    searchable: {
      ParcelOrder: value('Order', 'Keyword', 'order'),
      ParcelPieces: value('Pieces', 'Int', 'pieces'),
    },
    steps: [{ id: 'done', kind: 'end', title: 'Done' }],
  };
  await api.post(routes.publish(), { document });
  const start = (order: string, pieces: number) =>
    api.post<StartedRun>(routes.startRun(flow), { requestId: crypto.randomUUID(), input: { order, pieces } });
  const [hers, his] = [await start("O'Hara", 3), await start('B-2', 40)];
  await api.standsAs(hers, 'completed');
  await api.standsAs(his, 'completed');

  await desk.goto(pages.runs(`flow=${flow}`));
  await expect(rows(desk)).toHaveCount(2);
  await desk.getByRole('button', { name: 'Fields' }).click();
  await desk.getByLabel('Comparison').click();
  await desk.getByRole('option', { name: 'begins with' }).click();
  await desk.getByLabel('Value').fill("O'H");
  await desk.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(rows(desk)).toHaveCount(1);
  await expect(rowOf(desk, hers)).toBeVisible();
  const chips = desk.getByRole('list', { name: 'Filters by fields' });
  await expect(chips).toHaveText("Order begins with O'H");

  await desk.getByRole('button', { name: 'Fields (1)' }).click();
  await desk.getByLabel('As text').fill('ParcelPieces > 10');
  await desk.keyboard.press('Enter');
  await expect(rowOf(desk, his)).toBeVisible();
  await expect(rows(desk)).toHaveCount(1);
  await expect(chips).toHaveText('Pieces is more than 10');
  await desk.reload();
  await expect(rows(desk)).toHaveCount(1);

  await desk.getByRole('button', { name: 'Columns' }).click();
  await desk.getByRole('checkbox', { name: 'Pieces' }).click();
  await desk.keyboard.press('Escape');
  await expect(desk.getByRole('columnheader', { name: 'Pieces' })).toBeVisible();
  await expect(rowOf(desk, his).getByRole('cell', { name: '40', exact: true })).toBeVisible();
  await desk.getByRole('button', { name: 'Remove the filter Pieces is more than 10' }).click();
  await expect(rows(desk)).toHaveCount(2);

  await desk.goto(pages.runs(`where=${encodeURIComponent('Nothing > 1')}`));
  await expect(desk.getByText(/Nothing/).first()).toBeVisible();
  await desk.goto(pages.run(his.workflowId, his.runId));
  await desk.getByRole('tab', { name: 'About' }).click();
  await expect(desk.getByText('Searchable fields')).toBeVisible();
  await expect(desk.getByText('40', { exact: true })).toBeVisible();
});

test('all open runs of the list are stopped at once: what that does is told first, and the batch survives a reload', async ({
  desk,
  api,
}) => {
  const batch = new Batch(api);
  const runs = [await batch.start('large-order'), await batch.start('large-order')];
  const done = await batch.start('goes-well');
  await api.standsAs(done, 'completed');
  const waits = async () => (await Promise.all(runs.map((run) => api.standsAs(run, 'running')))).length;
  await expect.poll(waits).toBe(2);
  await desk.goto(batch.url());
  await expect(rows(desk)).toHaveCount(3);
  await desk.getByRole('button', { name: 'Stop these…' }).click();
  const dialog = desk.getByRole('dialog', { name: 'Stop these runs?' });
  const told = dialog.getByRole('region', { name: 'What this does' });
  await expect(told.getByText('Of 2 runs')).toBeVisible();
  await expect(told.getByRole('listitem')).toHaveText(['2undo 1 step']);
  await dialog.getByText('Kill now', { exact: true }).click();
  await expect(told.getByRole('listitem')).toHaveText(['2end with effects: 2 effects remain']);
  await dialog.getByText('Stop and undo', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Stop 2 runs' }).click();
  await expect(dialog.getByText('Enter a reason.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('The price was wrong.');
  await dialog.getByRole('button', { name: 'Stop 2 runs' }).click();

  const progress = desk.getByRole('dialog', { name: 'Done' });
  await expect(progress.getByText('2 of 2 runs were asked.')).toBeVisible();
  await desk.reload();
  await expect(progress.getByText('2 of 2 runs were asked.')).toBeVisible();
  await progress.getByRole('button', { name: 'Close' }).last().click();
  await expect(desk).not.toHaveURL(/batch=/);
  for (const run of runs) await expect(rowOf(desk, run)).toContainText('Stopped: all undone');
  await expect(rowOf(desk, done)).toContainText('Completed');
});

/** Waits for a signal, and ends. */
const COURIER = {
  format: 1,
  name: 'courier-desk',
  title: 'Courier desk',
  input: { type: 'object', additionalProperties: false, properties: {} },
  signals: {
    arrived: {
      title: 'The parcel arrived',
      schema: {
        type: 'object',
        required: ['place'],
        additionalProperties: false,
        properties: { place: { type: 'string', title: 'Place' } },
      },
    },
  },
  steps: [
    { id: 'parcel', kind: 'waitForSignal', title: 'Wait for the parcel', signal: 'arrived' },
    { id: 'done', kind: 'end', title: 'Done' },
  ],
};

test('rows are selected by mouse and by keys; the selected runs get a signal, and each has a result', async ({
  desk,
  api,
}) => {
  test.setTimeout(150_000);
  await api.post(routes.publish(), { document: COURIER });
  const batch = new Batch(api);
  const runs: StartedRun[] = [];
  for (let each = 1; each <= 4; each++)
    runs.push(
      await api.post<StartedRun>(routes.startRun(COURIER.name), {
        requestId: crypto.randomUUID(),
        workflowId: `${batch.prefix}-${each}`,
        input: {},
      })
    );
  await desk.goto(batch.url());
  await expect(rows(desk)).toHaveCount(4);
  const pick = (index: number) => desk.getByRole('checkbox', { name: `Select ${batch.prefix}-${index}` });
  const bar = desk.getByRole('toolbar', { name: 'Selected runs' });

  // The newest is first: with Shift, all between them.
  await pick(4).click();
  await pick(2).click({ modifiers: ['Shift'] });
  await expect(bar.getByText('3 selected')).toBeVisible();
  await desk.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  // Two are compared, the earlier one first.
  await pick(4).click();
  await pick(3).click();
  await expect(bar.getByRole('link', { name: 'Compare' })).toHaveAttribute(
    'href',
    pages.compareRuns(runs[2]!, runs[3]!)
  );
  await desk.keyboard.press('Escape');
  await desk.keyboard.press('j');
  await desk.keyboard.press('x');
  await desk.keyboard.press('j');
  await desk.keyboard.press('j');
  await desk.keyboard.press('Shift+X');
  await expect(bar.getByText('3 selected')).toBeVisible();
  await desk.keyboard.press('a');
  await expect(bar.getByText('4 selected')).toBeVisible();
  await pick(1).click();
  await expect(bar.getByText('3 selected')).toBeVisible();

  await bar.getByRole('button', { name: 'More' }).click();
  await desk.getByRole('menuitem', { name: 'Pause…' }).click();
  const pause = desk.getByRole('dialog', { name: 'Pause these runs?' });
  await expect(pause.getByRole('listitem')).toHaveText(['3are paused: no step and no attempt begins']);
  await pause.getByLabel('Reason').fill('The warehouse is closed.');
  await pause.getByRole('button', { name: 'Pause 3 runs' }).click();
  const progress = desk.getByRole('dialog', { name: 'Done' });
  await expect(progress.getByText('3 of 3 runs were asked.')).toBeVisible();
  await progress.getByRole('link', { name: 'Each run' }).click();
  await expect(desk.getByRole('heading', { level: 1, name: 'Pause' })).toBeVisible();
  const results = desk.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await expect(results).toHaveCount(3);
  await expect(results.first()).toContainText('Done');

  // Once more: three refuse, one is paused.
  await desk.goto(batch.url());
  await desk.getByRole('checkbox', { name: 'Select all runs that are shown' }).click();
  await bar.getByRole('button', { name: 'More' }).click();
  await desk.getByRole('menuitem', { name: 'Pause…' }).click();
  await expect(pause.getByRole('listitem')).toHaveText([
    '1is paused: no step and no attempt begins',
    '3are paused already and refuse',
  ]);
  await pause.getByLabel('Reason').fill('Also this one.');
  await pause.getByRole('button', { name: 'Pause 4 runs' }).click();
  await expect(progress.getByText('4 of 4 runs were asked, 3 refused.')).toBeVisible();
  await progress.getByRole('link', { name: 'Each run' }).click();
  await desk.getByRole('button', { name: 'Refused 3' }).click();
  await expect(results).toHaveCount(3);
  await expect(desk).toHaveURL(/result=refused/);
  await desk.reload();
  await expect(results).toHaveCount(3);
  await expect(results.first()).toContainText('paused');
  await desk.getByRole('button', { name: 'Try again those that refused…' }).click();
  const again = desk.getByRole('dialog', { name: 'Again for 3 runs?' });
  await again.getByLabel('Reason').fill('Perhaps now.');
  await again.getByRole('button', { name: 'Try 3 runs again' }).click();
  await expect(desk.getByText('3 of 3 runs were asked, 3 refused.')).toBeVisible();

  // They go on, and get what they wait for.
  await desk.goto(batch.url());
  await desk.getByRole('checkbox', { name: 'Select all runs that are shown' }).click();
  await bar.getByRole('button', { name: 'More' }).click();
  await desk.getByRole('menuitem', { name: 'Resume…' }).click();
  const resume = desk.getByRole('dialog', { name: 'Resume these runs?' });
  await expect(resume.getByRole('listitem')).toHaveText(['4go on']);
  await resume.getByLabel('Reason').fill('The warehouse is open.');
  await resume.getByRole('button', { name: 'Resume 4 runs' }).click();
  await expect(progress.getByText('4 of 4 runs were asked.')).toBeVisible();
  await progress.getByRole('button', { name: 'Close' }).last().click();
  await pick(1).click();
  await pick(3).click();
  await bar.getByRole('button', { name: 'Signal…' }).click();
  const signal = desk.getByRole('dialog', { name: 'Send a signal to these runs' });
  await expect(signal.getByRole('listitem')).toHaveText(['2wait for this signal and go on with it']);
  await signal.getByLabel('Place').fill('Oslo');
  await signal.getByLabel('Reason').fill('They are at the desk.');
  await signal.getByRole('button', { name: 'Signal 2 runs' }).click();
  await expect(progress.getByText('2 of 2 runs were asked.')).toBeVisible();
  await progress.getByRole('link', { name: 'Each run' }).click();
  await expect(desk.getByRole('heading', { level: 1, name: 'Send a signal: arrived' })).toBeVisible();
  await expect(results).toHaveCount(2);

  const download = desk.waitForEvent('download');
  await desk.getByRole('link', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toMatch(/^backstitch-batch-.*\.csv$/);
  await desk.goto(batch.url());
  for (const run of [runs[0]!, runs[2]!]) await expect(rowOf(desk, run)).toContainText('Completed');
  await expect(rowOf(desk, runs[1]!)).toContainText('Running');
});
