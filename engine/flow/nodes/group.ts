/**
 * Steps as one part of the flow: a frame around them. What fails inside is handled, and undone, for all of them
 * together.
 */
import { z } from 'zod';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({ ...nodeFields, kind: z.literal('group'), steps, ...catchField(steps) });
export interface GroupNode extends z.infer<ReturnType<typeof schema>> {}

export const group: NodeFacts<GroupNode> = {
  schema,
  ...LEAF,
  holds: { steps: 'body', catch: 'handlers' },
  create: (id) => ({ id, title: 'New group', kind: 'group', steps: [] }),
  branches: ({ steps }) => [{ key: 'steps', id: null, title: null, steps, path: ['steps'], knowsOutput: false }],
  runs: 'once',
  fails: 'inside',
  drawing: { shape: 'frame' },
  words: {
    kind: 'group of steps',
    line: (_node, inside) => (inside() === 1 ? '1 step' : `${inside()} steps`),
    ahead: () => null,
  },
};
