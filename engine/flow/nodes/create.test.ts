import { expect, it } from 'vitest';
import { parseFlow } from '../testing/flow';
import { allNodes } from '../tree';
import { action, type ActionNode } from './action';
import { factsOf, NODE_KINDS, nodeSchema, type FlowNode } from './table';

it.each(NODE_KINDS)('a new %s can be read, alone and in a document, and reading adds nothing to it', (kind) => {
  const node = factsOf({ kind } as FlowNode).create('n-1');
  expect(node).toMatchObject({ id: 'n-1', kind });
  const read = nodeSchema.parse(node);
  expect(nodeSchema.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
  const document = { format: 1, name: 'new', title: 'New', input: { type: 'object' }, steps: [node] };
  const { steps } = parseFlow(document);
  expect(steps).toEqual([read]);
  // Two new nodes share no object, so that a change to one does not change the other.
  const other = factsOf({ kind } as FlowNode).create('n-2');
  expect(other).not.toBe(node);
  const ids = allNodes([read]).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each([
  [{ method: 'POST', path: '/payments' }, 'POST /payments'],
  [{ url: 'https://bank.test/pay' }, 'GET bank.test/pay'],
  [{ method: 'PUT', url: { $expr: '`https://bank.test/${input.id}`' } }, 'PUT bank.test/${input.id}'],
  [{ method: 'PUT', url: { $expr: 'input.address' } }, 'PUT request'],
  [{}, 'GET request'],
])('[RQL1] the line of a request %j says its method and its address: %s', (input, line) => {
  const node = { ...action.create('pay'), input } as ActionNode;
  expect(action.words.line(node, () => 0)).toBe(line);
});
