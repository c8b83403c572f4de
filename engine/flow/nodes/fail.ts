/** Fails the flow with a type that a handler may catch. */
import { z } from 'zod';
import { identifierSchema } from '../names';
import { templateSchema } from '../template';
import { nodeFields } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = () =>
  z.strictObject({ ...nodeFields, kind: z.literal('fail'), errorType: identifierSchema, message: templateSchema });
export interface FailNode extends z.infer<ReturnType<typeof schema>> {}

export const fail: NodeFacts<FailNode> = {
  schema,
  ...LEAF,
  create: (id) => ({ id, title: 'Fail', kind: 'fail', errorType: 'Failed', message: '' }),
  ends: true,
  fails: 'itself',
  templates: ({ message }) => [{ value: message, path: ['message'] }],
  drawing: { shape: 'card' },
  words: {
    kind: 'fails the flow',
    line: ({ errorType }) => errorType,
    ahead: ({ title }) => `Then the run fails: ${title}.`,
  },
};
