/**
 * List filters: their meaning, which ones are refused with which words, and that both stores agree on each of them.
 */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { MemoryStore } from '../store/memory';
import type { LeasedStore, RunCommit } from '../store/port';
import type { VisibilityRecord } from './record';
import { listStatement } from '../store/postgres/lists';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { InvalidQuery } from './fields';
import { attributeIndex } from './sql';
import { parseListQuery } from './parse';

const { IndexedValueType: Type } = temporal.api.enums.v1;
const attributes = {
  SagaPhase: Type.INDEXED_VALUE_TYPE_KEYWORD,
  SagaStanding: Type.INDEXED_VALUE_TYPE_INT,
  Ratio: Type.INDEXED_VALUE_TYPE_DOUBLE,
  Urgent: Type.INDEXED_VALUE_TYPE_BOOL,
  Due: Type.INDEXED_VALUE_TYPE_DATETIME,
  Tags: Type.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Note: Type.INDEXED_VALUE_TYPE_TEXT,
};
/** Values that try to be more than a value. */
const texts = [
  'order-1',
  'order-2',
  "o'clock",
  '%',
  '_',
  '',
  'Ä',
  '["order-1"]',
  'null',
  'order-1" OR true',
  // The first is before the second in UTF-16, and after it in UTF-8 and in the order of characters.
  '\u{1f600}',
  '\u{ff5e}',
];
const parse = (query: string) => parseListQuery(query, attributes);

describe('the meaning of a filter', () => {
  it.each([
    ["WorkflowId = 'a'", { op: '=', field: 'WorkflowId', value: 'a' }],
    ['WorkflowId = "a"', { op: '=', field: 'WorkflowId', value: 'a' }],
    ["`WorkflowId`='it''s'", { op: '=', field: 'WorkflowId', value: "it's" }],
    ["WorkflowType <> 'a'", { op: '!=', field: 'WorkflowType', value: 'a' }],
    ["ExecutionStatus = 'TimedOut'", { op: '=', field: 'ExecutionStatus', value: 7 }],
    ["ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW'", { op: '=', field: 'ExecutionStatus', value: 6 }],
    ["SagaStanding = '3'", { op: '=', field: 'SagaStanding', value: 3 }],
    ["NOT SagaPhase NOT IN ('unwound')", { op: 'in', field: 'SagaPhase', values: ['unwound'] }],
    [
      'NOT (SagaStanding < 3 OR SagaPhase IS NULL)',
      {
        op: 'and',
        of: [
          { op: '>=', field: 'SagaStanding', value: 3 },
          { op: 'isNotNull', field: 'SagaPhase' },
        ],
      },
    ],
    ["ExecutionDuration > '1m30s'", { op: '>', field: 'ExecutionDuration', value: 9e10 }],
    ["ExecutionDuration > '00:01:30'", { op: '>', field: 'ExecutionDuration', value: 9e10 }],
    ['ExecutionStatus = 3', { op: '=', field: 'ExecutionStatus', value: 3 }],
    ["ExecutionStatus IN ('Failed', 'Canceled')", { op: 'in', field: 'ExecutionStatus', values: [3, 4] }],
    [
      "SagaPhase not in ('unwound')",
      {
        op: 'and',
        of: [
          { op: 'isNotNull', field: 'SagaPhase' },
          { op: 'not', of: { op: 'in', field: 'SagaPhase', values: ['unwound'] } },
        ],
      },
    ],
    ['SagaStanding >= -2', { op: '>=', field: 'SagaStanding', value: -2 }],
    ['Ratio < 0.5', { op: '<', field: 'Ratio', value: 0.5 }],
    ['Urgent = TRUE', { op: '=', field: 'Urgent', value: true }],
    ["StartTime > '2026-01-02T03:04:05+01:00'", { op: '>', field: 'StartTime', value: '2026-01-02T02:04:05.000Z' }],
    ['CloseTime IS NULL', { op: 'isNull', field: 'CloseTime' }],
    ['CloseTime is not null', { op: 'isNotNull', field: 'CloseTime' }],
    ["WorkflowId STARTS_WITH 'order-'", { op: 'startsWith', field: 'WorkflowId', value: 'order-' }],
    ["Note = 'late  parcel'", { op: 'hasWord', field: 'Note', words: ['late', 'parcel'] }],
    [
      "Note != 'late'",
      {
        op: 'and',
        of: [
          { op: 'isNotNull', field: 'Note' },
          { op: 'not', of: { op: 'hasWord', field: 'Note', words: ['late'] } },
        ],
      },
    ],
    ['StartTime > 1767319445000000000', { op: '>', field: 'StartTime', value: '2026-01-02T02:04:05.000Z' }],
    ["Tags = 'vip'", { op: '=', field: 'Tags', value: 'vip' }],
    [
      'SagaStanding BETWEEN 1 AND 3',
      {
        op: 'and',
        of: [
          { op: '>=', field: 'SagaStanding', value: 1 },
          { op: '<=', field: 'SagaStanding', value: 3 },
        ],
      },
    ],
  ])('[VV1] %s', (query, filter) => expect(parse(query)).toEqual({ filter, groupBy: null }));

  it('[VV10] runs that are paused are found by their mark, because they are stored as open', () => {
    const isPaused = { op: '=', field: 'TemporalPauseInfo', value: 'property:status=Paused' };
    const filterOf = (query: string) => parse(query).filter;
    expect(filterOf("ExecutionStatus = 'Paused'")).toEqual(isPaused);
    expect(filterOf('ExecutionStatus != 8')).toEqual({ op: 'not', of: isPaused });
    expect(filterOf("NOT ExecutionStatus = 'Paused'")).toEqual({ op: 'not', of: isPaused });
    expect(filterOf("ExecutionStatus NOT IN ('Paused', 'Failed')")).toEqual({
      op: 'and',
      of: [
        {
          op: 'and',
          of: [
            { op: 'isNotNull', field: 'ExecutionStatus' },
            { op: 'not', of: { op: 'in', field: 'ExecutionStatus', values: [3] } },
          ],
        },
        { op: 'not', of: isPaused },
      ],
    });
  });

  it('[VV2] AND binds before OR, NOT before both, brackets before all', () => {
    const one = (value: string) => ({ op: '=', field: 'RunId', value });
    const [a, b, c] = ['a', 'b', 'c'].map(one);
    const [qa, qb, qc] = ['a', 'b', 'c'].map((value) => `RunId = '${value}'`);
    expect(parse(`${qa} OR ${qb} AND ${qc}`).filter).toEqual({ op: 'or', of: [a, { op: 'and', of: [b, c] }] });
    expect(parse(`(${qa} OR ${qb}) AND ${qc}`).filter).toEqual({ op: 'and', of: [{ op: 'or', of: [a, b] }, c] });
    expect(parse(`NOT ${qa} AND ${qb}`).filter).toEqual({ op: 'and', of: [{ ...a, op: '!=' }, b] });
  });

  it('[VV3] an empty query matches everything, and GROUP BY is alone or after a filter', () => {
    expect(parse('  ')).toEqual({ filter: null, groupBy: null });
    expect(parse('GROUP BY ExecutionStatus')).toEqual({ filter: null, groupBy: 'ExecutionStatus' });
    expect(parse("SagaPhase = 'x' group by SagaPhase").groupBy).toBe('SagaPhase');
  });
});

describe('a wrong filter is refused', () => {
  it.each([
    ["Nothing = 'a'", "'Nothing' is not a search attribute of this namespace"],
    ["constructor = 'a'", "'constructor' is not a search attribute of this namespace"],
    ["= 'a'", "expected a field, found '='"],
    ['WorkflowId', "'' is not a comparison operator (after WorkflowId)"],
    ["WorkflowId LIKE 'a'", "'LIKE' is not a comparison operator (after WorkflowId)"],
    ['WorkflowId =', "WorkflowId is compared with text in quotes, not 'the end'"],
    ['WorkflowId = 5', "WorkflowId is compared with text in quotes, not '5'"],
    ['WorkflowId = other', "WorkflowId is compared with text in quotes, not 'other'"],
    ["WorkflowId = 'open", "cannot be read at ''open'"],
    ["WorkflowId = 'a' ; DROP TABLE x", "cannot be read at '; DROP TABLE x'"],
    ["WorkflowId = 'a' RunId = 'b'", "expected the end, found 'RunId'"],
    ["(WorkflowId = 'a'", "expected ), found 'the end'"],
    ["WorkflowId = 'a' AND", "expected a field, found 'the end'"],
    ["WorkflowId IN 'a'", "expected (, found 'a'"],
    ['WorkflowId IN ()', "WorkflowId is compared with text in quotes, not ')'"],
    ["WorkflowId NOT = 'a'", "'=' is not a comparison operator (after WorkflowId)"],
    ["ExecutionStatus = 'Sleeping'", "'Sleeping' is not an execution status"],
    ["ExecutionStatus = 'running'", "'running' is not an execution status"],
    ['ExecutionStatus = 1.5', "'1.5' is not an execution status"],
    ['ExecutionStatus = 99999', "'99999' is not an execution status"],
    ["ExecutionDuration > 'long'", "'long' is not a duration (for ExecutionDuration)"],
    ['Urgent > false', '> can be used only with ordered fields; Urgent is not one'],
    ['Urgent BETWEEN false AND true', 'BETWEEN can be used only with ordered fields; Urgent is not one'],
    ["Note = ' '", 'Note is compared with a text that has no words'],
    ["Note IN ('late')", 'IN cannot be used with Note, which is of type Text'],
    ["Note STARTS_WITH 'late'", 'STARTS_WITH can be used only with text fields; Note is not one'],
    ["Note < 'late'", '< can be used only with ordered fields; Note is not one'],
    ["StartTime > '2026-01-02'", "'2026-01-02' is not a time (for StartTime)"],
    ['StartTime > 99999999999999999999999', "'99999999999999999999999' is not a time (for StartTime)"],
    ["WorkflowId = 'a' LIMIT 5", "expected the end, found 'LIMIT'"],
    ["Tags < 'x'", '< can be used only with ordered fields; Tags is not one'],
    ["Tags STARTS_WITH 'x'", 'STARTS_WITH can be used only with text fields; Tags is not one'],
    ['Urgent = 1', "Urgent is true or false, not '1'"],
    ["SagaStanding = 'two'", "SagaStanding is a number, not 'two'"],
    ["StartTime > 'soon'", "'soon' is not a time (for StartTime)"],
    ["SagaStanding STARTS_WITH '1'", 'STARTS_WITH can be used only with text fields; SagaStanding is not one'],
    ['CloseTime IS 5', "expected NULL, found '5'"],
    ['SagaStanding BETWEEN 1, 3', "expected AND, found ','"],
    ["WorkflowId = 'a' ORDER BY StartTime", 'ORDER BY is not supported'],
    ['GROUP ExecutionStatus', "expected BY, found 'ExecutionStatus'"],
    [`${'('.repeat(60)}WorkflowId = 'a'`, 'has more than 50 levels of nesting'],
    [`${'NOT '.repeat(60)} WorkflowId = 'a'`, 'has more than 50 levels of nesting'],
    [`WorkflowId = '${'x'.repeat(10_000)}'`, 'has 10015 characters, at most 10000 are allowed'],
  ])('[VV4] %s', (query, words) => {
    expect(() => parse(query)).toThrow(InvalidQuery);
    expect(() => parse(query)).toThrow(words);
  });

  it('[VV5] every text is either read or refused as a bad request', () => {
    const words = fc.constantFrom(
      ...[
        'WorkflowId',
        'SagaStanding',
        'AND',
        'OR',
        'NOT',
        '(',
        ')',
        '=',
        '<',
        'IN',
        'IS',
        'NULL',
        "'a'",
        '3',
        'GROUP',
        'BY',
      ],
      ...['BETWEEN', 'STARTS_WITH', ',', "'", '`', '--', '\\', '\0']
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((parts) => parts.join(' '))
    );
    fc.assert(
      fc.property(text, (query) => {
        try {
          parse(query);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidQuery);
        }
      }),
      { numRuns: 1_000 }
    );
  });
});

describe('both stores', () => {
  let database: TestDatabase;
  let memory: LeasedStore;
  let postgres: LeasedStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    memory = await new MemoryStore().acquire('memory');
    postgres = await new PostgresStore({ url: database.url }).acquire('postgres');
    await postgres.indexAttributes(Object.entries(attributes));
  });
  afterAll(async () => {
    await postgres.release();
    await database.drop();
  });

  const time = (index: number) => new Date(1_700_000_000_000 + index * 1_000).toISOString();
  /** Every attribute: present, absent, and with a value of a type for which it is not registered. */
  const value = {
    text: fc.constantFrom(...texts),
    number: fc.oneof(fc.integer({ min: -3, max: 40 }), fc.constantFrom(0.5, 1.25, -0.5)),
    time: fc.integer({ min: 0, max: 45 }).map(time),
  };
  const rowOf = fc.record({
    workflowId: value.text,
    workflowType: fc.constantFrom('order_v1', 'refund_v2'),
    taskQueue: fc.constantFrom('backstitch', 'other'),
    status: fc.integer({ min: 1, max: 7 }).map((status) => status as VisibilityRecord['status']),
    startTime: value.time.map(Date.parse),
    executionTime: value.time.map(Date.parse),
    /** After the start. */
    openMs: fc.option(fc.integer({ min: 0, max: 40 }).map((seconds) => seconds * 1_000)),
    historyLength: fc.nat(40),
    historySizeBytes: fc.option(fc.nat(400)),
    stateTransitions: fc.option(fc.nat(20)),
    parent: fc.option(fc.record({ workflowId: value.text, runId: value.text })),
    root: fc.option(fc.record({ workflowId: value.text, runId: value.text })),
    searchAttributes: fc.record(
      {
        SagaPhase: fc.oneof({ weight: 5, arbitrary: value.text }, value.number),
        SagaStanding: fc.oneof({ weight: 5, arbitrary: value.number }, value.text),
        Ratio: value.number,
        Urgent: fc.boolean(),
        Due: value.time,
        Note: fc.oneof(
          {
            weight: 5,
            arbitrary: fc.array(value.text, { minLength: 1, maxLength: 3 }).map((words) => words.join(' \t')),
          },
          value.number
        ),
        Tags: fc.oneof({ weight: 5, arbitrary: fc.array(value.text, { minLength: 1, maxLength: 3 }) }, value.text),
      },
      { requiredKeys: [] }
    ),
  });
  let runs = 0;
  /** A new namespace with these runs, in both stores. */
  async function stored(rows: (typeof rowOf extends fc.Arbitrary<infer Row> ? Row : never)[]): Promise<string> {
    const namespace = `namespace-${runs}`;
    const records = rows.map(({ openMs, ...row }): VisibilityRecord => {
      const runKey = ++runs;
      const runId = `run-${runKey}`;
      const closeTime = openMs === null ? null : row.startTime + openMs;
      return { ...row, closeTime, runKey, namespace, runId, firstRunId: runId, memo: new Uint8Array() };
    });
    await Promise.all([memory, postgres].map((store) => store.commit(records.map(creation))));
    return namespace;
  }
  const creation = (visibility: VisibilityRecord): RunCommit => ({
    runKey: visibility.runKey,
    expectedNextEventId: 1,
    nextEventId: 2,
    status: visibility.status,
    history: [{ firstEventId: 1, events: new Uint8Array([1]) }],
    side: new Uint8Array(),
    wakeAt: null,
    visibility,
    create: { ...visibility, workflowId: `${visibility.workflowId}-${visibility.runKey}`, expectedCurrentRunId: null },
  });

  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const text = value.text.map(quoted);
  const number = value.number.map(String);
  const moment = fc.integer({ min: -1, max: 46 }).map((index) => quoted(time(index)));
  const ordered = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
  const equality = fc.constantFrom('=', '!=');
  const compare = (fields: string[], op: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
    fc.tuple(fc.constantFrom(...fields), op, value).map((parts) => parts.join(' '));
  const comparison = fc.oneof(
    compare(['WorkflowId', 'RunId', 'WorkflowType', 'TaskQueue', 'SagaPhase'], ordered, text),
    compare(['WorkflowId', 'SagaPhase'], fc.constantFrom('STARTS_WITH', 'NOT STARTS_WITH'), text),
    compare(['SagaStanding', 'Ratio', 'HistoryLength', 'HistorySizeBytes', 'StateTransitionCount'], ordered, number),
    compare(['ParentWorkflowId', 'ParentRunId', 'RootWorkflowId', 'RootRunId'], ordered, text),
    compare(['ExecutionDuration'], ordered, fc.constantFrom('0', "'4s'", "'00:00:09'", "'1m30s'", '3000000000')),
    compare(['StartTime', 'ExecutionTime', 'CloseTime', 'Due'], ordered, moment),
    compare(['Urgent'], equality, fc.constantFrom('true', 'false')),
    compare(['Tags'], equality, text),
    compare(
      ['Note'],
      equality,
      fc
        .array(
          text.filter((each) => each !== "''"),
          { minLength: 1, maxLength: 2 }
        )
        .map((parts) => `'${parts.map((part) => part.slice(1, -1)).join(' ')}'`)
    ),
    compare(['ExecutionStatus'], equality, fc.integer({ min: 1, max: 7 }).map(String)),
    compare(
      ['SagaPhase', 'Tags', 'Note', 'CloseTime', 'Urgent', 'SagaStanding'],
      fc.constantFrom('IS'),
      fc.constantFrom('NULL', 'NOT NULL')
    ),
    fc.tuple(number, number).map(([low, high]) => `SagaStanding BETWEEN ${low} AND ${high}`),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((values) => `SagaPhase NOT IN (${values.join(', ')})`)
  );
  const { query } = fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'small' },
      comparison,
      fc.tuple(tie('query'), fc.constantFrom('AND', 'OR'), tie('query')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('query').map((inner) => `NOT (${inner})`)
    ),
  }));

  const listOf = async (store: LeasedStore, namespace: string, asked: string) =>
    (await store.list({ namespace, filter: parse(asked).filter, limit: 100, after: null })).map(({ runKey }) => runKey);

  it('[VV8] order any two texts alike, even if UTF-16 orders them differently', async () => {
    const [plain] = fc.sample(rowOf, { numRuns: 1, seed: 1 });
    const namespace = await stored(
      texts.map((workflowId) => ({ ...plain!, workflowId, searchAttributes: { SagaPhase: workflowId } }))
    );
    for (const field of ['WorkflowId', 'SagaPhase'])
      for (const each of texts) {
        const asked = `${field} < ${quoted(each)}`;
        expect(await listOf(postgres, namespace, asked), asked).toEqual(await listOf(memory, namespace, asked));
      }
  });

  const FIELDS = [
    'ExecutionStatus',
    'SagaPhase',
    'Urgent',
    'WorkflowType',
    'CloseTime',
    'HistoryLength',
    'ExecutionDuration',
    'RootWorkflowId',
    'Tags',
  ];

  it('[VV6] return the same runs in the same order and the same count, for any runs and filters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowOf, { maxLength: 20 }),
        fc.array(query, { minLength: 20, maxLength: 20 }),
        async (rows, asked) => {
          const namespace = await stored(rows);
          for (const each of asked) {
            const { filter } = parse(each);
            const found = await listOf(memory, namespace, each);
            expect(await listOf(postgres, namespace, each), each).toEqual(found);
            // A full page is found in another way than one that is not.
            const first = await postgres.list({ namespace, filter, limit: 2, after: null });
            const rest = await postgres.list({ namespace, filter, limit: 2, after: first[1] ?? null });
            const pages = first.length < 2 ? first : [...first, ...rest];
            expect(
              pages.map(({ runKey }) => runKey),
              each
            ).toEqual(found.slice(0, 4));
            expect(await postgres.count(namespace, filter, null), each).toEqual([{ key: [], count: found.length }]);
          }
        }
      ),
      { numRuns: 60 }
    );
  }, 60_000);

  const MANY = `INSERT INTO engine.visibility (run_key, namespace, workflow_id, run_id, first_run_id, workflow_type,
      task_queue, status, start_time, execution_time, close_time, history_length, search_attributes, memo)
    SELECT 1e9 + key, 'many', 'w-' || key, 'r-' || key, 'r-' || key, 'order_v1', 'backstitch', 2, key, key, key, 9,
      jsonb_build_object('Ratio', key), '' FROM generate_series(1, 3000) AS key`;
  it.each([
    ["WorkflowId = 'a'", 'visibility_workflow_id_start_idx'],
    ["WorkflowId STARTS_WITH 'a'", 'visibility_workflow_id_start_idx'],
    ["RunId = 'a'", 'visibility_run_id_idx'],
    ["ParentWorkflowId = 'a'", 'visibility_parent_workflow_idx'],
    ["ParentRunId = 'a'", 'visibility_parent_run_idx'],
    ["RootWorkflowId = 'a'", 'visibility_root_workflow_idx'],
    ['SagaStanding > 0', 'visibility_saga_standing_idx'],
    ["SagaPhase = 'unwound'", 'visibility_search_attributes_idx'],
    ["Tags = 'a' AND HistoryLength > 3", 'visibility_search_attributes_idx'],
    ["Note = 'late parcel'", 'visibility_words_idx'],
    ['HistoryLength > 9', 'visibility_history_length_idx'],
    ['HistorySizeBytes BETWEEN 9 AND 10', 'visibility_history_size_idx'],
    ['StateTransitionCount > 9', 'visibility_transitions_idx'],
    ["ExecutionDuration > '1h'", 'visibility_duration_idx'],
    ['Ratio > 5000', attributeIndex('Ratio', 4)!.name],
    ["SagaPhase STARTS_WITH 'a'", attributeIndex('SagaPhase', 2)!.name],
    ["SagaPhase > 'z'", attributeIndex('SagaPhase', 2)!.name],
    ["Due < '2026-11-30T00:00:00Z'", attributeIndex('Due', 6)!.name],
  ])('[VV9] what is rare is found by an index: %s', async (asked, index) => {
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      // Undone with the connection: a table that is large enough for a plan, and small enough for a test.
      await client.query('BEGIN; SET enable_seqscan = off');
      await client.query(MANY);
      await client.query('ANALYZE engine.visibility');
      const query = { namespace: 'many', filter: parse(asked).filter, limit: 50, after: null };
      const { text, values = [] } = listStatement(query);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values as unknown[]);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(index);
    } finally {
      await client.end();
    }
  });

  it('[VV14] an index whose making was interrupted is made again by the next engine, also of a name with quotes', async () => {
    const name = "it's";
    const index = attributeIndex(name, Type.INDEXED_VALUE_TYPE_KEYWORD)!.name;
    const other = await createTestDatabase();
    const admin = new pg.Client(other.url);
    await admin.connect();
    const validity = async () => {
      const sql = 'SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)';
      const { rows } = await admin.query<{ indisvalid: boolean }>(sql, [`engine."${index}"`]);
      return rows.map(({ indisvalid }) => indisvalid);
    };
    const made = async () => {
      const engine = await new PostgresStore({ url: other.url }).acquire('engine');
      const wanted = [[name, Type.INDEXED_VALUE_TYPE_KEYWORD] as const];
      await Promise.all([engine.indexAttributes(wanted), engine.indexAttributes(wanted)]);
      await engine.release();
      return validity();
    };
    try {
      expect(await made()).toEqual([true]);
      await admin.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)', [
        `engine."${index}"`,
      ]);
      expect(await made()).toEqual([true]);
    } finally {
      await admin.end();
      await other.drop();
    }
  });

  it('[VV7] count the same groups of every field', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { maxLength: 20 }), async (rows) => {
        const namespace = await stored(rows);
        for (const field of FIELDS) {
          const groups = async (store: LeasedStore) =>
            (await store.count(namespace, null, field))
              .map(({ key, count }) => `${JSON.stringify(key)} ${count}`)
              .sort();
          expect(await groups(postgres), field).toEqual(await groups(memory));
        }
      }),
      { numRuns: 15 }
    );
  }, 60_000);
});
