import { describe, expect, it } from 'vitest';
import { flowDocumentSchema, type FlowDocument } from './document';
import { expressionsIn, namesIn } from './expression-names';
import { factsOf } from './nodes/table';
import { orderDocument } from '../run-view/testing/order';
import { scopeAt } from './scope';
import { allNodes } from './tree';

const call = (id: string, more: object = {}) => {
  return { id, kind: 'action', title: id, activity: 'http.request', effect: 'none', input: {}, ...more };
};
const flow = (steps: object[], more: object = {}): FlowDocument =>
  flowDocumentSchema.parse({
    format: orderDocument.format,
    name: 'f',
    title: 'F',
    input: { type: 'object' },
    steps,
    ...more,
  });
const names = (document: FlowDocument, nodeId: string | null, ...path: (string | number)[]) =>
  scopeAt(document, {}, { nodeId, path }).map(({ name }) => name);

describe('what an expression may read', () => {
  it('[SCO1] steps that certainly ran before, the nearest first, then variables and the input', () => {
    const variables = { state: { schema: { type: 'string' }, initial: '' } };
    const document = flow([call('a'), call('b-c'), call('d')], { variables });
    expect(names(document, 'd', 'input')).toEqual(['bC', 'a', 'state', 'input']);
    expect(names(document, 'a', 'input')).toEqual(['state', 'input']);
  });
  it('[SCO1] the end of a loop is decided by its steps, its beginning is not', () => {
    const loop = (more: object) =>
      flow([{ id: 'r', kind: 'repeat', title: 'r', most: 3, steps: [call('a')], ...more }]);
    expect(names(loop({ until: 'a.done' }), 'r', 'until')).toEqual(['a', 'input']);
    expect(names(loop({ while: 'true' }), 'r', 'while')).toEqual(['input']);
    expect(names(loop({ until: 'a.done' }), 'a', 'input')).toEqual(['input']);
  });
  it('[SCO1] branches of a choice are not readable after it, branches of a parallel are', () => {
    const inside = (kind: string) => [
      {
        id: 'x',
        kind,
        title: 'x',
        branches: ['p', 'q'].map((id) => ({
          id,
          title: id,
          steps: [call(`in-${id}`)],
          ...(kind === 'choice' ? { when: 'true' } : {}),
        })),
      },
      call('after'),
    ];
    expect(names(flow(inside('choice')), 'after', 'input')).toEqual(['input']);
    expect(names(flow(inside('parallel')), 'after', 'input')).toEqual(['inQ', 'inP', 'input']);
  });
  it('[SCO2] an undo reads its own step; the step itself and its look-up do not', () => {
    const undo = { title: 'u', activity: 'http.request', input: {} };
    const document = flow([call('a', { effect: 'reversible', undo })]);
    expect(names(document, 'a', 'undo', 'input', 'body')).toEqual(['a', 'input']);
    expect(names(document, 'a', 'input', 'body')).toEqual(['input']);
  });
  it('[SCO3] a caught failure is readable in its own handler only', () => {
    const handler = { id: 'h', types: [], scope: 'undo', as: 'failure', then: [call('note')] };
    const document = flow([call('a', { catch: [handler] }), call('b')]);
    expect(names(document, 'note', 'input')).toEqual(['failure', 'input']);
    const [a] = scopeAt(document, {}, { nodeId: 'b', path: ['input'] });
    expect(a).toMatchObject({ name: 'a', mayBeMissing: true });
  });
  it('[SCO5] an item of a loop has the type that its list has, also of a list that is filtered', () => {
    const items = {
      type: 'array',
      items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } },
    };
    const input = { type: 'object', required: ['items'], properties: { items } };
    const typeOf = (list: string) => {
      const loop = { id: 'loop', kind: 'each', title: 'Loop', items: list, item: 'article', steps: [call('a')] };
      return scopeAt(flow([loop, call('b')], { input }), {}, { nodeId: 'a', path: ['input'] })[0];
    };
    expect(typeOf('input.items')).toMatchObject({ name: 'article', type: '{ sku: string; }', schema: items.items });
    expect(typeOf('input?.items.filter((each) => each.sku)')).toMatchObject({ type: '{ sku: string; }' });
    expect(typeOf('[1, 2]')).toMatchObject({ name: 'article', type: 'any', schema: undefined });
  });
  it('[SCO6] the result of an item reads the item and the outputs of its steps; the results have the type of what it reads', () => {
    const list = (type: string) => {
      return { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: { type } } } };
    };
    const input = { type: 'object', required: ['items'], properties: { items: list('string') } };
    const loop = (result?: unknown) => {
      return {
        id: 'loop',
        kind: 'each',
        title: 'Loop',
        items: 'input.items',
        item: 'article',
        steps: [call('a')],
        result,
      };
    };
    const document = (result?: unknown) => flow([loop(result), call('b')], { input });
    for (const result of [undefined, 1]) {
      const read = scopeAt(document(result), {}, { nodeId: 'loop', path: ['result', 'sku'] });
      expect(read.map(({ name }) => name)).toEqual(['article', 'a', 'input']);
      const items = scopeAt(document(result), {}, { nodeId: 'loop', path: ['items'] });
      expect(items.map(({ name }) => name)).toEqual(['input']);
    }
    const given = { sku: { $expr: 'article.sku' }, all: { $expr: 'article' }, fixed: ['x'], odd: { $expr: 'a.b + 1' } };
    const [output] = scopeAt(document(given), {}, { nodeId: 'b', path: ['input'] });
    const results = 'results: ({ sku: string; all: { sku: string; }; fixed: (string)[]; odd: any; })[]';
    expect(output!.type).toContain(results);
    expect(output!.schema!.properties!.results!.items!.properties).toMatchObject({ sku: { type: 'string' }, odd: {} });
    expect(scopeAt(document(), {}, { nodeId: 'b', path: ['input'] })[0]!.type).not.toContain('results');
  });
  it('[SCO4] a variable reads those before it, a key only what was sent, a query every output as one that may be missing', () => {
    const schema = { type: 'string' };
    const document = flow([call('a')], {
      variables: { one: { schema, initial: '' }, two: { schema, initial: '' } },
      signals: { paid: { title: 'Paid', schema, key: 'argument' } },
      queries: { status: { title: 'Status', result: '' } },
      updates: { change: { title: 'Change', schema, set: { one: '' } } },
    });
    expect(names(document, null, 'variables', 'two', 'initial')).toEqual(['one', 'input']);
    expect(names(document, null, 'signals', 'paid', 'key')).toEqual(['argument']);
    expect(names(document, null, 'updates', 'change', 'set', 'one')).toEqual(['argument', 'one', 'two', 'input', 'a']);
    expect(scopeAt(document, {}, { nodeId: null, path: ['queries', 'status', 'result'] }).at(-1)).toMatchObject({
      name: 'a',
      mayBeMissing: true,
    });
  });
  it('[SCO1] everything that a valid flow reads is in scope where it reads it', () => {
    for (const node of allNodes(orderDocument.steps))
      for (const { value, path } of factsOf(node).templates(node))
        for (const { expression, path: inner } of expressionsIn(value, path)) {
          const known = new Set(names(orderDocument, node.id, ...inner));
          expect([...namesIn(expression)].filter((name) => !known.has(name))).toEqual([]);
        }
  });
});
