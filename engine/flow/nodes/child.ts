/**
 * Runs another flow as a child: a run with a page of its own. If the flow waits for it, it takes over what the child has
 * left, and undoes it as a part of its own rollback (saga/child.ts).
 */
import { z } from 'zod';
import { flowEntryName, flowEntryOf } from '../catalogue';
import { durationSchema } from '../duration';
import type { JsonSchema } from '../json-schema';
import { flowNameSchema } from '../names';
import { expressionSchema, templateSchema } from '../template';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';
import type { SagaStep } from './step';

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('child'),
    /** The name of a published flow. Publishing binds the child to the newest version that the flow has then. */
    flow: flowNameSchema,
    /** By the input schema of the flow. */
    input: templateSchema,
    /** Without it: the id of the parent's run, a slash and the id of this step. */
    runId: expressionSchema.optional(),
    /** 'end': its output is that of the flow. 'start': the flow goes on as soon as the child has started. */
    waits: z.enum(['end', 'start']).default('end'),
    /**
     * If the parent's run ends before the child: it is asked to stop and undoes itself, it is closed at once and undoes
     * nothing, or it goes on. Without it: 'stop' if the flow waits for its end, otherwise 'leave'.
     */
    onParentClose: z.enum(['stop', 'kill', 'leave']).optional(),
    /** After it the child is asked to stop, and the step fails with the type 'Timeout'. */
    timeout: durationSchema.optional(),
    ...catchField(steps),
  });
export interface ChildNode extends z.infer<ReturnType<typeof schema>> {}

/** Of a child for whose end the flow does not wait. */
const STARTED: JsonSchema = {
  type: 'object',
  required: ['workflowId', 'runId'],
  properties: { workflowId: { type: 'string' }, runId: { type: 'string' } },
};
/** Of a flow that gives nothing. */
const ANYTHING: JsonSchema = {};

export const child: NodeFacts<ChildNode> = {
  schema,
  ...LEAF,
  holds: { catch: 'handlers' },
  expressions: ['runId'],
  create: (id) => ({ id, title: 'New child flow', kind: 'child', flow: id, input: {}, waits: 'end' }),
  fails: 'itself',
  step: asStep,
  activities: ({ flow }) => [flowEntryName(flow)],
  templates: ({ input, runId }) => [
    { value: input, path: ['input'] },
    ...(runId === undefined ? [] : [{ value: { $expr: runId }, path: ['runId'] }]),
  ],
  output: {
    schema({ flow, waits }, _document, catalogue) {
      if (waits === 'start') return STARTED;
      const declared = flowEntryOf(flow, catalogue)?.output;
      return declared === 'per-step' ? ANYTHING : declared;
    },
    missingIn: () => null,
  },
  /** [FV15] of validate.ts. */
  check({ id, flow, waits, timeout }, catalogue, report) {
    const entry = flowEntryOf(flow, catalogue);
    if (!entry) {
      const message = `There is no published flow '${flow}'.`;
      report('unknown-flow', id, ['flow'], message, 'Publish it, or choose another flow.');
    } else if (entry.flow.tooOld) {
      const message = `Version ${entry.flow.version} of '${flow}' was published before flows could be children.`;
      report('flow-too-old', id, ['flow'], message, 'Publish it once more.');
    }
    if (waits === 'start' && timeout !== undefined) {
      const message = 'The flow does not wait for the end of the child, so a time limit has no meaning.';
      report('timeout-without-wait', id, ['timeout'], message, 'Remove it, or wait for the end.');
    }
  },
  trace: 'activity',
  drawing: { shape: 'card' },
  words: {
    kind: 'child flow',
    line: ({ flow, waits }) => (waits === 'start' ? `Starts ${flow}, does not wait` : `Runs ${flow}`),
    ahead: ({ title }) => `Then it runs '${title}'.`,
  },
};

/** Null if the flow does not wait for its end: then its effects are its own. */
function asStep({ id, title, note, flow, input, waits }: ChildNode): SagaStep | null {
  if (waits === 'start') return null;
  const activity = flowEntryName(flow);
  return {
    id,
    title,
    ...(note === undefined ? {} : { note }),
    activity,
    input,
    undo: { title: 'Undoes itself', activity, input: null, armed: 'completed' },
    // It says itself what it has left; if it cannot, the run goes on as after a failure.
    unknown: { policy: 'undo' },
    lateCalls: 'refused',
    undoesItself: true,
  };
}
