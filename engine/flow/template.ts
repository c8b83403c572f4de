/** Values of a document that are partly computed: plain JSON with expressions in it. */
import { z } from 'zod';

/** An expression in the safe subset of TypeScript (design section 5). In scope: input, outputs of earlier nodes by camel-cased id, variables. */
export const expressionSchema = z.string().min(1).max(2_000);

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

/** A template, or an expression, with the field that holds it. */
export interface TemplateField {
  /** The template; an expression field is given as `{ $expr }`. */
  value: unknown;
  /** Inside the node, or inside the document for a field of the flow. */
  path: (string | number)[];
  /** Evaluated when the node's own output may be there: an undo's input. */
  readsOwn?: boolean;
  /** It may read `argument`: what a signal or an update carries. */
  readsArgument?: boolean;
}
