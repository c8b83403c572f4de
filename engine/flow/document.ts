/**
 * The flow document: what a designer draws, stored as JSON. A tree (design D12): sequences of nodes, branches inside
 * nodes; no edges, no coordinates. Everything else (canvas, outline, code, diff) is a projection of it.
 *
 * Invariants: `format` names the version of this shape; a released format never stops being readable (migrations.ts).
 * Node ids are unique in a flow and never reused for another meaning: they are activity ids at run time (design D7).
 */
import { z } from 'zod';
import { durationMs } from './duration';

export const FLOW_FORMAT = 1;

export const nodeIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'starts with a letter; small letters, digits and dashes; at most 63 characters');
/** Names of flows: the workflow type is their camel case plus `_v<version>`. */
export const flowNameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const identifierSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/);

/**
 * JSON Schema, the subset that forms, types and validation share: type, properties, required, items, enum, const,
 * minimum/maximum, minLength/maxLength, pattern, additionalProperties, and how people read a value: title, description,
 * default, format (money | date | date-time | duration | percent | link | long-text | email), currencyField, primary, sensitive.
 */
export interface JsonSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: (string | number | boolean)[];
  const?: string | number | boolean | null;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  additionalProperties?: boolean | JsonSchema;
  title?: string;
  description?: string;
  default?: unknown;
  format?: string;
  /** For format 'money': the sibling field that names the currency. Amounts are in minor units (cents). */
  currencyField?: string;
  /** Shown first, large: the value that decides. */
  primary?: boolean;
  /** Masked on screens, in logs and exports. */
  sensitive?: boolean;
}
export const jsonSchemaSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.strictObject({
    type: z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']).optional(),
    properties: z.record(z.string(), jsonSchemaSchema).optional(),
    required: z.array(z.string()).optional(),
    items: jsonSchemaSchema.optional(),
    enum: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
    const: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.int().optional(),
    maxLength: z.int().optional(),
    minItems: z.int().optional(),
    maxItems: z.int().optional(),
    pattern: z.string().optional(),
    additionalProperties: z.union([z.boolean(), jsonSchemaSchema]).optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    format: z.string().optional(),
    currencyField: z.string().optional(),
    primary: z.boolean().optional(),
    sensitive: z.boolean().optional(),
  })
);

/** An expression in the safe subset of TypeScript (design section 5). In scope: input, outputs of earlier nodes by camel-cased id, variables. */
export const expressionSchema = z.string().min(1).max(2_000);
export type Expression = string;

/** A JSON value in which any object of exactly one key `$expr` is an expression: `{ "amount": { "$expr": "input.amount" } }`. */
export type Template = string | number | boolean | null | Template[] | { [key: string]: Template };
export const templateSchema: z.ZodType<Template> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(templateSchema),
    z.record(z.string(), templateSchema),
  ])
);

const LONGEST_DURATION_MS = durationMs('36500d');
/** '250ms', '30s', '5m', '12h', '30d'. */
export const durationSchema = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a number and a unit: '250ms', '30s', '5m', '12h', '30d'")
  .refine((duration) => !(durationMs(duration) > LONGEST_DURATION_MS), 'at most a hundred years');

export const retrySchema = z.strictObject({
  /** 0: without end. */
  maximumAttempts: z.int().min(0).optional(),
  initialInterval: durationSchema.optional(),
  backoffCoefficient: z.number().min(1).optional(),
  maximumInterval: durationSchema.optional(),
  nonRetryableErrorTypes: z.array(z.string()).optional(),
});

export const activityOptionsSchema = z.strictObject({
  startToCloseTimeout: durationSchema.optional(),
  scheduleToCloseTimeout: durationSchema.optional(),
  scheduleToStartTimeout: durationSchema.optional(),
  heartbeatTimeout: durationSchema.optional(),
  retry: retrySchema.optional(),
});

export type ActivityOptions = z.infer<typeof activityOptionsSchema>;

/** What a step does to the world (design section 4). */
export const effectSchema = z.enum(['none', 'reversible', 'irreversible']);
export type Effect = z.infer<typeof effectSchema>;

export const undoFailureSchema = z.enum(['retry', 'ask', 'continue']);

export const undoSchema = z.strictObject({
  title: z.string().min(1),
  activity: z.string().min(1),
  /** May use what was in scope when the step was armed; with `armed: 'completed'` also the step's own output. */
  input: templateSchema,
  armed: z.enum(['completed', 'attempted']).default('completed'),
  /** What to do when it runs out of retries; the flow's default otherwise. */
  onFailure: undoFailureSchema.optional(),
  options: activityOptionsSchema.optional(),
});

export const unknownOutcomeSchema = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('undo') }),
  /** A look-up activity that returns { applied: boolean, output?: … }. */
  z.strictObject({
    policy: z.literal('check'),
    activity: z.string(),
    input: templateSchema,
    options: activityOptionsSchema.optional(),
  }),
  z.strictObject({ policy: z.literal('ask') }),
]);

const base = {
  id: nodeIdSchema,
  title: z.string().min(1).max(120),
  note: z.string().max(4_000).optional(),
};

/** Handles failures of its node. `types` empty: every failure. `then` runs after the scope was undone, or instead of undoing it. */
export interface Catch {
  types: string[];
  scope: 'undo' | 'keep';
  /** Name by which `then` reads the failure: { type, message, nodeId }. */
  as?: string;
  then: FlowNode[];
}
const catchSchema: z.ZodType<Catch> = z.lazy(() =>
  z.strictObject({
    types: z.array(z.string()),
    scope: z.enum(['undo', 'keep']).default('undo'),
    as: identifierSchema.optional(),
    then: z.array(nodeSchema),
  })
);

export const actionSchema = z.strictObject({
  ...base,
  kind: z.literal('action'),
  activity: z.string().min(1),
  input: templateSchema,
  /** Required for generic activities (HTTP), which cannot know it; otherwise it must agree with the catalogue. */
  effect: effectSchema.optional(),
  /** Type of the output for generic activities; the catalogue's own otherwise. */
  output: jsonSchemaSchema.optional(),
  /** Where this step's business effect is reported on the ledger, e.g. 'Charged {amount}'. */
  undo: undoSchema.optional(),
  unknown: unknownOutcomeSchema.optional(),
  /**
   * After an unknown outcome: may a forward call that arrives late still be carried out, once the undo or the look-up was asked with its
   * key? Only where the target promises to refuse it, or where `settlesWithin` has passed, is the effect known to be gone.
   */
  lateCalls: z.enum(['refused', 'possible']).optional(),
  /** Within this time after the last attempt a call that nobody answered was carried out, or never will be. */
  settlesWithin: durationSchema.optional(),
  /** The point of no return: before it a failure unwinds, after it steps are retried forward. */
  pivot: z.boolean().optional(),
  options: activityOptionsSchema.optional(),
  catch: z.array(catchSchema).optional(),
});

export const choiceSchema = z.strictObject({
  ...base,
  kind: z.literal('choice'),
  /** First branch whose `when` is true; `otherwise` if none. */
  branches: z
    .array(
      z.strictObject({
        id: nodeIdSchema,
        title: z.string().min(1),
        when: expressionSchema,
        steps: z.array(z.lazy(() => nodeSchema)),
      })
    )
    .min(1),
  otherwise: z.strictObject({ title: z.string().min(1), steps: z.array(z.lazy(() => nodeSchema)) }).optional(),
  catch: z.array(catchSchema).optional(),
});

export const parallelSchema = z.strictObject({
  ...base,
  kind: z.literal('parallel'),
  branches: z
    .array(z.strictObject({ id: nodeIdSchema, title: z.string().min(1), steps: z.array(z.lazy(() => nodeSchema)) }))
    .min(2),
  /** Siblings unwind 'last done, first undone', or all at once. */
  unwind: z.enum(['reverse', 'together']).default('reverse'),
  catch: z.array(catchSchema).optional(),
});

export const waitSchema = z.strictObject({
  ...base,
  kind: z.literal('wait'),
  /** One of the two. `until` gives an instant of ISO 8601 with its offset (saga/instant.ts). */
  duration: z.union([durationSchema, z.strictObject({ $expr: expressionSchema })]).optional(),
  until: expressionSchema.optional(),
  /** IANA name, e.g. 'Europe/Berlin': with it `until` may also give a date, or a date and a time without an offset. */
  zone: z.string().min(1).max(64).optional(),
});

export const waitForSignalSchema = z.strictObject({
  ...base,
  kind: z.literal('waitForSignal'),
  /** A signal that the flow declares; its payload is the node's output. */
  signal: identifierSchema,
  /** Which signals are meant: over `argument` (the payload), input, outputs and variables. The others remain for other waits. */
  when: expressionSchema.optional(),
  timeout: durationSchema.optional(),
  /** Without steps a timeout fails the node with type 'SignalTimeout'. */
  onTimeout: z.array(z.lazy(() => nodeSchema)).optional(),
  catch: z.array(catchSchema).optional(),
});

export const approvalSchema = z.strictObject({
  ...base,
  kind: z.literal('approval'),
  question: z.string().min(1),
  /** Groups or e-mail addresses that may decide; empty: everybody. */
  candidates: z.array(z.string()).default([]),
  /** The data shown, with its schema; the decision is bound to its hash. */
  data: templateSchema,
  schema: jsonSchemaSchema.optional(),
  timeout: durationSchema.optional(),
  onTimeout: z.enum(['fail', 'reject', 'approve']).default('fail'),
  /** Rejecting fails the node with type 'Rejected', unless steps for it are given. Output: { decision, comment, decidedBy }. */
  onReject: z.array(z.lazy(() => nodeSchema)).optional(),
  requireComment: z.enum(['never', 'onReject', 'always']).default('onReject'),
  /** Whoever started the run may not decide. */
  forbidStarter: z.boolean().optional(),
  catch: z.array(catchSchema).optional(),
});

export const setSchema = z.strictObject({
  ...base,
  kind: z.literal('set'),
  /** Variables that the flow declares. */
  values: z.record(identifierSchema, templateSchema),
});

export const failSchema = z.strictObject({
  ...base,
  kind: z.literal('fail'),
  errorType: identifierSchema,
  message: templateSchema,
});

export const endSchema = z.strictObject({
  ...base,
  kind: z.literal('end'),
  /** The flow's result; must fit the flow's output schema. */
  output: templateSchema.optional(),
});

export type ActionNode = z.infer<typeof actionSchema>;
export type WaitNode = z.infer<typeof waitSchema>;
export type SetNode = z.infer<typeof setSchema>;
export type FailNode = z.infer<typeof failSchema>;
export type EndNode = z.infer<typeof endSchema>;
export interface Branch {
  id: string;
  title: string;
  steps: FlowNode[];
}
interface NodeBase {
  id: string;
  title: string;
  note?: string;
}
export interface ChoiceNode extends NodeBase {
  kind: 'choice';
  branches: (Branch & { when: Expression })[];
  otherwise?: { title: string; steps: FlowNode[] };
  catch?: Catch[];
}
export interface ParallelNode extends NodeBase {
  kind: 'parallel';
  branches: Branch[];
  unwind: 'reverse' | 'together';
  catch?: Catch[];
}
export interface WaitForSignalNode extends NodeBase {
  kind: 'waitForSignal';
  signal: string;
  when?: Expression;
  timeout?: string;
  onTimeout?: FlowNode[];
  catch?: Catch[];
}
export interface ApprovalNode extends NodeBase {
  kind: 'approval';
  question: string;
  candidates: string[];
  data: Template;
  schema?: JsonSchema;
  timeout?: string;
  onTimeout: 'fail' | 'reject' | 'approve';
  onReject?: FlowNode[];
  requireComment: 'never' | 'onReject' | 'always';
  forbidStarter?: boolean;
  catch?: Catch[];
}
export type FlowNode =
  ActionNode | ChoiceNode | ParallelNode | WaitNode | WaitForSignalNode | ApprovalNode | SetNode | FailNode | EndNode;
export type NodeKind = FlowNode['kind'];

const nodeSchemas = [
  actionSchema,
  choiceSchema,
  parallelSchema,
  waitSchema,
  waitForSignalSchema,
  approvalSchema,
  setSchema,
  failSchema,
  endSchema,
] as const;
export const NODE_KINDS: readonly NodeKind[] = nodeSchemas.map(({ shape }) => shape.kind.value);
export const nodeSchema: z.ZodType<FlowNode> = z.lazy(() =>
  z.discriminatedUnion('kind', nodeSchemas)
) as z.ZodType<FlowNode>;

/** Ready-made inputs for the start form. */
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
  /** `key`: what tells one event from another, over `argument` (the payload). The same key again is the same event. */
  signals: z
    .record(
      identifierSchema,
      z.strictObject({ title: z.string(), schema: jsonSchemaSchema, key: expressionSchema.optional() })
    )
    .default({}),
  /** Answered from an expression over input, outputs so far (possibly undefined) and variables. */
  queries: z
    .record(
      identifierSchema,
      z.strictObject({ title: z.string(), result: templateSchema, schema: jsonSchemaSchema.optional() })
    )
    .default({}),
  /** Sets variables from a typed argument. `accept` is the validator: an expression over `argument`, input and variables. */
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
  /** The run's deadline: an in-workflow timer that unwinds. */
  deadline: durationSchema.optional(),
  rollback: z.strictObject({ onFailure: undoFailureSchema.default('ask') }).default({ onFailure: 'ask' }),
  steps: z.array(nodeSchema),
  scenarios: z.array(scenarioSchema).default([]),
});
export type FlowDocument = z.infer<typeof flowDocumentSchema>;

/** `charge-payment` → `chargePayment`: how expressions and generated code call a node's output. */
export function outputName(nodeId: string): string {
  return nodeId.replace(/-+([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
/** `order-fulfilment`, 3 → `orderFulfilment_v3` (design D6). */
export function workflowType(flowName: string, version: number): string {
  return `${outputName(flowName)}_v${version}`;
}
