/**
 * What a trial plays: the start input, and what everything outside of the flow answers. A plan is data: people make it
 * on the screen, a cell of the failure matrix is one, and it can be kept as a test of the flow.
 *
 * Whatever a plan does not say goes well: steps answer with a value made from their schema, undos work, approvals are
 * approved, signals arrive. Only questions to an operator have no default, because the answer is a judgement.
 */
import { z } from 'zod';
import { identifierSchema, nodeIdSchema } from './names';

/** Whether the effect of the call happened although the run receives a failure. */
const effect = z.enum(['none', 'happened']);

/** How one attempt of a call ends. */
export const answerSchema = z.discriminatedUnion('kind', [
  /** Without `output`: a value that fits the schema. */
  z.strictObject({ kind: z.literal('output'), output: z.unknown().optional() }),
  /**
   * The call is answered with a failure. If the effect did not happen, in this attempt or in an earlier one, the
   * failure proves it (saga/outcome.ts), unless `proves` is false. Otherwise the run does not know.
   */
  z.strictObject({
    kind: z.literal('failure'),
    effect,
    type: z.string().min(1).max(200),
    message: z.string().max(4_000),
    retryable: z.boolean(),
    proves: z.boolean().optional(),
  }),
  /** Nothing is ever answered: the attempt ends by its time limit, and the run does not know. */
  z.strictObject({ kind: z.literal('timeout'), effect }),
]);
export type Answer = z.infer<typeof answerSchema>;

const lookUpSchema = z.union([
  z.strictObject({ applied: z.boolean(), output: z.unknown().optional() }),
  z.strictObject({ fails: z.literal(true) }),
]);
const attempts = z.array(answerSchema).min(1).max(100);
const choices = z.array(z.enum(['retry', 'doneByHand', 'leave'])).max(20);

const answersSchema = z.strictObject({
  /** By attempt; the last one is repeated. */
  answers: attempts.optional(),
  undo: attempts.optional(),
  /** Without it, the look-up says what happened. */
  lookUp: lookUpSchema.optional(),
  /** Answers of an operator to the questions about this step, in their order. Without more, the trial ends there. */
  afterUndoFailed: choices.optional(),
  outcome: z
    .array(z.strictObject({ choice: z.enum(['applied', 'notApplied', 'undo']), output: z.unknown().optional() }))
    .max(20)
    .optional(),
  /** Of an approval: the key of a decision; 'nobody': nobody decides. Without it: the first one that goes on. */
  decision: identifierSchema.optional(),
  /** Of the form of the decision. Without them: values that fit. */
  values: z.unknown().optional(),
  /**
   * Of a wait for a signal: its payload (without it: a value that fits), and whether it comes before the run begins, or
   * that it never comes.
   */
  signal: z
    .union([z.strictObject({ payload: z.unknown().optional(), early: z.literal(true).optional() }), z.literal('never')])
    .optional(),
});
/** What one run of the step answers. */
export type ItemPlan = z.infer<typeof answersSchema>;

/** '2', or '2.1' in a loop inside a loop: the numbers of the items, the outermost first. */
const itemSchema = z.string().regex(/^[1-9]\d{0,6}(\.[1-9]\d{0,6}){0,15}$/);

export const stepPlanSchema = answersSchema.extend({
  /** In a loop, for these items; what an item does not say is as for the others. */
  items: z.record(itemSchema, answersSchema).optional(),
});
export type StepPlan = z.infer<typeof stepPlanSchema>;

export const planSchema = z.strictObject({
  /** Without it: the first scenario of the flow, or a value that fits its schema. */
  input: z.unknown().optional(),
  /** By node. */
  steps: z.record(nodeIdSchema, stepPlanSchema).default({}),
  /** Somebody stops the run when it has reached this node. */
  stopAt: nodeIdSchema.optional(),
  /** In a loop: when the node runs for this item. Without it, when it runs for the first time. */
  stopItem: itemSchema.optional(),
  /** Values that are made from schemas depend on it. */
  seed: z.int().min(0).max(2_147_483_647).default(1),
});
export type TrialPlan = z.infer<typeof planSchema>;

/** True if somebody stops the run while this run of a step is under way. */
export const stopsAt = ({ stopAt, stopItem }: Pick<TrialPlan, 'stopAt' | 'stopItem'>, stepId: string): boolean => {
  const { nodeId, item } = partsOf(stepId);
  return nodeId === stopAt && (stopItem === undefined || item === stopItem);
};

/** Of an effect that a child handed over (saga/handed.ts), they are those of the child. */
function partsOf(stepId: string): { nodeId: string; item?: string } {
  const [own = ''] = stepId.split('/', 1);
  const [nodeId = '', item] = own.split('~', 2);
  return { nodeId, item };
}

/** '2', or '2.1' in a loop inside a loop; undefined outside loops. */
export const itemOf = (stepId: string): string | undefined => partsOf(stepId).item;

/** What the plan says of one run of a step: `stepId` names the item, if it is in a loop (saga/item-path.ts). */
export function itemPlanOf({ steps }: Pick<TrialPlan, 'steps'>, stepId: string): ItemPlan {
  const { nodeId, item } = partsOf(stepId);
  const { items, ...all } = steps[nodeId] ?? {};
  const own = item !== undefined && items && Object.hasOwn(items, item) ? items[item] : undefined;
  return { ...all, ...own };
}
