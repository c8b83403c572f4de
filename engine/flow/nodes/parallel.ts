/** Branches that run in parallel; the flow continues when all of them have ended. */
import { z } from 'zod';
import { branchFields, catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('parallel'),
    branches: z.array(z.strictObject(branchFields(steps))).min(2),
    /** Branches are unwound 'last done, first undone', or all in parallel. */
    unwind: z.enum(['reverse', 'together']).default('reverse'),
    ...catchField(steps),
  });
export interface ParallelNode extends z.infer<ReturnType<typeof schema>> {}

export const parallel: NodeFacts<ParallelNode> = {
  schema,
  ...LEAF,
  holds: { branches: 'branches', catch: 'handlers' },
  fewestBranches: 2,
  create: (id) => ({
    id,
    title: 'New parallel branches',
    kind: 'parallel',
    branches: [
      { id: `${id}-1`, title: 'First', steps: [] },
      { id: `${id}-2`, title: 'Second', steps: [] },
    ],
    unwind: 'reverse',
  }),
  branches: ({ branches }) =>
    branches.map(({ id, title, steps }, index) => ({
      key: id,
      id,
      title,
      steps,
      path: ['branches', index],
      knowsOutput: false,
    })),
  runs: 'all',
  fails: 'inside',
  drawing: { shape: 'bars' },
  words: {
    kind: 'parallel branches',
    line: ({ branches }) => `${branches.length} branches in parallel`,
    ahead: () => null,
  },
};
