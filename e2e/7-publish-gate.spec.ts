/**
 * A fix of a published version while fifty runs are open: one that holds for all, one that would break them, and back.
 */
import type { DraftSummary } from '../app/_contract/drafts';
import type { RevisionList } from '../app/_contract/gates';
import { pages, routes } from '../app/_contract/routes';
import type { RunDetail, StartedRun } from '../app/_contract/runs';
import { expect, test } from './product/journey';

const RUNS = 50;
const NAME = 'night-watch';
const flow = {
  format: 2,
  name: NAME,
  title: 'Night watch',
  input: { type: 'object' },
  output: { type: 'object', properties: { said: { type: 'string' } } },
  signals: { dawn: { title: 'Dawn', schema: { type: 'object' } } },
  steps: [
    {
      id: 'light',
      kind: 'action',
      title: 'Light the lamp',
      activity: 'log',
      input: { message: 'lit' },
      effect: 'none',
    },
    { id: 'watch', kind: 'waitForSignal', title: 'Watch until dawn', signal: 'dawn' },
    { id: 'leave', kind: 'end', title: 'Leave', output: { said: 'nothing' } },
  ],
};

test('a fix goes live for fifty open runs, one that would break them lists why, and the fix is rolled back', async ({
  desk: page,
  api,
}) => {
  test.setTimeout(240_000);
  await api.post(routes.publish(), { document: flow });
  const started = await Promise.all(
    Array.from({ length: RUNS }, () =>
      api.post<StartedRun>(routes.startRun(NAME), { requestId: crypto.randomUUID(), input: {} })
    )
  );
  const draft = { id: crypto.randomUUID(), from: { kind: 'version', flow: NAME, version: 1 } };
  await api.post<DraftSummary>(routes.drafts(), draft);
  const send = (since: number, ...operations: object[]) =>
    api.post(routes.gestures(draft.id), {
      gestures: [{ id: crypto.randomUUID(), tab: 'journey', base: since, operations, reverts: null }],
      since,
    });
  const said = (value: string, was: string) => ({
    op: 'set',
    target: { node: 'leave' },
    path: ['output'],
    value: { said: value },
    was: { said: was },
  });
  await send(0, said('All is well', 'nothing'));

  const check = async () => {
    await page.goto(pages.draft(draft.id));
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /Fix running runs \(revision of v1\)/ }).check();
    await dialog.getByLabel('What changed, and why').fill('They said nothing');
    await dialog.getByRole('button', { name: 'Check against the open runs' }).click();
    return dialog;
  };

  // A fix after the place where the runs wait.
  const dialog = await check();
  await expect(dialog.getByRole('status')).toHaveText(`All ${RUNS} runs hold.`, { timeout: 60_000 });
  await expect(dialog.getByText(`${RUNS} runs continue on v1.1 with the next step.`)).toBeVisible();
  await expect(dialog.getByLabel('What changed, and why')).toHaveValue('They said nothing');
  await dialog.getByRole('button', { name: 'Put v1.1 live' }).click();
  await expect(page.getByRole('dialog', { name: 'v1.1 is live' })).toBeVisible();

  const [first] = started;
  await api.post(routes.signal(first!.workflowId, first!.runId), {
    name: 'dawn',
    input: {},
    requestId: crypto.randomUUID(),
  });
  await page.goto(pages.run(first!.workflowId, first!.runId));
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /Night watch v1\.1/ })).toBeVisible();
  const detail = await api.get<RunDetail>(routes.run(first!.workflowId, first!.runId));
  expect(JSON.stringify(detail.live.events.at(-1))).toContain('All is well');

  // A step before that place, which the runs have passed.
  const pause = { id: 'pause', kind: 'wait', fields: { title: 'Sit down first', duration: '1s' }, branches: [] };
  await send(1, { op: 'insert', node: pause, slot: { parent: null, branch: null, after: null, before: 'light' } });
  const broken = await check();
  await expect(broken.getByRole('status')).toHaveText(`0 of ${RUNS - 1} runs hold, ${RUNS - 1} would break.`);
  const runs = broken.getByRole('list', { name: 'Runs that would break' });
  await expect(runs.getByText('Light the lamp').first()).toBeVisible();
  await expect(
    runs.getByText("The history has 'Light the lamp', where the revision runs 'Sit down first'.").first()
  ).toBeVisible();
  await expect(runs.getByRole('link').first()).toHaveAttribute('href', /^\/runs\//);
  await expect(broken.getByRole('button', { name: /^Put v1\.2 live/ })).toHaveAttribute('aria-disabled', 'true');
  await broken.getByRole('button', { name: 'Cancel' }).click();

  // Back to the first revision, from the list of versions.
  await page.goto(`${pages.flow(NAME)}?tab=versions`);
  const revisions = page.getByRole('table', { name: 'Revisions' });
  await expect(revisions.getByRole('row', { name: /v1\.1.*They said nothing/ })).toBeVisible();
  await revisions.getByRole('button', { name: 'Roll back to v1.0' }).click();
  const back = page.getByRole('dialog', { name: 'Roll back to v1.0' });
  await expect(back.getByRole('status')).toHaveText(`All ${RUNS - 1} runs hold.`, { timeout: 60_000 });
  await back.getByRole('button', { name: 'Put v1.0 live' }).click();
  await expect(page.getByRole('dialog', { name: 'v1.0 is live' })).toBeVisible();
  const { revisions: listed, switches } = await api.get<RevisionList>(routes.revisions(NAME));
  expect(listed.map(({ revision, live }) => [revision, live])).toEqual([
    ['v1.1', false],
    ['v1.0', true],
  ]);
  expect(switches.map(({ revision, holding, breaking }) => [revision, holding, breaking])).toEqual([
    ['v1.0', RUNS - 1, 0],
    ['v1.1', RUNS, 0],
  ]);
});
