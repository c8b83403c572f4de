/** Values of a document that may be computed: plain JSON with expressions in it. */
import { z } from 'zod';

/**
 * An expression in the safe subset of TypeScript (design section 5). In scope: input, outputs of earlier nodes by
 * camel-case id, variables.
 */
export const expressionSchema = z.string().min(1).max(2_000);

/**
 * A JSON value in which every object with exactly one key `$expr` is an expression: `{ "amount": { "$expr":
 * "input.amount" } }`.
 */
export const templateSchema = z.json();
export type Template = z.infer<typeof templateSchema>;

/** A template or an expression, with the field that contains it. */
export interface TemplateField {
  /** The template; an expression field is given as `{ $expr }`. */
  value: unknown;
  /** Inside the node, or inside the document for a field of the flow. */
  path: (string | number)[];
  /** Evaluated when the node's own output may exist: the input of an undo. */
  readsOwn?: boolean;
  /** Evaluated after the steps inside the node: it may read their outputs. */
  readsInside?: boolean;
  /** It may read `argument`: the payload of a signal or an update. */
  readsArgument?: boolean;
}
