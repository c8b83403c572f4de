/** Runs the first branch whose condition is true; `otherwise` if none is. */
import { z } from 'zod';
import { expressionSchema } from '../template';
import { branchFields, catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeBranch, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('choice'),
    branches: z.array(z.strictObject({ ...branchFields(steps), when: expressionSchema })).min(1),
    otherwise: z.strictObject({ title: z.string().min(1), steps }).optional(),
    ...catchField(steps),
  });
export interface ChoiceNode extends z.infer<ReturnType<typeof schema>> {}

export const choice: NodeFacts<ChoiceNode> = {
  schema,
  ...LEAF,
  holds: { branches: 'branches', otherwise: 'branch', catch: 'handlers' },
  fewestBranches: 1,
  expressions: ['when'],
  create: (id) => ({
    id,
    title: 'New choice',
    kind: 'choice',
    branches: [{ id: `${id}-1`, title: 'If', when: 'true', steps: [] }],
    otherwise: { title: 'Otherwise', steps: [] },
  }),
  branches: ({ branches, otherwise }) => [
    ...branches.map(({ id, title, steps }, index): NodeBranch => ({
      key: id,
      id,
      title,
      steps,
      path: ['branches', index],
      knowsOutput: false,
    })),
    {
      key: 'otherwise',
      id: null,
      title: otherwise?.title ?? 'Otherwise',
      steps: otherwise?.steps ?? [],
      path: otherwise ? ['otherwise'] : null,
      knowsOutput: false,
    },
  ],
  runs: 'one',
  fails: 'inside',
  templates: ({ branches }) =>
    branches.map(({ when }, index) => ({ value: { $expr: when }, path: ['branches', index, 'when'] })),
  drawing: { shape: 'diamond' },
  words: {
    kind: 'choice',
    line: ({ branches }) => `${branches.length + 1} branches`,
    ahead: ({ title }) => `Then '${title}' decides how it continues.`,
  },
};
