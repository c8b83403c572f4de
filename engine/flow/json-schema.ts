/**
 * The subset of JSON Schema that forms, types and validation share, with additions for how people read a value:
 * `title`, `format` (money | date | date-time | duration | percent | link | long-text | email), `currencyField`,
 * `primary`, `sensitive`.
 */
import { z } from 'zod';

export const jsonSchemaSchema = z.strictObject({
  type: z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']).optional(),
  get properties() {
    return z.record(z.string(), jsonSchemaSchema).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return jsonSchemaSchema.optional();
  },
  enum: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  const: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  pattern: z.string().optional(),
  get additionalProperties() {
    return z.union([z.boolean(), jsonSchemaSchema]).optional();
  },
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  /** For format 'money': the field next to it that contains the currency. Amounts are in minor units (cents). */
  currencyField: z.string().optional(),
  /** Shown first and large: the value that matters most for a decision. */
  primary: z.boolean().optional(),
  /** Masked on screens, in logs and exports. */
  sensitive: z.boolean().optional(),
});
export type JsonSchema = z.infer<typeof jsonSchemaSchema>;
