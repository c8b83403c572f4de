/** [F] Publishing and reading flows, with the real compiler behind the real engine. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FlowDetail, FlowSummary, PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import example from '@/engine/examples/order-fulfilment/order-fulfilment.flow.json';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  designer = await world.as('designer');
}, 120_000);
afterAll(() => world.close());

const publish = (document: unknown) => designer.post<PublishedVersion>(to.publish(), { document });
const flows = async () => (await must(designer.get<{ flows: FlowSummary[] }>(to.flows()))).body.flows;

test('[F1] the example is installed once, even if two people press the button at the same moment', async () => {
  expect(await flows()).toEqual([]);
  const install = () => must(designer.post<PublishedVersion>(to.installExample(), {}));
  const both = await Promise.all([install(), install()]);
  expect(both.map(({ body }) => body.version.version)).toEqual([1, 1]);
  expect(both.map(({ body }) => body.again).sort()).toEqual([false, true]);
  expect((await install()).body.again).toBe(true);
  expect(await flows()).toMatchObject([
    { name: 'order-fulfilment', latestVersion: 1, publishedBy: 'Ada designer', openRuns: 0 },
  ]);
}, 60_000);

test('[F13] installing the example overwrites nothing that was published at the same moment', async () => {
  const changed = { ...example, title: 'Order fulfilment, ours' };
  const { version } = (await must(publish(changed))).body;
  const list = vi.spyOn(world.web.catalogue, 'list').mockResolvedValueOnce([]);
  const { body } = await must(designer.post<PublishedVersion>(to.installExample(), {}));
  list.mockRestore();
  expect(body).toMatchObject({ again: true, version: { version: version.version, sha: version.sha } });
  expect((await flows())[0]).toMatchObject({ title: changed.title, latestVersion: version.version });
}, 60_000);

describe('a document that cannot be published is refused with the place of its fault', () => {
  const steps = TILL_FLOW.steps;
  const withStep = (change: object, at = 0) => ({
    ...TILL_FLOW,
    name: 'bad',
    steps: steps.map((step, index) => (index === at ? { ...step, ...change } : step)),
  });
  const lookAhead = { type: 'object', properties: { code: { type: 'string', pattern: '^(?=.*a)b$' } } };
  test.each<[what: string, document: unknown, at: string | RegExp, message: RegExp]>([
    ['a text instead of a document', 'nonsense', /^\//, /./],
    ['null', null, /^\//, /./],
    ['a document of a newer format', { ...TILL_FLOW, format: 99 }, /format|^\//, /newer|99/i],
    ['an unknown field', { ...TILL_FLOW, colour: 'red' }, /./, /colour/],
    ['a name that cannot be a type', { ...TILL_FLOW, name: 'No Name!' }, /name/, /./],
    ['an unknown kind of node', withStep({ kind: 'teleport' }), 'take', /kind|teleport|Invalid/i],
    ['an unknown activity', withStep({ activity: 'till.open' }), 'take', /till\.open/],
    ['two nodes with the same id', withStep({ id: 'told' }), 'told', /./],
    [
      'a pattern that is no regular expression',
      withStep({ output: { type: 'object', properties: { receipt: { type: 'string', pattern: '[' } } } }),
      'take',
      /pattern/,
    ],
    ['a pattern that could run for ever', { ...TILL_FLOW, name: 'bad', input: lookAhead }, '/input/', /look-around/],
    [
      'an expression outside the subset',
      withStep({ input: { method: 'POST', connection: 'till', path: { $expr: 'process.env.HOME' } } }),
      'take',
      /process/,
    ],
    [
      'an expression that runs code',
      withStep({ input: { method: 'POST', connection: 'till', path: { $expr: '(() => { while (true) {} })()' } } }),
      'take',
      /./,
    ],
    [
      'an expression of the wrong type',
      withStep({ values: { endsWell: { $expr: 'input.amount' } } }, 3),
      'heard',
      /number/,
    ],
  ])(
    '[F2] %s',
    async (_what, document, at, message) => {
      const { status, error } = await publish(document);
      expect([status, error?.code]).toEqual([422, 'documentInvalid']);
      expect(error?.problems?.length).toBeGreaterThan(0);
      expect(error?.problems?.[0]?.at).toMatch(at);
      expect(error?.problems?.map((problem) => `${problem.at} ${problem.message}`).join('\n')).toMatch(message);
      expect((await flows()).map(({ name }) => name)).not.toContain('bad');
    },
    60_000
  );

  test('[F3] refusals are recorded in the audit trail too, without the document', async () => {
    const row = await world.web.database.auditEntry.findFirst({ where: { operation: 'flows.publish', target: 'bad' } });
    expect(row).toMatchObject({ outcome: 'documentInvalid', actorName: 'Ada designer' });
    expect(JSON.stringify(row)).not.toContain('Take the money');
  });
});

test('[F4] publishing an equal document gives the same version, a changed one gives the next', async () => {
  const [first, again] = [await must(publish(TILL_FLOW)), await must(publish(TILL_FLOW))];
  expect(first.body).toMatchObject({
    again: false,
    version: { version: 1, revision: 'v1.0', workflowType: 'till_v1' },
  });
  expect(again.body).toMatchObject({ again: true, version: first.body.version });
  const next = await must(publish({ ...TILL_FLOW, title: 'The other till' }));
  expect(next.body).toMatchObject({ again: false, version: { version: 2, workflowType: 'till_v2' } });

  const newest = (await must(designer.get<FlowDetail>(to.flow('till')))).body;
  expect(newest).toMatchObject({ summary: { title: 'The other till', latestVersion: 2 }, shown: { version: 2 } });
  expect(newest.versions.map(({ version }) => version)).toEqual([2, 1]);
  const old = (await must(designer.get<FlowDetail>(to.flow('till', 1)))).body;
  expect(old.shown).toMatchObject({
    version: 1,
    sha: first.body.version.sha,
    manifest: { document: { title: 'Till' } },
  });
  expect(old.shown.code).toContain('export async function till_v1');
}, 60_000);

test('[F5] a flow or a version that does not exist is not found', async () => {
  expect((await designer.get(to.flow('nowhere'))).error?.code).toBe('flowNotFound');
  expect((await designer.get(to.flow('till', 99))).error).toMatchObject({
    code: 'versionNotFound',
    message: expect.stringMatching(/newest is 2/) as string,
  });
  expect((await designer.get(`${to.flow('till')}?version=old`)).error?.code).toBe('inputInvalid');
});

test('[F6] open runs of all versions are counted', async () => {
  await world.startTill();
  await world.startTill();
  expect((await flows()).find(({ name }) => name === 'till')).toMatchObject({ openRuns: 2 });
});

test('[F7] a start whose text is slow to match in JavaScript is answered at once', async () => {
  const properties = { ...TILL_FLOW.input.properties, code: { type: 'string', pattern: '^(a+)+$' } };
  const document = { ...TILL_FLOW, name: 'slow-code', input: { ...TILL_FLOW.input, properties } };
  await must(publish(document));
  const start = (code: string) =>
    designer.post(to.startRun('slow-code'), {
      requestId: crypto.randomUUID(),
      input: { amount: 1, take: '/take', code },
    });
  const cpu = process.cpuUsage();
  const answers = await Promise.all([start(`${'a'.repeat(40)}!`), start(`${'a'.repeat(1_000_000)}!`)]);
  expect(answers.map(({ status, error }) => [status, error?.problems?.[0]?.at])).toEqual([
    [422, '/code'],
    [422, '/'],
  ]);
  expect(process.cpuUsage(cpu).user / 1_000).toBeLessThan(5_000);
  expect((await start('aaa')).status).toBe(200);
}, 60_000);

describe('documents that would break the code that reads them are refused with the node', () => {
  const step = (change: object) => ({
    ...TILL_FLOW,
    name: 'odd',
    steps: TILL_FLOW.steps.map((each, index) => (index === 0 ? { ...each, ...change } : each)),
  });
  const body = (value: unknown) => step({ input: { method: 'POST', connection: 'till', path: '/take', body: value } });
  const expression = ($expr: string) => body({ $expr });
  /** Sent as written text, because JSON.stringify would need too deep a stack for such a value. */
  const DEEP = 'a mark for 400 levels';
  const output = (receipt: object, more: object = {}) =>
    step({ output: { type: 'object', properties: { receipt }, ...more } });

  test.each<[what: string, document: unknown, message: RegExp]>([
    [
      '900 parentheses',
      expression(`${'('.repeat(900)}input.amount${')'.repeat(900)}`),
      /more than 100 levels of nesting/,
    ],
    ['a sum of 600', expression(Array(600).fill('1').join('+')), /more than 100 levels of nesting/],
    ['900 negations', expression(`${'!'.repeat(900)}input.amount`), /more than 100 levels of nesting/],
    ['400 levels of an array in an expression', expression('['.repeat(400) + ']'.repeat(400)), /nesting/],
    ['JSON that is 400 deep', body(DEEP), /more than 200 levels of nesting/],
    ['U+0000 in a title', step({ title: 'a\u0000b' }), /U\+0000/],
    ['U+0000 in an expression', expression("'\u0000'"), /U\+0000/],
    ['U+0000 in the name of a field', body({ ['a\u0000']: 1 }), /U\+0000/],
    ['half of a surrogate pair', step({ note: 'a\ud800b' }), /surrogate/],
    ['an empty list of values', output({ type: 'string', enum: [] }), /empty/],
    ['a number among texts', output({ type: 'string', enum: [1] }), /not of type/],
    ['an undeclared field that is required', output({ type: 'string' }, { required: ['amount'] }), /not declared/],
    ['a step that opens tasks', step({ activity: 'human.open' }), /no operation 'human.open'/],
    ['a step that closes tasks', step({ activity: 'human.close' }), /no operation 'human.close'/],
  ])('[F8] %s', async (_what, document, message) => {
    const sent = JSON.stringify({ document }).replace(`"${DEEP}"`, '['.repeat(400) + ']'.repeat(400));
    const { status, error } = await designer.post(to.publish(), sent);
    expect([status, error?.code]).toEqual([422, 'documentInvalid']);
    expect(error?.problems?.[0]).toMatchObject({ at: 'take', message: expect.stringMatching(message) as string });
  });

  test('[F9] a question that the inbox cannot store is refused when the flow is published', async () => {
    const approve = (change: object) => ({
      ...TILL_FLOW,
      name: 'odd',
      steps: [
        { id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, ...change },
        { id: 'done', kind: 'end', title: 'Done', output: {} },
      ],
    });
    for (const change of [
      { question: 'x'.repeat(4_001) },
      { candidates: ['x'.repeat(321)] },
      { candidates: [' '] },
      { candidates: Array.from({ length: 1_001 }, (_, index) => `group-${index}`) },
    ]) {
      const { status, error } = await publish(approve(change));
      expect([status, error?.problems?.[0]?.at]).toEqual([422, 'ask']);
    }
  });
});

test('[F10] a flow is refused if its name gives the workflow type of another flow', async () => {
  await must(publish({ ...TILL_FLOW, name: 'one-till' }));
  const { status, error } = await publish({ ...TILL_FLOW, name: 'one--till' });
  expect([status, error?.code, error?.problems?.[0]?.at]).toEqual([422, 'documentInvalid', '/name']);
  expect(error?.problems?.[0]?.message).toContain("'one-till'");
  // The first flow can still be published.
  expect((await must(publish({ ...TILL_FLOW, name: 'one-till', title: 'Next' }))).body.version.version).toBe(2);
}, 60_000);

test('[F11] publishing from an old base is refused with who published since then and what changed', async () => {
  const from = (base: number | undefined, change: object) =>
    designer.post<PublishedVersion>(to.publish(), { document: { ...TILL_FLOW, name: 'based', ...change }, base });
  expect((await must(from(0, {}))).body.version.version).toBe(1);
  const steps = TILL_FLOW.steps.map((step, index) => (index === 0 ? { ...step, title: 'Take it all' } : step));
  expect((await must(from(1, { steps }))).body.version.version).toBe(2);
  const { status, error } = await from(1, { title: 'Another title' });
  expect([status, error?.code]).toEqual([409, 'publishedMeanwhile']);
  expect(error?.problems).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/Version 2 was published by Ada designer/) as string }),
    { at: 'take', message: "'Take it all' was changed." },
  ]);
  // Content equal to the newest version is that version, from any base; without a base nothing is compared.
  expect((await must(from(1, { steps }))).body).toMatchObject({ again: true, version: { version: 2 } });
  expect((await must(from(undefined, { title: 'Another title' }))).body.version.version).toBe(3);
}, 60_000);

test('[F12] candidates who have no account cause a warning', async () => {
  await world.web.database.personGroup.create({ data: { name: 'cashiers' } });
  const candidates = ['cashiers', 'Designer@example.test', 'nobody@example.test', 'ghosts'];
  const steps = [
    { id: 'ask', kind: 'approval', title: 'Ask', question: '?', data: {}, candidates },
    { id: 'done', kind: 'end', title: 'Done', output: {} },
  ];
  const { warnings } = (await must(publish({ ...TILL_FLOW, name: 'asking', steps, signals: {}, updates: {} }))).body;
  const message = 'nobody@example.test, ghosts are neither groups nor people here, so nobody of that name can decide.';
  expect(warnings).toEqual([{ nodeId: 'ask', message: expect.stringContaining(message) as string }]);

  // The page of the flow shows the warning as long as it applies.
  const problems = async () => (await must(designer.get<FlowDetail>(to.flow('asking')))).body.problems;
  expect(await problems()).toEqual([expect.objectContaining({ nodeId: 'ask', severity: 'warning', message })]);
  await world.web.database.personGroup.create({ data: { name: 'ghosts' } });
  expect((await problems()).map((each) => each.message)).toEqual([
    'nobody@example.test is neither a group nor a person here, so nobody of that name can decide.',
  ]);
}, 60_000);
