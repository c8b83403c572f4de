/** Ends the flow, with its output. */
import { z } from 'zod';
import { templateSchema } from '../template';
import { nodeFields } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = () =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('end'),
    /** The result of the flow; must match the flow's output schema. */
    output: templateSchema.optional(),
  });
export interface EndNode extends z.infer<ReturnType<typeof schema>> {}

export const end: NodeFacts<EndNode> = {
  schema,
  ...LEAF,
  create: (id) => ({ id, title: 'End', kind: 'end' }),
  ends: true,
  templates: ({ output }) => [{ value: output, path: ['output'] }],
  drawing: { shape: 'card' },
  words: {
    kind: 'end',
    line: () => 'Ends the flow',
    ahead: () => 'Then the run ends.',
  },
};
