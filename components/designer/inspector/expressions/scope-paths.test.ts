import { expect, test } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import type { ScopeValue } from '@/engine/flow/scope';
import { pathsOf } from './scope-paths';

test('[SPA1] a field that no expression may read is not offered', () => {
  const names = ['plain', 'constructor', 'first name', '__proto__'];
  const properties = Object.fromEntries(names.map((name): [string, JsonSchema] => [name, { type: 'string' }]));
  const schema: JsonSchema = { type: 'object', properties, required: names };
  const input: ScopeValue = {
    name: 'input',
    title: 'Input of the flow',
    from: 'input',
    schema,
    type: 'object',
    mayBeMissing: false,
  };
  expect(pathsOf([input]).map(({ path }) => path)).toEqual(['input.plain', 'input']);
});
