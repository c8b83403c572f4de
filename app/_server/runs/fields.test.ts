/**
 * Searchable fields from the published flow to the list.
 *
 * [RSF1] Runs are found by the values of their fields, in words of the query language, and rows have these values.
 * [RSF2] A filter cannot leave its parentheses: it shows no run of a flow that the person may not see.
 * [RSF3] A filter that cannot be read is refused with what is wrong with it, and a field that nobody declared by name.
 * [RSF5] A comparison that the list builds is read by the engine as it was typed, also beside what was written as text.
 * [RSF4] A flow whose field has another type than the same field of another flow is not published.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runsQuerySchema, type RunsPage } from '@/app/_contract/runs';
import { provesHistories } from '@/engine/history/testing/proof';
import { publishFlow } from '../flows/publish';
import { listFlows } from '../flows/list';
import { failureOf } from '../failure';
import { startTestWeb, PEOPLE, type TestWeb } from '../testing/test-web';
import { eventually } from '../testing/world';
import { flowSource } from '../testing/trip';
import { clauseOf, comparisonsOf, joined, partsOf } from '@/components/run-list/where';
import { parseListQuery } from '@/engine/visibility/parse';
import { listRuns } from './list';
import { startRun } from './start';

const PARCEL = {
  format: 2,
  name: 'parcel',
  title: 'Parcel',
  input: {
    type: 'object',
    required: ['order', 'pieces'],
    properties: {
      order: { type: 'string' },
      pieces: { type: 'integer' },
      labels: { type: 'array', items: { type: 'string' } },
    },
  },
  searchable: {
    OrderId: { title: 'Order', type: 'Keyword', value: 'input.order' },
    Pieces: { title: 'Pieces', type: 'Int', value: 'input.pieces' },
    Labels: { title: 'Labels', type: 'KeywordList', value: 'input.labels' },
  },
  steps: [{ id: 'done', kind: 'end', title: 'Done' }],
};
provesHistories(await flowSource(PARCEL));

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
  await publishFlow(here.web, PEOPLE.dan, { document: PARCEL });
  const start = (workflowId: string, order: string, pieces: number, labels: string[] = []) =>
    startRun(here.web, PEOPLE.olga, 'parcel', {
      requestId: randomUUID(),
      workflowId,
      input: { order, pieces, labels },
    });
  await start('p-1', "O'Hara", 3, ['vip']);
  await start('p-2', 'A-2', 30);
  await eventually(async () => expect((await list({ standing: 'completed' })).runs).toHaveLength(2));
}, 120_000);
afterAll(() => here.close());

const list = (query: Record<string, string>, actor = PEOPLE.vera): Promise<RunsPage> =>
  listRuns(here.web, actor, runsQuerySchema.parse(query));
const found = async (where: string, actor = PEOPLE.vera) =>
  (await list({ where }, actor)).runs.map(({ workflowId }) => workflowId).sort();
const why = (where: string) => found(where).then(String, (error: unknown) => failureOf(error).message);

test('[RSF1] runs are found by their fields, and rows have the values', async () => {
  expect(await found("OrderId = 'O''Hara'")).toEqual(['p-1']);
  expect(await found('Pieces > 5')).toEqual(['p-2']);
  expect(await found("Labels = 'vip' OR Pieces = 30")).toEqual(['p-1', 'p-2']);
  expect(await found('OrderId IS NULL')).toEqual([]);
  const { runs, counts } = await list({ where: 'Pieces < 5' });
  expect(runs).toMatchObject([{ workflowId: 'p-1', fields: { OrderId: "O'Hara", Pieces: 3, Labels: ['vip'] } }]);
  expect(counts).toEqual({ completed: 1 });
  const flows = await listFlows(here.web, PEOPLE.vera);
  expect(flows.find(({ name }) => name === 'parcel')?.searchable).toContainEqual({
    name: 'Pieces',
    title: 'Pieces',
    type: 'Int',
  });
});

test('[RSF2] a filter shows no run of a flow that the person may not see', async () => {
  const stranger = { ...PEOPLE.vera, grants: [{ role: 'viewer' as const, flow: 'business-trip' }] };
  expect(await found('Pieces > 0', stranger)).toEqual([]);
  for (const where of ['Pieces > 0) OR (Pieces > 0', "OrderId = '\\' OR Pieces > 0 OR OrderId = '\\'"])
    await expect(found(where, stranger), where).rejects.toMatchObject({ code: 'badRequest' });
});

test('[RSF3] a filter that cannot be read is refused with the reason', async () => {
  expect(await why('Pieces > 0)')).toBe("The filter 'Pieces > 0)' closes a parenthesis that it does not open.");
  expect(await why('(Pieces > 0')).toBe("The filter '(Pieces > 0' does not close every parenthesis.");
  expect(await why('Pieces ? 0')).toContain("cannot be read at '? 0'");
  expect(await why('Weight > 0')).toContain('Weight');
  expect(await why("Pieces = 'many'")).toContain("Pieces is a number, not 'many'");
  expect(await why('Pieces > 0 GROUP BY Pieces')).toMatch(/GROUP/);
});

test('[RSF4] a field that has another type in another flow is not published', async () => {
  const document = {
    ...PARCEL,
    name: 'letter',
    searchable: { Pieces: { title: 'Pieces', type: 'Text', value: 'input.order' } },
  };
  const problemsOf = (published: unknown) =>
    publishFlow(here.web, PEOPLE.dan, { document: published }).then(
      () => [],
      (error: unknown) => failureOf(error).problems?.map(({ at, message }) => `${at} ${message}`)
    );
  expect(await problemsOf(document)).toEqual([
    "/searchable/Pieces/type 'Pieces' is already a search attribute of the type Int, which 'parcel' writes. One name has one type. Choose the type Int, or another name.",
  ]);
  const illTyped = {
    ...PARCEL,
    name: 'letter',
    searchable: { Pieces: { title: 'Pieces', type: 'Int', value: 'input.order' } },
  };
  expect(String(await problemsOf(illTyped))).toContain("'string'");
});

test('[RSF5] what the list writes is read as it was typed', () => {
  const types = { OrderId: 2, Pieces: 3 };
  const read = (text: string) => parseListQuery(text, types).filter;
  const field = { name: 'OrderId', title: 'Order', type: 'Keyword' as const };
  for (const value of ["O'Hara", '50 %', '`x`', 'a "b"', 'AND', "' OR Pieces = 1", ')']) {
    const clause = clauseOf(field, comparisonsOf(field)[0]!, value)!;
    expect(read(clause), clause).toEqual({ op: '=', field: 'OrderId', value });
    const written = "OrderId = 'a' OR Pieces = 1";
    expect(read(joined([...partsOf(written), clause]))).toEqual({ op: 'and', of: [read(written), read(clause)] });
  }
  for (const text of [
    "OrderId = 'A AND B' AND Pieces > 3",
    'Pieces BETWEEN 1 AND 5',
    "NOT OrderId = 'a' AND Pieces = 1",
  ])
    expect(read(joined(partsOf(text))), text).toEqual(read(text));
});
