/** The rules are in where.ts. */
import { expect, test } from 'vitest';
import type { SearchableField } from '@/engine/flow/searchable';
import {
  attentionWords,
  clauseOf,
  comparisonsOf,
  fieldsOfFlows,
  joined,
  OF_EVERY_RUN,
  partsOf,
  wordsOf,
} from './where';

const order: SearchableField = { name: 'OrderId', title: 'Order', type: 'Keyword' };
const total: SearchableField = { name: 'Total', title: 'Total', type: 'Int' };
const due: SearchableField = { name: 'Due', title: 'Due on', type: 'Datetime' };
const FIELDS = [order, total, due];

test('[WHR1] a text is divided at AND, and joined to one that means the same', () => {
  const divided: [string, string[]][] = [
    ["OrderId = 'A AND B' AND Total > 3", ["OrderId = 'A AND B'", 'Total > 3']],
    ["OrderId = 'it''s' AND (Total = 1 AND Total = 2)", ["OrderId = 'it''s'", '(Total = 1 AND Total = 2)']],
    ["OrderId = 'a' OR Total = 1", ["OrderId = 'a' OR Total = 1"]],
    ['Total BETWEEN 1 AND 5', ['Total BETWEEN 1 AND 5']],
    ['Total = 1 AND', ['Total = 1 AND']],
    ['  ', []],
  ];
  for (const [text, parts] of divided) expect(partsOf(text), text).toEqual(parts);
  for (const [text, parts] of divided.slice(0, 4)) expect(partsOf(joined(parts)), text).toEqual(parts);
  const added = joined([...partsOf("OrderId = 'a' OR Total = 1"), 'Total < 5']);
  expect(added).toBe("(OrderId = 'a' OR Total = 1) AND Total < 5");
  expect(partsOf(added)).toEqual(["(OrderId = 'a' OR Total = 1)", 'Total < 5']);
});

test('[WHR2] a comparison of a known field is said in words', () => {
  expect(wordsOf("OrderId STARTS_WITH 'A-'", FIELDS)).toEqual({
    title: 'Order',
    type: 'Keyword',
    comparison: 'begins with',
    value: 'A-',
  });
  expect(wordsOf('Total >= -3', FIELDS)).toEqual({
    title: 'Total',
    type: 'Int',
    comparison: 'is at least',
    value: '-3',
  });
  expect(wordsOf('Due IS NULL', FIELDS)).toEqual({
    title: 'Due on',
    type: 'Datetime',
    comparison: 'has no value',
    value: '',
  });
  expect(wordsOf("Other = 'x'", FIELDS)).toBe(null);
  expect(wordsOf("OrderId = 'a' OR Total = 1", FIELDS)).toBe(null);
});

test('[WHR3] a value is read back as it was typed, and one that is none makes no clause', () => {
  for (const value of ["O'Hara", '50 %', '`x`', 'a "b"', 'AND', "' OR Total = 1"]) {
    const clause = clauseOf(order, comparisonsOf(order)[0]!, value)!;
    expect(partsOf(clause)).toEqual([clause]);
    expect(wordsOf(clause, FIELDS)?.value).toBe(value);
  }
  const [is] = comparisonsOf(total);
  expect(clauseOf(total, is!, 'many')).toBe(null);
  expect(clauseOf(total, is!, '1 OR Total = 2')).toBe(null);
  expect(clauseOf(due, comparisonsOf(due)[0]!, 'soon')).toBe(null);
  expect(clauseOf(due, comparisonsOf(due)[0]!, '2026-11-30')).toBe("Due >= '2026-11-30T00:00:00.000Z'");
  expect(clauseOf(due, comparisonsOf(due).at(-1)!, '')).toBe('Due IS NULL');
});

test('a list offers the fields of the chosen flow, or of all, each name once', () => {
  const flows = [
    { name: 'a', searchable: [total, order] },
    { name: 'b', searchable: [order, due] },
  ];
  expect(fieldsOfFlows(flows, null).map(({ name }) => name)).toEqual(['Due', 'OrderId', 'Total']);
  expect(fieldsOfFlows(flows, 'b').map(({ name }) => name)).toEqual(['Due', 'OrderId']);
});

test('[WHR4] where runs fail is said in words, and is found by the step and the error', () => {
  const [failedAt, retriesAt, , error] = OF_EVERY_RUN;
  expect(clauseOf(failedAt!, comparisonsOf(failedAt!)[0]!, 'pay')).toBe("SagaFailedAt = 'pay'");
  expect(clauseOf(retriesAt!, comparisonsOf(retriesAt!)[1]!, '')).toBe('SagaRetriesAt IS NOT NULL');
  expect(clauseOf(error!, comparisonsOf(error!)[0]!, 'HttpStatus 503')).toBe("SagaError = 'HttpStatus 503'");
  expect(wordsOf("SagaFailedAt = 'pay'", OF_EVERY_RUN)).toMatchObject({ title: 'Failed at', comparison: 'the step' });
  expect(attentionWords("SagaAttention = 'failed pay HttpStatus O''Hara'")).toBe(
    "Failed at pay with HttpStatus O'Hara"
  );
  expect(attentionWords("SagaAttention = 'retries ship:undo Away'")).toBe('Retries at ship:undo after Away');
  expect(attentionWords("SagaAttention = 'failed - RunTimeout'")).toBe('Failed with RunTimeout');
  expect(attentionWords("TemporalReportedProblems = 'cause=WorkflowTaskFailedCauseBug'")).toBe('Stuck: Bug');
  for (const other of [
    "SagaAttention = 'x'",
    "SagaAttention = 'failed pay A' OR Total = 1",
    "OrderId = 'failed pay A'",
  ])
    expect(attentionWords(other), other).toBe(null);
});
