/** JSON Schema as a TypeScript type. */
import type { JsonSchema } from '../json-schema';
import { asCode } from '../values/text';

export function schemaType(schema: JsonSchema | null | undefined): string {
  if (!schema) return 'unknown';
  if (schema.const !== undefined) return asCode(schema.const);
  if (schema.enum) return schema.enum.length === 0 ? 'never' : schema.enum.map(asCode).join(' | ');
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `(${schemaType(schema.items)})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

/** In an object schema without properties, `additionalProperties` gives the type of all fields. */
export function objectType({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, field]) => fieldType(name, field, required.includes(name)));
  if (fields.length > 0) return `{ ${fields.join(' ')} }`;
  const values = typeof additionalProperties === 'object' ? schemaType(additionalProperties) : 'unknown';
  return `Record<string, ${values}>`;
}

/**
 * `name?: type;`. Every object inherits 'toString' and the like, and TypeScript compares the inherited one with a field
 * of this name that is left out. So the type of such a field is open where it may be left out.
 */
export function fieldType(name: string, schema: JsonSchema, isRequired: boolean): string {
  if (isRequired) return `${propertyName(name)}: ${schemaType(schema)};`;
  return `${propertyName(name)}?: ${name in Object.prototype ? 'unknown' : schemaType(schema)};`;
}

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : asCode(name);
}
