/** Publishing without a restart: a correct flow runs at once, and a wrong one is refused and changes nothing. */
import type { FlowDetail, FlowSummary } from '../app/_contract/flows';
import { pages, routes } from '../app/_contract/routes';
import type { StartedRun } from '../app/_contract/runs';
import { expect, test } from './product/journey';
import { RunScreen } from './product/run-screen';

const NAME = 'night-shift';
const steps = [
  {
    id: 'prepare',
    kind: 'parallel',
    title: 'Prepare the room',
    branches: [
      {
        id: 'light',
        title: 'Light',
        steps: [{ id: 'warm-up', kind: 'wait', title: 'Let the lamps warm up', duration: '1s' }],
      },
      {
        id: 'door',
        title: 'Door',
        steps: [{ id: 'key', kind: 'waitForSignal', title: 'Wait for the key', signal: 'key' }],
      },
    ],
  },
  { id: 'note', kind: 'set', title: 'Note who came', values: { keeper: { $expr: 'key.who' } } },
  { id: 'open', kind: 'end', title: 'Open', output: { keeper: { $expr: 'keeper' } } },
];
const who = { type: 'string', title: 'Who brings it', minLength: 1 };
const flow = {
  format: 1,
  name: NAME,
  title: 'Night shift',
  input: { type: 'object', title: 'Shift', properties: { note: { type: 'string', title: 'Note' } } },
  output: { type: 'object', required: ['keeper'], properties: { keeper: { type: 'string', title: 'Keeper' } } },
  variables: { keeper: { schema: { type: 'string' }, initial: '' } },
  signals: {
    key: {
      title: 'The key',
      schema: { type: 'object', required: ['who'], properties: { who }, additionalProperties: false },
    },
  },
  steps,
};

test('a flow is published and started, and continues after a signal from its form', async ({ desk, api }) => {
  await api.post(routes.publish(), { document: flow });
  const run = await api.post<StartedRun>(routes.startRun(NAME), { requestId: crypto.randomUUID(), input: {} });
  await desk.goto(pages.run(run.workflowId, run.runId));
  const screen = new RunScreen(desk);
  await expect(screen.card('Wait for the key')).toHaveAccessibleName(/Waits for a signal/);
  await expect(screen.card('Let the lamps warm up')).toHaveAccessibleName(/Done/);

  await desk.getByRole('button', { name: 'Signal', exact: true }).click();
  const dialog = desk.getByRole('dialog', { name: 'Send a signal' });
  await dialog.getByRole('button', { name: 'Send the signal' }).click();
  await expect(dialog.getByRole('alert').first()).toBeVisible();
  await dialog.getByLabel('Who brings it').fill('Grace');
  await dialog.getByRole('button', { name: 'Send the signal' }).click();

  await expect(screen.status('Completed')).toBeVisible();
  await desk.getByRole('tab', { name: 'Result' }).click();
  await expect(desk.getByRole('tabpanel', { name: 'Result' }).getByText('Grace')).toBeVisible();
  await screen.isWhole(api);
});

test('publishing an unchanged flow gives the same version, a changed one the next; runs keep their version', async ({
  desk,
  api,
}) => {
  await api.post(routes.publish(), { document: flow });
  const before = await api.get<FlowDetail>(routes.flow(NAME));
  const again = await api.post<{ again: boolean }>(routes.publish(), { document: flow });
  expect(again.again).toBe(true);

  const old = await api.post<StartedRun>(routes.startRun(NAME), { requestId: crypto.randomUUID(), input: {} });
  await api.post(routes.publish(), { document: { ...flow, title: `Night shift ${crypto.randomUUID()}` } });
  const after = await api.get<FlowDetail>(routes.flow(NAME));
  expect(after.summary.latestVersion).toBe(before.summary.latestVersion + 1);
  await desk.goto(pages.run(old.workflowId, old.runId));
  await expect(
    desk.locator('main header').getByText(`v${before.summary.latestVersion}`, { exact: true })
  ).toBeVisible();
  await api.post(routes.terminate(old.workflowId, old.runId), { reason: 'Journey over.' });
});

const end = steps.at(-1);
const refused: { name: string; document: unknown; says: RegExp }[] = [
  { name: 'no document at all', document: 'night', says: /./ },
  { name: 'a newer format', document: { ...flow, format: 99 }, says: /newer|99/i },
  {
    name: 'an unknown node kind',
    document: { ...flow, steps: [{ id: 'fly', kind: 'teleport', title: 'Fly' }] },
    says: /teleport|kind/,
  },
  ...[
    'input.constructor',
    'input.__proto__',
    'process.exit()',
    "import('fs')",
    '(() => { for (;;); })()',
    'globalThis',
  ].map((expression) => ({
    name: `the expression ${expression}`,
    document: {
      ...flow,
      steps: [{ id: 'open', kind: 'end', title: 'Open', output: { keeper: { $expr: expression } } }],
    },
    says: /open|expression/i,
  })),
  { name: 'two steps of one id', document: { ...flow, steps: [...steps, end] }, says: /open/ },
];
for (const { name, document, says } of refused) {
  test(`a wrong flow is refused with its fault, and nothing is published: ${name}`, async ({ api }) => {
    const flows = () => api.get<{ flows: FlowSummary[] }>(routes.flows());
    const before = await flows();
    const answer = await api.request.post(routes.publish(), { data: { document } });
    expect(answer.status()).toBeGreaterThanOrEqual(400);
    expect(answer.status()).toBeLessThan(500);
    const { error } = (await answer.json()) as { error: { code: string; message: string; problems?: unknown } };
    expect(JSON.stringify(error)).toMatch(says);
    expect(error.code).not.toBe('unexpected');
    expect((await flows()).flows.map(({ name: flowName, latestVersion }) => [flowName, latestVersion])).toEqual(
      before.flows.map(({ name: flowName, latestVersion }) => [flowName, latestVersion])
    );
  });
}

test('an input over the limit is refused with a reason, and no run starts', async ({ api }) => {
  const huge = 'x'.repeat(3_000_000);
  const answer = await api.request.post(routes.startRun(NAME), {
    data: { requestId: crypto.randomUUID(), workflowId: 'too-large', input: { note: huge } },
  });
  expect(answer.status()).toBe(413);
  expect(await answer.json()).toMatchObject({ error: { code: 'payloadTooLarge' } });
  const { runs } = await api.get<{ runs: unknown[] }>(routes.runs('id=too-large'));
  expect(runs).toEqual([]);
});
