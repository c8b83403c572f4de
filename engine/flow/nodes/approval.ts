/** Asks people to approve or reject. */
import { z } from 'zod';
import { durationSchema } from '../duration';
import { LONGEST_CANDIDATE, LONGEST_QUESTION, MOST_CANDIDATES } from '../human-limits';
import { jsonSchemaSchema } from '../json-schema';
import type { Path } from '../report';
import { templateSchema } from '../template';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('approval'),
    question: z.string().min(1),
    /** Groups or e-mail addresses that may decide; empty: everybody. */
    candidates: z.array(z.string()).default([]),
    /** The data that is shown, with its schema; the decision is bound to its hash. */
    data: templateSchema,
    schema: jsonSchemaSchema.optional(),
    timeout: durationSchema.optional(),
    onTimeout: z.enum(['fail', 'reject', 'approve']).default('fail'),
    /**
     * A rejection fails the node with type 'Rejected', unless there are steps for it. Output: { decision, comment,
     * decidedBy }.
     */
    onReject: steps.optional(),
    requireComment: z.enum(['never', 'onReject', 'always']).default('onReject'),
    /** The person who started the run may not decide. */
    forbidStarter: z.boolean().optional(),
    ...catchField(steps),
  });
export interface ApprovalNode extends z.infer<ReturnType<typeof schema>> {}

export const approval: NodeFacts<ApprovalNode> = {
  schema,
  ...LEAF,
  holds: { onReject: 'steps', catch: 'handlers' },
  create: (id) => ({
    id,
    title: 'New approval',
    kind: 'approval',
    question: 'Approve?',
    candidates: [],
    data: {},
    onTimeout: 'fail',
    requireComment: 'onReject',
  }),
  branches({ onReject }) {
    if (!onReject) return [];
    return [
      { key: 'approved', id: null, title: null, steps: [], path: null, knowsOutput: true },
      { key: 'rejected', id: null, title: 'If rejected', steps: onReject, path: ['onReject'], knowsOutput: true },
    ];
  },
  fails: 'itself',
  activities: () => ['human.open', 'human.close'],
  templates: ({ data }) => [{ value: data, path: ['data'] }],
  schemas: (node) => (node.schema ? [{ schema: node.schema, path: ['schema'] }] : []),
  output: { schema: () => null, missingIn: () => null },
  /** [FV12] of validate.ts. */
  check({ id, question, candidates }, _catalogue, report) {
    const long = (text: string, most: number, path: Path) => {
      if (text.length <= most) return;
      report(
        'too-long',
        id,
        path,
        `It has ${text.length} characters; the inbox accepts at most ${most}.`,
        'Shorten it.'
      );
    };
    long(question, LONGEST_QUESTION, ['question']);
    candidates.forEach((candidate, index) => {
      long(candidate, LONGEST_CANDIDATE, ['candidates', index]);
      if (candidate.trim() === '')
        report('empty-candidate', id, ['candidates', index], 'A candidate has an empty name.', 'Remove it.');
    });
    if (candidates.length > MOST_CANDIDATES) {
      const message = `It names ${candidates.length} candidates; the inbox accepts at most ${MOST_CANDIDATES}.`;
      report('too-many-candidates', id, ['candidates'], message, 'Name a group instead.');
    }
  },
  trace: 'task',
  waitsFor: 'person',
  drawing: { shape: 'card' },
  words: {
    kind: 'approval',
    line: ({ candidates }) => (candidates.length > 0 ? `Asks ${candidates.join(', ')}` : 'Asks anybody'),
    ahead: ({ title }) => `Then somebody is asked again: ${title}.`,
  },
};
