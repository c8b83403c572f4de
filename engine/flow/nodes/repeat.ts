/** Runs its steps again and again: while a condition is true, or until one is. */
import { z } from 'zod';
import { expressionSchema } from '../template';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('repeat'),
    /** One of the two. `while` is evaluated before each round, so that there may be none. */
    while: expressionSchema.optional(),
    /** Evaluated after each round; it may read the outputs of its steps. */
    until: expressionSchema.optional(),
    /**
     * The most rounds. If it should go on after the last one, it fails with the type 'TooManyRounds'. Only a loop that is
     * directly in the flow may have more than 1,000.
     */
    most: z.int().min(1).max(10_000),
    steps,
    ...catchField(steps),
  });
export interface RepeatNode extends z.infer<ReturnType<typeof schema>> {}

export const repeat: NodeFacts<RepeatNode> = {
  schema,
  ...LEAF,
  holds: { steps: 'body', catch: 'handlers' },
  expressions: ['while', 'until'],
  create: (id) => ({ id, title: 'New loop', kind: 'repeat', until: 'true', most: 10, steps: [] }),
  branches: ({ steps }) => [{ key: 'steps', id: null, title: null, steps, path: ['steps'], knowsOutput: false }],
  runs: 'rounds',
  fails: 'itself',
  templates: ({ while: goesOn, until }) => [
    ...(goesOn === undefined ? [] : [{ value: { $expr: goesOn }, path: ['while'] }]),
    ...(until === undefined ? [] : [{ value: { $expr: until }, path: ['until'], readsInside: true }]),
  ],
  check({ id, while: goesOn, until }, _catalogue, report) {
    if ((goesOn === undefined) === (until === undefined)) {
      const message =
        until === undefined ? 'It has no condition.' : "It has two conditions: one for 'while' and one for 'until'.";
      report('repeat-condition', id, ['until'], message, "Give either 'while' or 'until'.");
    }
  },
  drawing: { shape: 'frame' },
  words: {
    kind: 'loop with a condition',
    line: ({ while: goesOn, until, most }) =>
      `${goesOn === undefined ? `Until ${until ?? '…'}` : `While ${goesOn}`} · at most ${most === 1 ? 'once' : `${most} times`}`,
    ahead: ({ title }) => `Then it repeats '${title}'.`,
  },
};
