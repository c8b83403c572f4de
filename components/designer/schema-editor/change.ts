import type { JsonSchema } from '@/engine/flow/document';

/** `typing`: one of many changes of a text that somebody types. */
export type SchemaChange = (schema: JsonSchema, how?: { typing?: boolean }) => void;
