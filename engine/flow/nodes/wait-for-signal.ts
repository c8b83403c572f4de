/** Waits for a signal that the flow declares; the signal's payload is the node's output. */
import { z } from 'zod';
import { durationSchema } from '../duration';
import { identifierSchema } from '../names';
import { expressionSchema } from '../template';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('waitForSignal'),
    /** A signal that the flow declares; its payload is the node's output. */
    signal: identifierSchema,
    /**
     * Which signals match: an expression over `argument` (the payload), input, outputs and variables. Other signals
     * are kept for other waits.
     */
    when: expressionSchema.optional(),
    timeout: durationSchema.optional(),
    /** Without steps a timeout fails the node with type 'SignalTimeout'. */
    onTimeout: steps.optional(),
    ...catchField(steps),
  });
export interface WaitForSignalNode extends z.infer<ReturnType<typeof schema>> {}

export const waitForSignal: NodeFacts<WaitForSignalNode> = {
  schema,
  ...LEAF,
  holds: { onTimeout: 'steps', catch: 'handlers' },
  expressions: ['when'],
  create: (id) => ({ id, title: 'New wait for a signal', kind: 'waitForSignal', signal: 'signal' }),
  branches({ onTimeout }) {
    if (!onTimeout) return [];
    return [
      { key: 'received', id: null, title: null, steps: [], path: null, knowsOutput: true },
      {
        key: 'timeout',
        id: null,
        title: 'After the timeout',
        steps: onTimeout,
        path: ['onTimeout'],
        knowsOutput: false,
      },
    ];
  },
  fails: 'itself',
  templates: ({ when }) =>
    when === undefined ? [] : [{ value: { $expr: when }, path: ['when'], readsArgument: true }],
  output: {
    schema: ({ signal }, { signals }) => signals[signal]?.schema,
    missingIn: ({ onTimeout }) => onTimeout ?? null,
  },
  signal: ({ signal }) => signal,
  trace: 'timeout',
  waitsFor: 'signal',
  drawing: { shape: 'card' },
  words: {
    kind: 'wait for a signal',
    line: ({ signal, timeout }) => `Signal ${signal}${timeout ? `, at most ${timeout}` : ''}`,
    ahead: ({ title }) => `Then it waits: ${title}.`,
  },
};
