import { expect, test } from 'vitest';
import { conditionsAt } from './known-conditions';
import { parseFlow } from './testing/flow';

const step = (id: string) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'none',
  input: { url: 'https://a.example' },
});
const choice = (id: string, whens: string[], inner: (index: number) => object[], otherwise: object[] = []) => ({
  id,
  kind: 'choice',
  title: id,
  branches: whens.map((when, index) => ({ id: `${id}-b${index}`, title: `B${index}`, when, steps: inner(index) })),
  otherwise: { title: 'Else', steps: otherwise },
});
const document = parseFlow({
  format: 1,
  name: 'known',
  title: 'Known',
  input: { type: 'object' },
  variables: { open: { schema: { type: 'boolean' }, initial: true } },
  steps: [
    choice('outer', ['input.a', 'input.b', 'open'], (index) =>
      index === 1 ? [choice('inner', ['input.c'], () => [step('deep')], [step('else')])] : [step(`s${index}`)]
    ),
    step('behind'),
  ],
});
const at = (nodeId: string | null, path: (string | number)[] = ['input']) =>
  conditionsAt(document, { nodeId, path }).map(({ expression, holds }) => `${holds ? '' : 'not '}${expression}`);

test('[KC1] in a branch its condition holds, and those before it do not; the outermost choice first', () => {
  expect(at('s0')).toEqual(['input.a']);
  expect(at('deep')).toEqual(['not input.a', 'input.b', 'input.c']);
  expect(at('else')).toEqual(['not input.a', 'input.b', 'not input.c']);
  expect([at('behind'), at(null), at('nowhere')]).toEqual([[], [], []]);
});

test('[KC2] a condition is read where those before it do not hold', () => {
  expect(at('outer', ['branches', 1, 'when'])).toEqual(['not input.a']);
  expect(at('outer', ['branches', 0, 'when'])).toEqual([]);
});

test('[KC3] a condition that reads a variable says nothing', () => {
  expect(at('s2')).toEqual(['not input.a', 'not input.b']);
});
