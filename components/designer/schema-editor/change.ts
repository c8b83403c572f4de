import type { JsonSchema } from '@/engine/flow/document';
import type { MovedField } from '@/engine/flow/edit/field-reads';

/**
 * `typing`: one of many changes of a text that somebody types. `moved`: the change is that a field has another path.
 */
export type SchemaChange = (schema: JsonSchema, how?: { typing?: boolean; moved?: MovedField }) => void;
