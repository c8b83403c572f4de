/** Sets variables that the flow declares. */
import { z } from 'zod';
import { identifierSchema } from '../names';
import { templateSchema } from '../template';
import { nodeFields } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = () =>
  z.strictObject({ ...nodeFields, kind: z.literal('set'), values: z.record(identifierSchema, templateSchema) });
export interface SetNode extends z.infer<ReturnType<typeof schema>> {}

export const set: NodeFacts<SetNode> = {
  schema,
  ...LEAF,
  create: (id) => ({ id, title: 'Set variables', kind: 'set', values: {} }),
  templates: ({ values }) => Object.entries(values).map(([name, value]) => ({ value, path: ['values', name] })),
  sets: ({ values }) => Object.keys(values),
  drawing: { shape: 'card' },
  words: {
    kind: 'set variables',
    line: ({ values }) => `Sets ${Object.keys(values).join(', ')}`,
    ahead: () => null,
  },
};
