/** Runs its steps for each item of a list. */
import { z } from 'zod';
import type { JsonSchema } from '../json-schema';
import { identifierSchema } from '../names';
import { expressionSchema, templateSchema } from '../template';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('each'),
    items: expressionSchema,
    /**
     * The most items; default 1,000. With more the node fails before the first one, with the type 'TooManyItems'. A loop
     * that allows more than 1,000 continues as new, so only one that is directly in the flow may.
     */
    most: z.int().min(1).max(10_000).optional(),
    /** The name of the item in expressions of its steps. */
    item: identifierSchema,
    /** How many items run at a time. */
    concurrency: z.int().min(1).max(100).default(1),
    /**
     * If an item fails: 'stop' cancels the others, 'finish' lets them run first; then the node fails. 'collect' undoes
     * the item, keeps its failure in the output and goes on.
     */
    onFailure: z.enum(['stop', 'finish', 'collect']).default('stop'),
    steps,
    /**
     * What each item gives, evaluated after its steps. The field `results` of the output lists it for the items that
     * succeeded, in the order of the items.
     */
    result: templateSchema.optional(),
    ...catchField(steps),
  });
export interface EachNode extends z.infer<ReturnType<typeof schema>> {}

const failure: JsonSchema = {
  type: 'object',
  required: ['item', 'type', 'message'],
  properties: { item: { type: 'integer' }, type: { type: 'string' }, message: { type: 'string' } },
};
const OUTPUT: JsonSchema = {
  type: 'object',
  required: ['items', 'failures'],
  properties: { items: { type: 'integer' }, failures: { type: 'array', items: failure } },
};
const POLICIES = { stop: null, finish: 'all are tried', collect: 'failures are collected' };

export const each: NodeFacts<EachNode> = {
  schema,
  ...LEAF,
  holds: { steps: 'body', catch: 'handlers' },
  expressions: ['items'],
  create: (id) => ({
    id,
    title: 'New loop over a list',
    kind: 'each',
    items: '[]',
    item: 'item',
    concurrency: 1,
    onFailure: 'stop',
    steps: [],
  }),
  branches: ({ steps, item }) => [
    {
      key: 'steps',
      id: null,
      title: null,
      steps,
      path: ['steps'],
      knowsOutput: false,
      names: [{ name: item, path: ['item'] }],
    },
  ],
  runs: 'items',
  fails: 'itself',
  templates: ({ items, result }) => [
    { value: { $expr: items }, path: ['items'] },
    { value: result, path: ['result'], readsInside: true },
  ],
  output: { schema: () => OUTPUT, missingIn: () => null, results: ({ result }) => result },
  drawing: { shape: 'frame' },
  words: {
    kind: 'loop over a list',
    line: ({ items, item, concurrency, onFailure }) =>
      [
        `Each ${item} of ${items}`,
        concurrency === 1 ? 'one at a time' : `${concurrency} at a time`,
        POLICIES[onFailure],
      ]
        .filter(Boolean)
        .join(' · '),
    ahead: ({ title }) => `Then it runs '${title}' for each item.`,
  },
};
