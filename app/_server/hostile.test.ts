/**
 * Random hostile requests on every REST route that lies on the disk (FC_RUNS says how many, FC_SEED which), as an
 * administrator.
 *
 * [HR1] Each is answered, or refused by a status below 500 with a failure of the contract. [HR2] Nothing changed: no
 * run started, was signalled or ended, no flow was published, no task was settled, nobody came in or went.
 */
import http from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appFailureSchema } from '@/app/_contract/errors';
import type { RunAddress } from './runs/address';
import { eventually, INTERNAL_TOKEN, startWorld, type Visitor, type World } from './testing/world';

const RUNS = Number(process.env.FC_RUNS ?? 1_000);
/**
 * Valid without a body, limited by counters of their own, dependent on a service that does not run here, or with
 * messages of another form (api/api.test.ts).
 */
const LEFT_OUT = /^\/api\/(auth|example|first-account|health|mcp|shop)/;

let world: World;
let admin: Visitor;
let run: RunAddress;
let places: string[];
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
  run = await world.startTill({ approve: true });
  await eventually(async () =>
    expect(await world.web.database.humanTask.count({ where: { settledAt: null } })).toBe(1)
  );
  places = world.routes.map(({ place }) => place).filter((place) => !LEFT_OUT.test(place));
}, 120_000);
afterAll(() => world.close());

const part = fc.oneof(
  fc.constantFrom('%00', '%', '%zz', '%E0%A4%A', '~00', '~FF', '~2E~2E', '%2e%2e', 'nothing', 'x'.repeat(3_000)),
  fc.constantFrom('__proto__', 'constructor', 'toString', '%F0%9F%98%80', '..%2f..', "'", '%0a', '%ed%a0%80'),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }).map(encodeURIComponent)
);
const text = fc.oneof(
  fc.constantFrom('', '\u0000', 'a\u0000b', '\ud800', '\u202e', '\n', "' OR 1=1 --", 'x'.repeat(5_000), '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20 })
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.constantFrom(null, true, -1, 0, 1e308, 2 ** 53, 0.1),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('name', 'input', 'requestId', 'reason', 'amount', '\u0000', '__proto__'),
      tie('value')
    )
  ),
})).value;
const UUID = '00000000-0000-4000-8000-000000000001';
/** Fields of the contract, all valid except one, so that requests pass the check of the shape. */
const nearly = fc
  .tuple(
    fc.constantFrom(
      'name',
      'input',
      'requestId',
      'reason',
      'comment',
      'workflowId',
      'nodeId',
      'dataHash',
      'document',
      'taskId'
    ),
    fc.oneof(text, value)
  )
  .map(([field, hostile]) => ({
    requestId: UUID,
    decisionId: UUID,
    decision: 'approve',
    comment: '',
    dataHash: 'other',
    name: 'nothing',
    input: { amount: 'lots' },
    nodeId: 'nothing',
    choice: 'leave',
    [field]: hostile,
  }));
const deep = (levels: number) => `{"input":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const body = fc.oneof(
  fc.oneof(value, nearly).map((sent) => JSON.stringify(sent)),
  // 900 levels pass the door, 3,000 do not.
  fc.constantFrom('', '{', 'null', '['.repeat(20_000), deep(900), deep(3_000), '\u0000')
);
const search = fc.oneof(
  fc.constant(''),
  fc.constantFrom('?id=%00', '?id=%ff', '?view=lots', '?pageSize=1e9', '?version=-1', '?flow=%ed%a0%80', '?standing=x'),
  fc.constantFrom('?pageToken=%00', '?pageToken=!!', '?startedAfterMs=1e400', '?order=%00', '?limit=0', '?__proto__=1'),
  text
    .filter((each) => !/\p{Surrogate}/u.test(each))
    .map((each) => `?id=${encodeURIComponent(each)}&order=${encodeURIComponent(each)}`)
);
const request = fc.record({
  place: fc.nat(),
  method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE'),
  parts: fc.array(part, { minLength: 4, maxLength: 4 }),
  isRun: fc.boolean(),
  search,
  body,
  type: fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain'),
});

/** The address is sent unchanged; no client normalises it. */
function send(path: string, method: string, headers: Record<string, string>, sent: string) {
  const { hostname, port } = new URL(world.origin);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = http.request({ hostname, port, path, method, headers }, (answer) => {
      let answered = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (answered += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: answered }));
    });
    asked.on('error', reject);
    asked.end(method === 'GET' ? undefined : sent);
  });
}

async function stateOf() {
  const { database, temporal, versions } = world.web;
  const { historyLength } = await temporal.workflow.getHandle(run.workflowId, run.runId).describe();
  return {
    historyLength,
    runs: (await temporal.workflow.count('')).count,
    versions: (await versions.listVersions()).length,
    open: await database.humanTask.count({ where: { settledAt: null } }),
    people: await database.user.findMany({
      select: { id: true, email: true, deactivatedAt: true },
      orderBy: { id: 'asc' },
    }),
    grants: await database.roleGrant.count(),
    groups: await database.personGroup.count(),
  };
}

test('[HR1] [HR2] random hostile requests', async () => {
  const before = await stateOf();
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async ({ place, method, parts, isRun, search: asked, body: sent, type }) => {
      const given = [...parts];
      const drawn = places[place % places.length] as string;
      // A cancellation needs no reason, and any text is a reason to terminate: a random request could close the run
      // rightly.
      const ofRun = isRun && !/\/(cancel|terminate)$/.test(drawn);
      const path = drawn
        .replace('[workflowId]', ofRun ? run.workflowId : '[w]')
        .replace('[runId]', ofRun ? run.runId : '[r]')
        .replaceAll(/\[[.\w]+\]/g, () => given.shift() ?? 'x');
      const headers = {
        cookie: admin.cookie,
        origin: world.origin,
        'content-type': type,
        ...(path.startsWith('/api/internal') ? { authorization: `Bearer ${INTERNAL_TOKEN}` } : {}),
      };
      const answer = await send(`${path}${asked}`, method, headers, sent);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const { status, text: answered } = answer;
      expect({ path, asked, method, sent: sent.slice(0, 300), status, answered }).toMatchObject({
        status: expect.toSatisfy((code: number) => code >= 200 && code < 500) as unknown,
      });
      // An address outside of the API is not answered by the API.
      if (status >= 400 && answered !== '') appFailureSchema.parse((JSON.parse(answered) as { error: unknown }).error);
    }),
    { numRuns: RUNS, endOnFailure: true }
  );
  expect(await stateOf()).toEqual(before);
  // Enough of them are read by more than the door.
  expect(seen.get(422) ?? 0).toBeGreaterThan(RUNS / 20);
}, 300_000);
