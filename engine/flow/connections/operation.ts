/**
 * An operation of a connection: what a step calls, as `<connection>.<operation>`. That name is the activity type in
 * histories.
 *
 * A version is published with a frozen copy of the operations that its document calls: the definition, with the
 * defaults of the connection applied. The sha of a copy is part of the version's own sha.
 */
import { z } from 'zod';
import { activityOptionsSchema, effectSchema } from '../activity-options';
import type { CatalogueActivity } from '../catalogue';
import { durationSchema } from '../duration';
import { jsonSchemaSchema, type JsonSchema } from '../json-schema';
import { templateSchema } from '../template';
import { connectionNameSchema, type Connection } from './connection';
import { factsAtRunTime, factsOfKind, KIND_NAMES, type Call, type CallOf, type Kind } from './kinds/table';

export const operationNameSchema = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9]{0,62}$/, 'letters and digits; begins with a small letter; at most 63 characters');

/** Another operation of the same connection, with its input made from `input` and `output` of the step. */
const relatedSchema = z.strictObject({
  operation: operationNameSchema,
  input: templateSchema,
});

/** Of a connection, those that are archived not counted. */
export const MOST_OPERATIONS = 1_000;

const callSchema = z.discriminatedUnion(
  'kind',
  KIND_NAMES.map((kind) => factsOfKind(kind).call) as unknown as [z.ZodObject<{ kind: z.ZodLiteral<Kind> }>]
) as unknown as z.ZodType<Call, Call>;

export const operationSchema = z.strictObject({
  connection: connectionNameSchema,
  name: operationNameSchema,
  title: z.string().trim().min(1).max(100),
  description: z.string().max(2_000),
  /** How it is carried out. */
  call: callSchema,
  /** Always an object schema: its fields are what a step fills in. */
  input: jsonSchemaSchema.refine(({ type }) => type === 'object', 'the input is an object'),
  /** Of the answer; a call whose answer does not match fails. {}: any answer. */
  output: jsonSchemaSchema,
  effect: effectSchema,
  /** Offered when a step with this operation is drawn. Only for a reversible effect. */
  undo: relatedSchema.extend({ armed: z.enum(['completed', 'attempted']) }).optional(),
  /** Decides after an unknown outcome whether the effect happened. Its answer is { applied, output? }. */
  lookup: relatedSchema.optional(),
  /** What the service guarantees about calls that arrive late, as in a step (flow/nodes/step.ts). */
  lateCalls: z.enum(['refused', 'possible']).optional(),
  settlesWithin: durationSchema.optional(),
  /** Defaults for steps that set none. */
  options: activityOptionsSchema,
});
export type Operation = z.infer<typeof operationSchema>;

/** The frozen copy: what is carried out, whatever happens to the operation later. */
export type FrozenOperation = Omit<Operation, 'description'>;

export type OperationOf<K extends Kind> = Operation & { call: CallOf<K> };
export type FrozenOf<K extends Kind> = FrozenOperation & { call: CallOf<K> };

/** `shop.chargePayment` */
export const activityOf = ({ connection, name }: { connection: string; name: string }): string =>
  `${connection}.${name}`;

/** The copy for a version: with the defaults of the connection, and without what has no influence on a run. */
export function frozen({ description: _, ...operation }: Operation, connection: Pick<Connection, 'options'>) {
  return { ...operation, options: withDefaults(operation.options, connection.options) } satisfies FrozenOperation;
}

/**
 * An operation as the compiler, the linter and the designer see every activity. `titleOf`: the title of another
 * operation of the connection.
 */
export function catalogueEntry(
  operation: Operation,
  connection: Pick<Connection, 'options'>,
  titleOf: (operation: string) => string | undefined
): CatalogueActivity {
  const { connection: place, title, description, input, effect, undo, lookup, lateCalls, settlesWithin } = operation;
  return {
    name: activityOf(operation),
    title,
    ...(description === '' ? {} : { description }),
    effect,
    input,
    output: outputOf(operation),
    ...(undo
      ? {
          suggestedUndo: {
            title: titleOf(undo.operation) ?? `Undo: ${title}`,
            activity: activityOf({ connection: place, name: undo.operation }),
            input: undo.input,
            armed: undo.armed,
          },
        }
      : {}),
    ...(lookup
      ? {
          suggestedLookup: {
            activity: activityOf({ connection: place, name: lookup.operation }),
            input: lookup.input,
          },
        }
      : {}),
    ...(lateCalls ? { lateCalls } : {}),
    ...(settlesWithin === undefined ? {} : { settlesWithin }),
    defaultOptions: withDefaults(operation.options, connection.options),
  };
}

/** The schema of what a step gets: the declared one may describe only a part of it, such as one row. */
export const outputOf = ({ call, output }: Pick<Operation, 'call' | 'output'>): JsonSchema =>
  factsAtRunTime(call.kind).output(call as never, output);

/** What a call does, in one line: { verb: 'POST', text: '/payments' }. */
export const lineOf = ({ call }: Pick<Operation, 'call'>): { verb: string; text: string } =>
  factsAtRunTime(call.kind).line(call as never);

/** True if the call changes nothing at its service. */
export const onlyReads = ({ call, effect }: Pick<Operation, 'call' | 'effect'>): boolean =>
  effect === 'none' && factsAtRunTime(call.kind).onlyReads(call as never);

function withDefaults(own: Operation['options'], defaults: Operation['options']): Operation['options'] {
  return {
    ...USUAL_OPTIONS,
    ...defaults,
    ...own,
    retry: { ...USUAL_OPTIONS.retry, ...defaults.retry, ...own.retry },
  };
}

/** As those of `http.request`. */
const USUAL_OPTIONS = {
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};
