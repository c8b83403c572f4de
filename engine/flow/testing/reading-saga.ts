/**
 * Random sagas whose steps read: the input, variables, items, caught failures and outputs that are available at their
 * place. Every one is correct.
 */
import fc from 'fast-check';
import { randomSaga } from '../../compiler/testing/random-saga';
import type { FlowDocument, FlowNode } from '../document';
import { outputName } from '../names';
import { walkScopes } from '../scope';
import { allNodes } from '../tree';
import { parseFlow } from './flow';

const OUTPUT = {
  type: 'object',
  required: ['id', 'amount'],
  properties: {
    id: { type: 'string', title: 'Id' },
    amount: { type: 'integer', format: 'money', currencyField: 'currency' },
    currency: { type: 'string' },
  },
} as const;
const INPUT = {
  type: 'object',
  required: ['customer', 'order'],
  properties: {
    customer: { type: 'string', sensitive: true },
    order: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, note: { type: 'string' } } },
  },
} as const;

export interface ReadingOptions {
  /** Every effect can be undone, and there is no point of no return. */
  isReversible?: boolean;
}

export const readingSaga = ({ isReversible = false }: ReadingOptions = {}): fc.Arbitrary<FlowDocument> =>
  fc.tuple(randomSaga, fc.infiniteStream(fc.nat(1_000))).map(([saga, numbers]) => {
    const draw = (below: number): number => (numbers.next().value as number) % below;
    const document = parseFlow({
      ...saga,
      input: INPUT,
      variables: { total: { schema: { type: 'integer' }, initial: 0 } },
      queries: { progress: { title: 'Progress', result: { $expr: 'input.order.id' } } },
    });
    for (const node of allNodes(document.steps)) {
      if (node.kind === 'action') {
        node.output = structuredClone(OUTPUT) as never;
        if (isReversible) makeReversible(node);
      }
      for (const [index, each] of ('catch' in node && node.catch ? node.catch : []).entries())
        if (draw(2) === 0) each.as = `failure${node.id.replace('-', '')}${index}`;
    }
    walkScopes(document.steps, (node, { outputs, caught }) => {
      if (node.kind !== 'action') return;
      const handled = new Map(allNodes(document.steps).map((each) => [outputName(each.id), each]));
      const read = (name: string): string => {
        const owner = handled.get(name);
        const mayBeMissing = owner && 'catch' in owner && owner.catch && owner.catch.length > 0;
        const dot = mayBeMissing ? '?.' : '.';
        return [`${name}${dot}id`, `${name}${dot}amount`, `{ whole: ${name} }`, `[${name}]`][draw(4)]!;
      };
      const readable = [
        'input.customer',
        'input.order.note ?? input.order.id',
        'total + 1',
        ...[...outputs].map(read),
        ...[...outputs].map(read),
        ...[...caught.keys()].map((name) => `${name}.message`),
      ];
      const pick = () => ({ $expr: readable[draw(readable.length)]! });
      node.input = { ...(node.input as object), body: { a: pick(), b: pick() } };
      if (node.undo) node.undo.input = { ...(node.undo.input as object), body: { of: pick() } };
    });
    return document;
  });

function makeReversible(node: FlowNode & { kind: 'action' }): void {
  delete node.pivot;
  node.effect = 'reversible';
  node.lateCalls = 'refused';
  node.unknown = { policy: 'ask' };
  node.undo ??= {
    title: 'Undo',
    activity: 'http.request',
    input: { method: 'POST', connection: 'service', path: '/undo' },
    armed: 'completed',
  };
}
