/**
 * The rules are in trials.ts. [TH] Hostile flows: whatever an expression does, the trial ends with words for a person,
 * and the next trial works.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FlowDocument } from '../flow/document';
import { bundle } from '../launcher/build';
import type { PlayRequest, SentPart, TrialPart, TrialRequest } from './parts';
import { planSchema } from '../flow/trial-plan';
import { Trials, type TrialsOptions } from './trials';

// The folder is inside the project, so that the built module finds its packages and the saga library.
let folder: string;
const file = (name: string) => path.join(folder, name);
const open: Trials[] = [];
beforeAll(async () => {
  mkdirSync('.backstitch', { recursive: true });
  folder = mkdtempSync(path.resolve('.backstitch/trial-'));
  await bundle(process.cwd(), folder, {
    trial: 'engine/processes/trial-process.ts',
    'sandbox-thread': 'engine/worker/sandbox/thread.ts',
  });
}, 60_000);
afterEach(() => open.splice(0).forEach((each) => each.close()));
afterAll(() => shared?.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Other tests may keep the machine busy.
const limitMs = { try: 60_000, matrix: 60_000 };
const onBug = (stack: string) => expect(stack).toBe('');

function trials(options: TrialsOptions, name: string): Trials {
  const made = new Trials(file(name), { limitMs, onBug, ...options });
  open.push(made);
  return made;
}

let shared: Trials | undefined;
/**
 * The product's own processes, shared by all tests, as all people share them: to start one takes longer than most
 * trials.
 */
function players(): Trials {
  shared ??= new Trials(file('trial.mjs'), { limitMs, onBug });
  return shared;
}

const order = JSON.parse(
  readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')
) as FlowDocument;
const request = (document: unknown, what: PlayRequest['what'] = 'try', plan = {}): TrialRequest => ({
  document,
  operations: {},
  what,
  plan: planSchema.parse({ input: undefined, ...plan }),
});

/** A process that plays nothing. */
const QUICK = `process.on('message', () => process.send({ kind: 'end', json: '{"kind":"end","end":"done","message":""}' }));`;

async function parts(
  of: Trials,
  asked: TrialRequest,
  person = 'ada',
  signal = new AbortController().signal
): Promise<TrialPart[]> {
  const heard: TrialPart[] = [];
  await of.play(person, asked, ({ json }) => heard.push(JSON.parse(json) as TrialPart), signal);
  return heard;
}
const kinds = (heard: TrialPart[]) => heard.map(({ kind }) => kind);
const endOf = (heard: TrialPart[]) => {
  const last = heard.at(-1);
  return last?.kind === 'end' ? last : null;
};
const resultOf = (heard: TrialPart[]) => heard.flatMap((each) => (each.kind === 'result' ? [each.result] : []))[0];

test('[TP1] a try gives its result and the end; the process is used again', async () => {
  const of = players();
  const heard = await parts(of, request(order));
  expect(kinds(heard)).toEqual(['result', 'end']);
  expect(resultOf(heard)?.end).toMatchObject({ kind: 'completed', elapsedMs: 0 });
  expect(endOf(await parts(of, request(order, 'matrix')))).toMatchObject({ end: 'done' });
  expect(of.processes).toBe(1);
}, 90_000);

test('[TP1] a document with errors is refused with its diagnostics, at their nodes', async () => {
  const wrong = structuredClone(order);
  const [first] = wrong.steps;
  if (first?.kind === 'action') first.input = { method: 'POST', url: { $expr: 'input.nowhere' } };
  const heard = await parts(players(), request(wrong));
  expect(kinds(heard)).toEqual(['refused', 'end']);
  expect(heard[0]).toMatchObject({ diagnostics: [{ severity: 'error', nodeId: 'reserve-inventory' }] });
}, 90_000);

test('[TP1] four people at once: all trials are played, by two processes', async () => {
  const of = players();
  const all = ['ada', 'ben', 'cyd', 'dan'].map((person) => parts(of, request(order), person));
  expect(of.processes).toBe(2);
  for (const heard of await Promise.all(all)) expect(resultOf(heard)?.end.kind).toBe('completed');
  expect(of.processes).toBe(2);
}, 90_000);

test('[TP2] a second trial of a person ends the first, whose last part says so', async () => {
  const of = players();
  const first = parts(of, request(order, 'matrix'));
  const second = parts(of, request(order));
  expect(endOf(await first)).toMatchObject({ end: 'replaced' });
  expect(resultOf(await second)?.end.kind).toBe('completed');
}, 90_000);

test('[TP3] a trial that does not end is ended, and says so', async () => {
  writeFileSync(file('hangs.mjs'), 'process.once("message", () => { for (;;); }); process.send({ ready: true });');
  const of = trials({ limitMs: { try: 400, matrix: 400 } }, 'hangs.mjs');
  expect(await parts(of, request(order))).toEqual([
    { kind: 'end', end: 'tooLong', message: 'The trial did not end within 0.4 s, so it was ended.' },
  ]);
});

/** Sends a cell as often as it can, and never ends. */
const ENDLESS = `process.once('message', () => { for (const go = () => { process.send({ kind: 'cell', json: '{"kind":"cell"}' }); setImmediate(go); }; ;) return go(); });
process.send({ ready: true });`;

test('[TP3] a matrix goes on after its time while nobody waits, and then gives way', async () => {
  writeFileSync(file('endless.mjs'), ENDLESS);
  const of = trials({ limitMs: { matrix: 100 }, longestMatrixMs: 60_000, atOnce: 1 }, 'endless.mjs');
  const begun = performance.now();
  let cells = 0;
  const onPart = ({ kind, json }: SentPart) => (kind === 'cell' ? cells++ : heard.push(JSON.parse(json) as TrialPart));
  const heard: TrialPart[] = [];
  const long = of.play('ada', request(order, 'matrix'), onPart, new AbortController().signal);
  await expect.poll(() => cells > 0 && performance.now() - begun > 400).toBe(true);
  expect(heard).toEqual([]);
  const other = of.play('ben', request(order), () => undefined, new AbortController().signal);
  await long;
  expect(endOf(heard)).toMatchObject({
    end: 'tooLong',
    message: expect.stringContaining('Somebody else waits') as string,
  });
  of.close();
  await other;
});

test('[TP3] a matrix has an end of its own all the same', async () => {
  writeFileSync(file('endless.mjs'), ENDLESS);
  const of = trials({ limitMs: { matrix: 100 }, longestMatrixMs: 300 }, 'endless.mjs');
  expect(endOf(await parts(of, request(order, 'matrix')))).toMatchObject({
    message: 'The failures did not end within 0.3 s, so they were ended.',
  });
});

test('[TP4] a reader that leaves ends the process; the next trial works', async () => {
  writeFileSync(file('slow.mjs'), 'process.on("message", () => {}); setInterval(() => {}, 1000);');
  const of = trials({}, 'slow.mjs');
  const left = new AbortController();
  const trial = parts(of, request(order), 'ada', left.signal);
  left.abort();
  expect(await trial).toEqual([]);
  await expect.poll(() => of.processes).toBe(0);
});

test('[TP5] a process that nobody uses is ended', async () => {
  writeFileSync(file('quick.mjs'), QUICK);
  const of = trials({ idleMs: 1 }, 'quick.mjs');
  expect(kinds(await parts(of, request(order)))).toEqual(['end']);
  await expect.poll(() => of.processes).toBe(0);
});

test('[TP6] more trials than may wait are refused', async () => {
  writeFileSync(file('waits.mjs'), 'process.on("message", () => {}); setInterval(() => {}, 1000);');
  const of = trials({}, 'waits.mjs');
  const waiting = Array.from({ length: 18 }, (_, index) => parts(of, request(order), `person-${index}`));
  expect(endOf(await parts(of, request(order), 'too-late'))).toMatchObject({ end: 'busy' });
  of.close();
  for (const heard of await Promise.all(waiting)) expect(endOf(heard)).toMatchObject({ end: 'broken' });
});

test('[TP7] a history that is too large to be shown ends the trial, and says so', async () => {
  const send = { method: 'POST', connection: 'service', path: '/do', body: { $expr: 'input.text' } };
  const steps = Array.from({ length: 12 }, (_, index) => ({
    id: `step-${index}`,
    kind: 'action',
    title: `Step ${index}`,
    activity: 'http.request',
    effect: 'none',
    input: send,
  }));
  const input = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
  const large = { format: 2, name: 'large', title: 'Large', input, steps };
  const heard = await parts(players(), request(large, 'try', { input: { text: 'x'.repeat(1_000_000) } }));
  expect(heard).toEqual([
    { kind: 'end', end: 'tooMuchMemory', message: 'The history of this trial is too large to be shown.' },
  ]);
}, 90_000);

test('a process that dies ends its trial with words, and the next trial works', async () => {
  writeFileSync(file('dies.mjs'), 'process.once("message", () => process.exit(134));');
  const of = trials({}, 'dies.mjs');
  expect(endOf(await parts(of, request(order)))).toMatchObject({ end: 'tooMuchMemory' });
  writeFileSync(file('dies.mjs'), QUICK);
  expect(endOf(await parts(of, request(order)))).toMatchObject({ end: 'done' });
});

test('the process has neither the database nor the keys of the engine', async () => {
  process.env.DATABASE_URL ??= 'postgresql://secret';
  writeFileSync(
    file('tells.mjs'),
    `process.on('message', () => process.send({ bug: Object.keys(process.env).join(' ') }));`
  );
  let told = '';
  const of = trials({ onBug: (stack) => (told = stack) }, 'tells.mjs');
  await parts(of, request(order));
  expect(told).toMatch(/PATH/);
  expect(told).not.toMatch(/DATABASE|BACKSTITCH|KEY|SECRET|TOKEN/);
});

const flowWith = (expression: string) => ({
  format: 1,
  name: 'hostile',
  title: 'Hostile',
  input: {
    type: 'object',
    required: ['n', 'list'],
    properties: { n: { type: 'number' }, list: { type: 'array', items: { type: 'number' } } },
  },
  variables: { kept: { schema: {}, initial: null } },
  steps: [
    { id: 'before', kind: 'set', title: 'Before', values: { kept: 1 } },
    { id: 'evil', kind: 'set', title: 'Evil', values: { kept: { $expr: expression } } },
  ],
});

test.each([
  ['constructor', "kept.constructor.constructor('return process')()"],
  ['__proto__', 'input.__proto__'],
  ['a computed constructor', "input['const' + 'ructor']"],
  ['process', 'process.exit(1)'],
  ['import()', "import('node:fs')"],
  ['globalThis', 'globalThis.process'],
  ['a function with a loop', '(() => { for (;;) {} })()'],
  ['eval', "eval('1')"],
])(
  '[TH1] %s is refused at its node, and nothing runs',
  async (_what, expression) => {
    const heard = await parts(players(), request(flowWith(expression), 'try', { input: { n: 1, list: [1] } }));
    expect(kinds(heard)).toEqual(['refused', 'end']);
    const errors =
      heard[0]?.kind === 'refused' ? heard[0].diagnostics.filter(({ severity }) => severity === 'error') : [];
    expect(errors).toMatchObject([{ nodeId: 'evil' }]);
  },
  30_000
);

/** `list.flatMap(x => list)` nested: its work is the sixth power of the length of the list. */
const LOOPS =
  'input.list.flatMap(a => input.list.flatMap(b => input.list.flatMap(c => input.list.flatMap(d => input.list)))).length';

test('[TH2] an expression that does not return ends the trial with clear words', async () => {
  const of = players();
  const input = { n: 1, list: Array.from({ length: 90 }, () => 1) };
  const heard = await parts(of, request(flowWith(LOOPS), 'try', { input }));
  const end = resultOf(heard)?.end ?? endOf(heard);
  expect(JSON.stringify(end)).toMatch(/does not return|all the memory|more than 512 MB/);
  // The next trial of the same process, or of a new one, works.
  expect(resultOf(await parts(of, request(order)))?.end.kind).toBe('completed');
}, 90_000);

test('[TH3] a text of a gigabyte ends the trial with clear words', async () => {
  const of = players();
  const text = "input.list.flatMap(a => input.list).join('0123456789012345678901234567890123456789')";
  const input = { n: 1, list: Array.from({ length: 5_000 }, () => 1) };
  const heard = await parts(of, request(flowWith(text), 'try', { input }));
  expect(JSON.stringify([resultOf(heard)?.end, endOf(heard)])).toMatch(
    /memory|Invalid string length|more than 512 MB|works for more than a second/
  );
  expect(resultOf(await parts(of, request(order)))?.end.kind).toBe('completed');
}, 90_000);

test('[TH4] a flow of 200 steps is tried within its time', async () => {
  const steps = Array.from({ length: 200 }, (_, index) => ({
    id: `step-${index}`,
    kind: 'action',
    title: `Step ${index}`,
    activity: 'http.request',
    effect: 'reversible',
    lateCalls: 'refused',
    unknown: { policy: 'undo' },
    input: { method: 'POST', connection: 'service', path: '/do' },
    undo: {
      title: `Undo ${index}`,
      activity: 'http.request',
      input: { method: 'POST', connection: 'service', path: '/undo' },
    },
  }));
  const long = { format: 1, name: 'long', title: 'Long', input: { type: 'object' }, steps };
  const no = { kind: 'failure', effect: 'none', type: 'Down', message: 'down', retryable: false };
  const heard = await parts(players(), request(long, 'try', { steps: { 'step-199': { answers: [no] } } }));
  expect(resultOf(heard)).toMatchObject({
    undone: expect.objectContaining({ length: 199 }),
    left: [],
    end: { kind: 'failed' },
  });
}, 90_000);
