/**
 * The flow document: the drawing of a designer, stored as JSON. A tree (design D12): sequences of nodes, branches
 * inside nodes; no edges, no coordinates. Everything else (canvas, outline, code, diff) is a projection of it.
 *
 * Invariants: `format` is the version of this shape; every released format remains readable (migrations.ts). Node ids
 * are unique in a flow and never reused for another meaning: they are activity ids at run time (design D7).
 */
import { z } from 'zod';
import { undoFailureSchema } from './activity-options';
import { durationSchema } from './duration';
import { jsonSchemaSchema } from './json-schema';
import { flowNameSchema, identifierSchema, nodeIdSchema } from './names';
import { nodeSchema } from './nodes/table';
import { searchableSchema } from './searchable';
import { expressionSchema, templateSchema } from './template';
import { flowTestSchema, MOST_TESTS } from './tests';

export type { ActivityOptions, Effect } from './activity-options';
export type { JsonSchema } from './json-schema';
export { outputName, workflowType } from './names';
export type { ActionNode } from './nodes/action';
export type { ApprovalNode } from './nodes/approval';
export type { ChoiceNode } from './nodes/choice';
export type { Catch } from './nodes/fields';
export type { FlowNode, NodeKind } from './nodes/table';
export type { WaitForSignalNode } from './nodes/wait-for-signal';
export type { Template } from './template';

export const FLOW_FORMAT = 2;

/** Prepared inputs for the start form. */
export const scenarioSchema = z.strictObject({
  name: nodeIdSchema,
  title: z.string(),
  description: z.string().optional(),
  input: z.record(z.string(), z.unknown()),
});

export const flowDocumentSchema = z.strictObject({
  format: z.literal(FLOW_FORMAT),
  name: flowNameSchema,
  title: z.string().min(1).max(120),
  description: z.string().max(4_000).optional(),
  /** An object schema. */
  input: jsonSchemaSchema,
  output: jsonSchemaSchema.optional(),
  variables: z
    .record(identifierSchema, z.strictObject({ schema: jsonSchemaSchema, initial: templateSchema }))
    .default({}),
  /**
   * `key`: the identity of an event, over `argument` (the payload). A second signal with the same key is the same
   * event.
   */
  signals: z
    .record(
      identifierSchema,
      z.strictObject({ title: z.string(), schema: jsonSchemaSchema, key: expressionSchema.optional() })
    )
    .default({}),
  /** Answered by an expression over the input, the outputs so far (possibly undefined) and the variables. */
  queries: z
    .record(
      identifierSchema,
      z.strictObject({ title: z.string(), result: templateSchema, schema: jsonSchemaSchema.optional() })
    )
    .default({}),
  /**
   * Sets variables from a typed argument. `accept` is the validator: an expression over `argument`, input and
   * variables.
   */
  updates: z
    .record(
      identifierSchema,
      z.strictObject({
        title: z.string(),
        schema: jsonSchemaSchema,
        accept: expressionSchema.optional(),
        refusal: z.string().optional(),
        set: z.record(identifierSchema, templateSchema),
      })
    )
    .default({}),
  /**
   * What lists of runs are filtered by: search attributes that a run writes (searchable.ts). Optional, so that a
   * document without them is the same document as before there were any.
   */
  searchable: searchableSchema.optional(),
  /** The deadline of the run: a timer within the workflow that starts the unwinding. */
  deadline: durationSchema.optional(),
  rollback: z.strictObject({ onFailure: undoFailureSchema.default('ask') }).default({ onFailure: 'ask' }),
  steps: z.array(nodeSchema),
  scenarios: z.array(scenarioSchema).default([]),
  /**
   * Every publish plays them. Optional, so that a document without tests is the same document as before there were any.
   */
  tests: z.array(flowTestSchema).max(MOST_TESTS).optional(),
  /**
   * No failure of a step may leave an effect behind without asking a person: every publish plays the failure matrix.
   */
  neverLeavesSilently: z.boolean().optional(),
});
export type FlowDocument = z.infer<typeof flowDocumentSchema>;
