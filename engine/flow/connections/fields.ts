/** Fields of an input, as placeholders name them: 'order.id'. */
import type { JsonSchema } from '../json-schema';

/** The keys of the call, which no field of an input can replace. */
export const KEY_FIELDS: readonly string[] = ['idempotencyKey', 'forwardKey'];

export function isField(input: JsonSchema, field: string): boolean {
  if (KEY_FIELDS.includes(field)) return true;
  let schema: JsonSchema | undefined = input;
  for (const name of field.split('.')) {
    if (schema === undefined) return false;
    // A part without a declared type may have any field.
    if (schema.type === undefined && !schema.properties) return true;
    const { properties = {}, additionalProperties }: JsonSchema = schema;
    if (Object.hasOwn(properties, name)) schema = properties[name];
    else if (additionalProperties) schema = typeof additionalProperties === 'object' ? additionalProperties : {};
    else return false;
  }
  return true;
}

export function isRequired(input: JsonSchema, field: string): boolean {
  let schema: JsonSchema | undefined = input;
  for (const name of field.split('.')) {
    if (!schema?.required?.includes(name)) return false;
    schema = schema.properties?.[name];
  }
  return true;
}
