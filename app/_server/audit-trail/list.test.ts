/** [AT] The audit trail as administrators read it: filters, pages, export. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AUDIT_LONGEST, AUDIT_PAGE, type AuditPage } from '@/app/_contract/audit';
import { routes as to } from '@/app/_contract/routes';
import { emptyTrail } from '../testing/audit';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  admin = await world.as('admin');
});
afterAll(() => world.close());
beforeEach(() => emptyTrail(world.web));

const NOON = Date.UTC(2026, 0, 15, 12);
interface Entry {
  at: number;
  actorId: string;
  actorName: string;
  operation: string;
  target: string;
  outcome: string | null;
  details: Record<string, string>;
}
async function entries(...all: Partial<Entry>[]): Promise<void> {
  await world.web.database.auditEntry.createMany({
    data: all.map(({ at = NOON, details = {}, ...more }) => ({
      id: randomUUID(),
      actorId: 'p1',
      actorName: 'Ada Byron',
      operation: 'runs.start',
      target: 'order-1',
      outcome: 'done',
      fromAddress: '10.0.0.1',
      via: 'session',
      ...more,
      details,
      at: new Date(at),
    })),
  });
}
const search = (query: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
const page = async (query: Record<string, string | number> = {}) =>
  (await must(admin.get<AuditPage>(to.audit(search(query))))).body;
const targets = async (query: Record<string, string | number>) =>
  (await page(query)).rows.map(({ target }) => target).sort();

describe('filters', () => {
  beforeEach(() =>
    entries(
      { target: 'a', actorName: 'Ada Byron', actorId: 'p1', operation: 'runs.start', at: NOON },
      { target: 'b', actorName: "Bob (key 'desk')", actorId: 'p2', operation: 'runs.cancel', outcome: 'runClosed' },
      { target: 'b2', actorName: 'Carl 100% Sure', actorId: 'p3', operation: 'runsOfOthers.start', outcome: null },
      { target: 'order_1', actorName: 'Dora', actorId: 'p4', operation: 'inbox.decide', at: NOON - 86_400_000 },
      { target: 'orderX1', actorName: 'Dora', actorId: 'p4', operation: 'inbox.decide', at: NOON + 86_400_000 }
    )
  );

  test.each<[string, Record<string, string | number>, string[]]>([
    ['no filter', {}, ['a', 'b', 'b2', 'orderX1', 'order_1']],
    ['a part of a name, in any case', { who: 'bYRON' }, ['a']],
    ['an id of a person', { who: 'p2' }, ['b']],
    ['a quote in a name', { who: "key 'desk'" }, ['b']],
    ['a wildcard of SQL for any text, taken literally', { who: '100%' }, ['b2']],
    ['a wildcard of SQL for any letter, taken literally', { target: 'order_' }, ['order_1']],
    ['a backslash, taken literally', { target: 'order\\' }, []],
    ['the beginning of a target', { target: 'B' }, ['b', 'b2']],
    ['an entity, without others of the same beginning', { operation: 'runs' }, ['a', 'b']],
    ['one operation', { operation: 'runs.cancel' }, ['b']],
    ['operations that succeeded', { outcome: 'done' }, ['a', 'orderX1', 'order_1']],
    ['operations that were refused', { outcome: 'refused' }, ['b']],
    ['operations without an answer', { outcome: 'open' }, ['b2']],
    ['from an instant', { afterMs: NOON + 1 }, ['orderX1']],
    ['before an instant, exclusively', { beforeMs: NOON }, ['order_1']],
    ['several filters together', { who: 'dora', afterMs: NOON }, ['orderX1']],
    ['a person who does not exist', { who: 'nobody' }, []],
  ])('[AT1] %s', async (_what, query, wanted) => expect(await targets(query)).toEqual(wanted));
});

test('[AT2] a filter that does not exist is refused, and the refusal names it', async () => {
  for (const [query, at] of [
    ['outcome=perhaps', '/outcome'],
    ['afterMs=yesterday', '/afterMs'],
    ['beforeMs=-1', '/beforeMs'],
    ['afterMs=1e400', '/afterMs'],
    ['who=%00', '/who'],
    [`target=${'x'.repeat(AUDIT_LONGEST.target + 1)}`, '/target'],
  ] as const) {
    const { status, error } = await admin.get(to.audit(query));
    expect([status, error?.problems?.[0]?.at], query).toEqual([422, at]);
  }
  for (const pageToken of ['nonsense', Buffer.from('1/x').toString('base64url'), `${'A'.repeat(150)}`]) {
    const { status, error } = await admin.get(to.audit(search({ pageToken })));
    expect([status, error?.code], pageToken).toEqual([400, 'badRequest']);
  }
});

test('[AT3] pages neither repeat nor omit a row, even at equal instants and while rows are added', async () => {
  const count = 2 * AUDIT_PAGE + 7;
  // There are only three instants, so that pages end in the middle of one.
  await entries(...Array.from({ length: count }, (_, at) => ({ target: `t-${at}`, at: NOON + (at % 3) })));
  const seen: string[] = [];
  let times: number[] = [];
  for (let pageToken = '', first = true; first || pageToken; first = false) {
    const { rows, nextPageToken } = await page({ target: 't-', ...(pageToken ? { pageToken } : {}) });
    expect(rows.length).toBe(nextPageToken ? AUDIT_PAGE : count % AUDIT_PAGE);
    seen.push(...rows.map(({ target }) => target));
    times = [...times, ...rows.map(({ atMs }) => atMs)];
    pageToken = nextPageToken ?? '';
    await entries({ target: `t-late-${seen.length}`, at: NOON + 1_000 });
  }
  expect(new Set(seen).size).toBe(count);
  expect(seen).toHaveLength(count);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

describe('export', () => {
  /** RFC 4180, as a spreadsheet reads it. */
  function cells(csv: string): string[][] {
    const rows: string[][] = [[]];
    for (const [, quoted, end] of csv.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
      rows.at(-1)?.push((quoted ?? '').replaceAll('""', '"'));
      if (end === '\r\n') rows.push([]);
    }
    return rows.slice(0, -1);
  }
  const exported = async (query: Record<string, string> = {}) => {
    const answer = await must(admin.get<string>(to.auditExport(search(query))));
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="backstitch-audit-[\d-]+\.csv"$/);
    return cells(answer.body);
  };

  test('[AT4] has all rows that the filters select and all columns of the page, and is audited', async () => {
    await entries(
      { target: 'order-1', details: { reason: 'too late', flow: 'order' } },
      { target: 'order-2', outcome: null },
      { target: 'refund-1' }
    );
    const [head, ...rows] = await exported({ target: 'order' });
    expect(head).toEqual([
      'time',
      'who',
      'who id',
      'operation',
      'target',
      'reason',
      'outcome',
      'from',
      'via',
      'details',
    ]);
    expect(rows.map((row) => row.slice(4, 7)).sort()).toEqual([
      ['order-1', 'too late', 'done'],
      ['order-2', '', 'no answer'],
    ]);
    expect(rows.find(([, , , , target]) => target === 'order-1')).toEqual([
      '2026-01-15T12:00:00.000Z',
      'Ada Byron',
      'p1',
      'runs.start',
      'order-1',
      'too late',
      'done',
      '10.0.0.1',
      'session',
      '{"flow":"order"}',
    ]);
    expect((await page({ operation: 'audit.export' })).rows).toMatchObject([
      { actorId: 'person-admin', outcome: 'done', details: { target: 'order' } },
    ]);
  });

  test('[AT5] has no cell that a spreadsheet would execute as a formula, and loses no character', async () => {
    const evil = [
      '=HYPERLINK("http://evil.example","pay")',
      '+1+cmd|/C calc!A0',
      '-2+3',
      '@SUM(A1)',
      '\t=1+1',
      '\r=1+1',
      '\n=1+1',
      ' =1+1',
      '\u00a0=1+1',
      '＝1+1',
      '＋1',
      '－1',
      '＠SUM(A1)',
    ];
    await entries(...evil.map((text) => ({ target: text, actorName: text, details: { reason: text } })));
    const rows = (await exported()).slice(1).filter(([, , , operation]) => operation === 'runs.start');
    for (const column of [1, 4, 5]) {
      const shown = rows.map((row) => row[column] ?? '');
      expect(shown.sort()).toEqual(evil.map((text) => `'${text}`).sort());
    }
    // Quotes, commas and line ends inside a cell stay in it.
    await emptyTrail(world.web);
    await entries({ target: 'a"b,c\r\nd', details: { reason: '"' } });
    expect((await exported({ operation: 'runs' }))[1]?.slice(4, 6)).toEqual(['a"b,c\r\nd', '"']);
  });

  test('[AT6] contains the rows of many pages', async () => {
    await entries(...Array.from({ length: 2_345 }, (_, at) => ({ target: `t-${at}`, at: NOON + (at % 5) })));
    const rows = (await exported({ target: 't-' })).slice(1);
    expect(new Set(rows.map((row) => row[4])).size).toBe(2_345);
    expect(rows).toHaveLength(2_345);
  });
});
