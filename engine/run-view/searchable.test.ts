import { expect, test } from 'vitest';
import type { RunEvent } from './model';
import { fieldsOfRun, fieldValues } from './searchable';

const upsert = (id: number, indexedFields: Record<string, unknown>): RunEvent => ({
  id,
  timeMs: 0,
  type: 'UpsertWorkflowSearchAttributes',
  attributes: { searchAttributes: { indexedFields } },
});
const searchable = {
  Order: { title: 'Order', type: 'Keyword' as const, value: 'input.order' },
  Skus: { title: 'Articles', type: 'KeywordList' as const, value: 'input.skus' },
  Total: { title: 'Total', type: 'Int' as const, value: 'total' },
};

test('[SRV1] a run has the values that it wrote last; an empty list unsets a field', () => {
  const events = [upsert(4, { Order: ['A-1'], Skus: ['pen'], Total: [7] }), upsert(9, { Total: [], Order: ['A-2'] })];
  expect(fieldsOfRun({ searchable }, events).map(({ title, value }) => [title, value])).toEqual([
    ['Order', 'A-2'],
    ['Articles', ['pen']],
    ['Total', undefined],
  ]);
});

test('[SRV2] a list shows the fields of the flow, and no other search attribute', () => {
  const fields = [
    { name: 'Order', type: 'Keyword' as const },
    { name: 'Skus', type: 'KeywordList' as const },
  ];
  expect(fieldValues(fields, { Order: 'A-1', Skus: ['pen', 'ink'], SagaPhase: 'unwound' })).toEqual({
    Order: 'A-1',
    Skus: ['pen', 'ink'],
  });
  expect(fieldValues(fields, { SagaStanding: 1 })).toEqual({});
});
