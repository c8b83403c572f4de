/** JSON Schema as a TypeScript type. */
import type { JsonSchema } from '../flow/document';

export function schemaType(schema: JsonSchema | null | undefined): string {
  if (!schema) return 'unknown';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
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
    case 'object': {
      const required = new Set(schema.required ?? []);
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, field]) => `${propertyName(name)}${required.has(name) ? '' : '?'}: ${schemaType(field)};`
      );
      return fields.length > 0 ? `{ ${fields.join(' ')} }` : 'Record<string, unknown>';
    }
    default:
      return 'unknown';
  }
}

export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
