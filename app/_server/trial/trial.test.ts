/**
 * [TD] The doors of trials, with the real engine behind its gRPC door.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes as to } from '@/app/_contract/routes';
import type { MatrixLine, TryAnswer } from '@/app/_contract/trial';
import type { SentPart } from '@/engine/trial/parts';
import type { Actor } from '../people/actor';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';
import type { Web } from '../web';
import { tryMatrix } from './matrix';
import { tryDraft } from './try';

let world: World;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  designer = await world.as('designer');
}, 60_000);
afterAll(() => world?.close());

const plan = { input: { amount: 5, take: '/take' } };

test('[TD1] a document that nobody has saved is tried, and nothing of it is kept', async () => {
  const { body } = await must(designer.post<TryAnswer>(to.tryDraft('unsaved'), { document: TILL_FLOW, plan }));
  expect(body.result.end.kind).toBe('completed');
  expect(body.result.calls.map(({ nodeId }) => nodeId)).toContain('take');
  expect((await must(designer.get<{ flows: unknown[] }>(to.flows()))).body.flows).toEqual([]);
}, 30_000);

test('[TD2] the matrix comes line by line, the end last', async () => {
  const answer = await must(designer.post<string>(to.tryMatrix('unsaved'), { document: TILL_FLOW, plan }));
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MatrixLine);
  expect(lines[0]).toMatchObject({
    kind: 'rows',
    rows: expect.arrayContaining([expect.objectContaining({ nodeId: 'take' })]),
  });
  expect(lines.filter(({ kind }) => kind === 'cell').length).toBeGreaterThan(5);
  expect(lines.at(-1)).toEqual({ kind: 'end', end: 'done', message: '' });
}, 30_000);

test('[TD3] problems are refused with their nodes', async () => {
  const document = structuredClone(TILL_FLOW) as unknown as { steps: { id: string; input?: unknown }[] };
  document.steps[0]!.input = { method: 'POST', connection: 'till', path: '/x', body: { $expr: 'input.nowhere' } };
  for (const url of [to.tryDraft('d'), to.tryMatrix('d')]) {
    const { status, error } = await designer.post(url, { document, plan });
    expect([status, error?.code, error?.problems?.[0]?.at]).toEqual([422, 'documentInvalid', 'take']);
  }
  const answer = await designer.post(to.tryDraft('d'), { document: 'no flow', plan });
  expect([answer.status, answer.error?.code]).toEqual([422, 'documentInvalid']);
  const odd = await designer.post(to.tryDraft('d'), {
    document: TILL_FLOW,
    plan: { steps: { take: { answers: [] } } },
  });
  expect([odd.status, odd.error?.problems?.[0]?.at]).toEqual([422, '/plan/steps/take/answers']);
}, 30_000);

test('[TD7] a draft that calls an operation of a connection is tried with its schema, and the connection is not called', async () => {
  const admin = await world.as('admin');
  const connection = {
    name: 'books',
    title: 'Books',
    kind: 'http',
    // Nobody listens there.
    settings: { address: 'http://127.0.0.1:1', headers: {}, auth: { kind: 'none' }, testPath: '/' },
    allow: [],
    options: {},
  };
  const operation = {
    connection: 'books',
    name: 'lend',
    title: 'Lend a book',
    description: '',
    call: {
      kind: 'http',
      method: 'POST',
      path: '/loans',
      query: {},
      headers: {},
      body: 'rest',
      answer: 'body',
      idempotencyHeader: '',
    },
    input: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
    output: { type: 'object', required: ['loanId'], properties: { loanId: { type: 'string' } } },
    effect: 'none',
    options: {},
  };
  await must(admin.post(to.connections(), { connection, base: 0 }));
  await must(admin.post(to.putOperations('books'), { operations: [{ operation, base: 0 }] }));
  const document = {
    format: 2,
    name: 'lending',
    title: 'Lending',
    input: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
    steps: [
      { id: 'lend', kind: 'action', title: 'Lend', activity: 'books.lend', input: { title: { $expr: 'input.title' } } },
      { id: 'done', kind: 'end', title: 'Done', output: { $expr: 'lend.loanId' } },
    ],
    output: { type: 'string' },
  };
  const { body } = await must(designer.post<TryAnswer>(to.tryDraft('d'), { document, plan: {} }));
  expect(body.result.end).toMatchObject({ kind: 'completed', output: expect.stringMatching(/^loan-/) });
}, 30_000);

/** A web whose engine gives these parts, and then waits until it is told that nobody reads any more. */
function webWith(parts: SentPart[]) {
  const told: string[] = [];
  const versions: Pick<Web['versions'], 'trial'> = {
    trial: (request, onPart, signal) => {
      told.push(request.person);
      parts.forEach(onPart);
      if (parts.at(-1)?.kind === 'end') return Promise.resolve();
      return new Promise((resolve) => {
        const leave = () => (told.push('left'), resolve());
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave);
      });
    },
  };
  const limits = { consume: async () => ({ allowed: true, retryAfter: null }) };
  return { web: { versions, limits } as unknown as Pick<Web, 'versions' | 'limits'>, told };
}
const actor = { id: 'ada', name: 'Ada', grants: [{ role: 'designer', flow: null }] } as unknown as Actor;
const body = { document: TILL_FLOW, plan: { input: {}, steps: {}, seed: 1 } };
const rows: SentPart = { kind: 'rows', json: '{"kind":"rows","rows":[]}' };
const end = (over: string, message: string): SentPart => ({
  kind: 'end',
  json: JSON.stringify({ kind: 'end', end: over, message }),
});
const never = new AbortController().signal;

test('[TD4] a browser that stops reading ends the trial', async () => {
  const { web, told } = webWith([rows]);
  const reader = (await tryMatrix(web, actor, body, never)).body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(`${rows.json}\n`);
  await reader.cancel();
  expect(told).toEqual(['ada', 'left']);
});

test('[TD4] so does a request that is given up', async () => {
  const { web, told } = webWith([]);
  const gone = new AbortController();
  const answer = tryDraft(web, actor, body, gone.signal).catch((error: { code: string }) => error.code);
  gone.abort();
  expect(await answer).toBe('engineAway');
  expect(told).toEqual(['ada', 'left']);
});

test('[TD5] a trial that was ended is refused with the reason; a matrix keeps what came before', async () => {
  const { web } = webWith([end('tooLong', 'The trial did not end within 10 s.')]);
  await expect(tryDraft(web, actor, body, never)).rejects.toMatchObject({
    code: 'trialEnded',
    message: 'The trial did not end within 10 s.',
  });
  const busy = webWith([end('busy', 'Too many people are trying flows now.')]);
  await expect(tryMatrix(busy.web, actor, body, never)).rejects.toMatchObject({ code: 'tooManyTries' });
  const late = webWith([rows, end('tooLong', 'The trial did not end within 60 s.')]);
  const lines = (await (await tryMatrix(late.web, actor, body, never)).text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as MatrixLine).kind)).toEqual(['rows', 'end']);
});

test('[TD6] a person who tries too often is refused', async () => {
  const { web } = webWith([rows]);
  const limits = { consume: async () => ({ allowed: false, retryAfter: 5 }) } as unknown as Web['limits'];
  await expect(tryDraft({ ...web, limits }, actor, body, never)).rejects.toMatchObject({ code: 'tooManyTries' });
});
