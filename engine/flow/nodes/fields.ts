/** Fields that nodes of several kinds have. */
import { z } from 'zod';
import { identifierSchema, nodeIdSchema } from '../names';
import type { FlowNode } from './table';

/** The schema of a sequence of nodes of any kind. The table passes it to the kinds that contain sequences. */
export type StepsSchema = z.ZodType<FlowNode[]>;

export const nodeFields = {
  id: nodeIdSchema,
  title: z.string().min(1).max(120),
  note: z.string().max(4_000).optional(),
};

export const branchFields = (steps: StepsSchema) => ({ id: nodeIdSchema, title: z.string().min(1), steps });

/**
 * Handles failures of its node. If `types` is empty, it handles every failure. `then` runs after the scope was
 * undone, or instead of undoing it. Its id is unique among the branches and handlers of its node.
 */
export const catchSchema = (steps: StepsSchema) =>
  z.strictObject({
    id: nodeIdSchema,
    types: z.array(z.string()),
    scope: z.enum(['undo', 'keep']).default('undo'),
    /** The name of the failure in expressions of `then`: { type, message, nodeId }. */
    as: identifierSchema.optional(),
    then: steps,
  });
export type Catch = z.infer<ReturnType<typeof catchSchema>>;

export const catchField = (steps: StepsSchema) => ({ catch: z.array(catchSchema(steps)).optional() });
