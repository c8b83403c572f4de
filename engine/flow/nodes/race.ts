/** Branches that run in parallel until the first one succeeds; the others are stopped and undone. */
import { z } from 'zod';
import type { JsonSchema } from '../json-schema';
import { branchFields, catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('race'),
    branches: z.array(z.strictObject(branchFields(steps))).min(2),
    ...catchField(steps),
  });
export interface RaceNode extends z.infer<ReturnType<typeof schema>> {}

/** The id of the branch that succeeded first. */
const OUTPUT: JsonSchema = { type: 'object', required: ['winner'], properties: { winner: { type: 'string' } } };

export const race: NodeFacts<RaceNode> = {
  schema,
  ...LEAF,
  holds: { branches: 'branches', catch: 'handlers' },
  fewestBranches: 2,
  create: (id) => ({
    id,
    title: 'New race',
    kind: 'race',
    branches: [
      { id: `${id}-1`, title: 'First', steps: [] },
      { id: `${id}-2`, title: 'Second', steps: [] },
    ],
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
  runs: 'first',
  fails: 'inside',
  output: { schema: () => OUTPUT, missingIn: () => null },
  drawing: { shape: 'bars' },
  words: {
    kind: 'race of branches',
    line: ({ branches }) => `The first of ${branches.length} branches to succeed`,
    ahead: ({ title }) => `Then '${title}' goes on with the branch that succeeds first.`,
  },
};
