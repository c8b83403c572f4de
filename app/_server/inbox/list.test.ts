/** The rules are in list.ts, for-whom.ts and search.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inboxQuerySchema, type InboxList } from '@/app/_contract/inbox';
import { PRIORITIES } from '@/engine/saga/contract';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import type { Prisma, PrismaClient } from '@/prisma/client/client';
import { openDatabase } from '../database';
import type { Actor } from '../people/actor';
import { countWaiting, listInbox } from './list';
import { searchTextOf } from './search';
import { whyNotDecide } from './may-decide';

let server: TestDatabase;
let database: PrismaClient;
beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase(server.url, () => undefined);
}, 60_000);
afterAll(async () => {
  await database.$disconnect();
  await server.drop();
});
beforeEach(() => database.humanTask.deleteMany());

const person = (id: string, more: Partial<Actor> = {}): Actor => ({
  id,
  name: id,
  email: `${id}@example.com`,
  grants: [{ role: 'approver', flow: null }],
  groups: ['finance'],
  via: 'session',
  from: null,
  ...more,
});
const ada = person('ada');
const list = (actor: Actor, query: object = {}) => listInbox({ database }, actor, inboxQuerySchema.parse(query));
const idsOf = ({ tasks }: InboxList) => tasks.map(({ taskId }) => taskId);

const bare = (
  taskId: string,
  more: Partial<Prisma.HumanTaskCreateManyInput> = {}
): Prisma.HumanTaskCreateManyInput => ({
  taskId,
  namespace: 'default',
  workflowId: `w-${taskId}`,
  firstRunId: `run-of-${taskId}`,
  workflowType: 'order_v1',
  flow: 'order',
  nodeId: 'ask',
  title: 'Approve',
  question: 'Shall it be sent?',
  candidates: ['finance'],
  requireComment: 'never',
  data: { amount: 5 },
  dataHash: 'h',
  ...more,
});
const row: typeof bare = (taskId, more) => {
  const task = bare(taskId, more);
  return { ...task, searchText: searchTextOf(task) };
};
const open = (...rows: Prisma.HumanTaskCreateManyInput[]) => database.humanTask.createMany({ data: rows });

describe('views and their counts', () => {
  test('each view has the tasks that it says, and its count agrees', async () => {
    await open(
      row('group'),
      row('anybody', { candidates: [] }),
      row('named', { candidates: ['ADA@example.com'] }),
      row('own', { claimedById: 'ada', claimedByName: 'Ada' }),
      row('bobs', { claimedById: 'bob', claimedByName: 'Bob' }),
      row('named-bobs', { candidates: ['ada'], claimedById: 'bob', claimedByName: 'Bob' }),
      row('others', { candidates: ['legal'] }),
      row('settled', { settledAt: new Date(), outcome: 'approved' }),
      row('empty', { flow: '' })
    );
    const views = {
      waiting: ['anybody', 'bobs', 'group', 'named', 'named-bobs', 'own', 'others'],
      mine: ['named', 'own'],
      groups: ['anybody', 'bobs', 'group'],
      unassigned: ['anybody', 'group', 'named'],
      done: ['settled'],
    };
    for (const [view, ids] of Object.entries(views)) {
      const answer = await list(ada, { view });
      expect(idsOf(answer).sort(), view).toEqual([...ids].sort());
      expect(answer.counts).toEqual({ waiting: 7, mine: 2, groups: 3, unassigned: 3, delegated: 0 });
      expect([answer.waiting, answer.waitingForOthers]).toEqual([6, 1]);
    }
    expect(idsOf(await list(ada)).at(-1)).toBe('others');
    expect(await countWaiting({ database }, ada)).toBe(6);
  });

  test('a person sees only the flows of their roles', async () => {
    await open(row('order'), row('trip', { flow: 'trip' }));
    const only = person('ann', { grants: [{ role: 'approver', flow: 'trip' }] });
    expect(idsOf(await list(only))).toEqual(['trip']);
    expect((await list(only)).counts.waiting).toBe(1);
    await expect(list(person('nobody', { grants: [] }))).rejects.toMatchObject({ code: 'notAllowed' });
  });

  test('[FWH1] the query and `whyNotDecide` agree for every person and every task', async () => {
    const candidates = [[], ['finance'], ['legal'], ['ada'], ['Ada@Example.com'], ['finance', 'bob'], ['fin%'], ['']];
    const excluded = [['ada'], ['bob@example.com'], ['legal'], ['cy', 'fin%']];
    const special = excluded.map((each, index) => row(`x-${index}`, { candidates: [], excluded: each }));
    const fromData = [[], ['bob']].map((each, index) => row(`d-${index}`, { candidates: each, fromData: true }));
    const usual = candidates.flatMap((each, a) =>
      ['order', 'trip'].flatMap((flow, b) =>
        [null, 'ada', 'bob'].flatMap((starterId, c) =>
          [true, false].map((forbidStarter, d) =>
            row(`t-${a}${b}${c}${d}`, { candidates: each, flow, starterId, forbidStarter })
          )
        )
      )
    );
    const turns = [
      ['finance', 'Ada@Example.com'],
      ['finance', 'bob'],
      ['finance', 'legal'],
      ['finance', 'finance'],
    ];
    const inTurn = turns.flatMap((each, a) =>
      [true, false].flatMap((againByName, b) =>
        ['ada', 'bob'].map((byId, c) =>
          row(`s-${a}${b}${c}`, {
            candidates: each,
            asked: each.slice(1),
            howMany: 'inSequence',
            againByName,
            votes: [{ decision: 'approve', comment: '', by: byId, byId, for: ['finance'], atMs: 1 }],
          })
        )
      )
    );
    const rows = [...usual, ...special, ...fromData, ...inTurn];
    await open(...rows);
    const people = [
      ada,
      person('bob', { groups: [] }),
      person('cy', { groups: ['fin%', ''] }),
      person('dan', { grants: [{ role: 'operator', flow: null }] }),
      person('eve', {
        grants: [
          { role: 'approver', flow: 'trip' },
          { role: 'viewer', flow: null },
        ],
        groups: ['legal'],
      }),
      person('key', { within: { grants: [{ role: 'viewer', flow: null }] } }),
    ];
    const stored = await database.humanTask.findMany();
    for (const actor of people) {
      const { tasks } = await list(actor, { limit: 200 });
      expect(tasks).toHaveLength(rows.length);
      const mine = stored.filter((task) => whyNotDecide(actor, task) === null).map(({ taskId }) => taskId);
      // Those for the person come first.
      expect(
        tasks
          .slice(0, mine.length)
          .map(({ taskId }) => taskId)
          .sort(),
        actor.id
      ).toEqual(mine.sort());
      expect(await countWaiting({ database }, actor), actor.id).toBe(mine.length);
    }
  });
});

describe('filters', () => {
  beforeEach(() =>
    open(
      row('one', { data: { customer: 'Größe & Söhne "AG"', amount: 1234 }, dueAt: new Date(Date.now() - 60_000) }),
      row('two', { data: { lines: [{ article: 'red_shoe' }] }, dueAt: new Date(Date.now() + 3_600_000) }),
      row('three', { flow: 'trip', question: 'May Grace fly?', dueAt: new Date(Date.now() + 3 * 86_400_000) }),
      row('four', { workflowId: 'order-8841', data: 'back\\slash' })
    )
  );
  test.each([
    ['GRÖSSE söhne', []],
    ['größe', ['one']],
    ['"AG"', ['one']],
    ['söhne 123', ['one']],
    ['red_', ['two']],
    ['redxshoe', []],
    ['shoe', ['two']],
    ['article', []],
    ['customer', []],
    ['grace fly', ['three']],
    ['8841', ['four']],
    ['run-of-two', ['two']],
    ['back\\slash', ['four']],
    ['%', []],
    ["'; DROP TABLE app.human_task; --", []],
    ['a\u0000b', []],
  ])('[IXS1] %j finds what people can read, and no names of fields', async (text, ids) => {
    const answer = await list(ada, { text });
    expect(idsOf(answer)).toEqual(ids);
    expect([answer.counts.waiting, answer.waiting]).toEqual([ids.length, 4]);
  });
  test('flow and due time filter too; words, flow and time count together', async () => {
    const found = async (query: object) => idsOf(await list(ada, query));
    expect(await found({ flow: 'trip' })).toEqual(['three']);
    expect(await found({ flow: "tr'ip" })).toEqual([]);
    expect(await found({ due: 'overdue' })).toEqual(['one']);
    expect(await found({ due: 'day' })).toEqual(['one', 'two']);
    expect(await found({ due: 'week' })).toEqual(['one', 'two', 'three']);
    expect(await found({ due: 'none' })).toEqual(['four']);
    expect(await found({ due: 'week', flow: 'order', text: 'shoe' })).toEqual(['two']);
  });
  test('a task of an older release is found too', async () => {
    await database.humanTask.updateMany({ data: { searchText: null } });
    expect(idsOf(await list(ada, { text: 'Red_ SHOE' }))).toEqual(['two']);
    expect(idsOf(await list(ada, { text: 'run-of-one' }))).toEqual(['one']);
  });
  test('settled tasks are found by who decided them and why', async () => {
    await open(row('d', { settledAt: new Date(), outcome: 'rejected', decidedBy: 'Bob', comment: 'Too dear.' }));
    expect(idsOf(await list(ada, { view: 'done', text: 'bob dear', due: 'overdue' }))).toEqual(['d']);
    expect(idsOf(await list(ada, { view: 'done', text: 'cheap' }))).toEqual([]);
  });
});

describe('pages', () => {
  const walk = async (query: object) => {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await list(ada, { ...query, limit: 7, ...(after ? { after } : {}) });
      ids.push(...idsOf(page));
      after = page.next ?? undefined;
    } while (after);
    return ids;
  };
  test('[INL1] [INL3] pages have every task once, in the order of the list, also where times are equal', async () => {
    const at = new Date('2026-11-30T12:00:00.123Z');
    const rows = Array.from({ length: 40 }, (_, index) =>
      row(`t${index}`, {
        openedAt: at,
        dueAt: index % 3 === 0 ? null : new Date(at.getTime() + (index % 5) * 1_000),
        candidates: index % 4 === 0 ? ['legal'] : [],
        priority: index % 7 === 0 ? 3 : index % 2,
      })
    );
    const settled = Array.from({ length: 20 }, (_, index) =>
      row(`s${index}`, { settledAt: new Date(at.getTime() + (index % 4)), outcome: 'approved' })
    );
    await open(...rows, ...settled);
    for (const [view, many] of [
      ['waiting', 40],
      ['groups', 30],
      ['done', 20],
    ] as const) {
      const ids = await walk({ view });
      expect([new Set(ids).size, ids]).toEqual([many, idsOf(await list(ada, { view, limit: 200 }))]);
    }
    const { tasks } = await list(ada, { view: 'groups', limit: 200 });
    const ranks = tasks.map(({ priority }) => PRIORITIES.indexOf(priority));
    expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
  });
  test('[INL3] a page continues after its last task although it was settled and others came', async () => {
    await open(
      ...Array.from({ length: 20 }, (_, index) =>
        row(`t${String(index).padStart(2, '0')}`, { openedAt: new Date(index) })
      )
    );
    const first = await list(ada, { limit: 10 });
    await database.humanTask.update({ where: { taskId: 't09' }, data: { settledAt: new Date() } });
    await open(row('earlier', { openedAt: new Date(-5) }));
    const second = await list(ada, { limit: 10, after: first.next });
    expect(idsOf(second)).toEqual(Array.from({ length: 10 }, (_, index) => `t${index + 10}`));
    expect(second.next).toBeNull();
  });
  test.each([
    'x',
    'bnVsbA',
    Buffer.from('["true","now()","x","y"]').toString('base64url'),
    Buffer.from('[true,"now","2026-01-01 00:00:00+00","y"]').toString('base64url'),
    Buffer.from('[true,"infinity","2026-01-01 00:00:00+00","y\\u0000"]').toString('base64url'),
  ])('a next page that nobody gave is refused: %s', async (after) => {
    for (const view of ['waiting', 'done'])
      await expect(list(ada, { after, view })).rejects.toMatchObject({
        code: 'inputInvalid',
        problems: [{ at: '/after' }],
      });
  });
});

test('[INL2] of 5,000 tasks that wait a page comes in a moment, with a search too', async () => {
  const data = { customer: 'Grace', lines: Array.from({ length: 20 }, (_, index) => ({ article: `a-${index}` })) };
  for (let part = 0; part < 5; part++)
    await open(
      ...Array.from({ length: 1_000 }, (_, index) =>
        row(`t${part}-${index}`, { data, openedAt: new Date(index), dueAt: index % 2 ? new Date(index) : null })
      )
    );
  const timed = async (query: object) => {
    const began = performance.now();
    const { counts } = await list(ada, query);
    return [counts.waiting, performance.now() - began] as const;
  };
  for (const [query, many] of [
    [{}, 5_000],
    [{ text: 'grace a-19' }, 5_000],
    [{ view: 'mine', text: 'nothing' }, 0],
  ] as const) {
    const [waiting, ms] = await timed(query);
    expect(waiting).toBe(many);
    // Far more than it takes, for a slow machine.
    expect(ms).toBeLessThan(2_000);
  }
}, 60_000);
