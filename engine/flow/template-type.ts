/** The type of a template, as far as it follows from what the template reads. */
import type { JsonSchema } from './json-schema';
import { propertyName, schemaType } from './schema/type';
import type { Template } from './template';

/** A name that can be read, with its schema where that is known. */
export interface Readable {
  name: string;
  schema: JsonSchema | undefined;
}

export interface TemplateType {
  /** Undefined if it is computed. */
  schema: JsonSchema | undefined;
  /** In TypeScript; `any` for what is computed. */
  type: string;
}

/** Of `charge`, `input.items` or `charge?.receipt.id`; undefined for every other expression. */
export function schemaOfPath(expression: string, readable: readonly Readable[]): JsonSchema | undefined {
  const [name, ...fields] = expression.trim().split(/\??\./);
  const value = readable.find((each) => each.name === name)?.schema;
  return fields.reduce<JsonSchema | undefined>((inner, each) => inner?.properties?.[each], value);
}

export function templateType(template: Template, readable: readonly Readable[]): TemplateType {
  if (template === null) return ofSchema({ type: 'null' });
  if (typeof template !== 'object') return ofSchema({ type: typeof template as 'string' | 'number' | 'boolean' });
  if (Array.isArray(template)) {
    const [first] = template;
    const item = first === undefined ? UNKNOWN : templateType(first, readable);
    const isMixed = template.length > 1;
    return isMixed ? { schema: { type: 'array' }, type: 'any[]' } : listOf(item);
  }
  const fields = Object.entries(template);
  if (fields.length === 1 && fields[0]![0] === '$expr') {
    const schema = schemaOfPath(String(fields[0]![1]), readable);
    return schema === undefined ? UNKNOWN : ofSchema(schema);
  }
  const types = fields.map(([name, value]) => [name, templateType(value, readable)] as const);
  return {
    schema: {
      type: 'object',
      required: types.map(([name]) => name),
      properties: Object.fromEntries(types.map(([name, { schema }]) => [name, schema ?? {}])),
    },
    type: `{ ${types.map(([name, { type }]) => `${propertyName(name)}: ${type};`).join(' ')} }`,
  };
}

export function listOf({ schema, type }: TemplateType): TemplateType {
  return { schema: schema === undefined ? { type: 'array' } : { type: 'array', items: schema }, type: `(${type})[]` };
}

const UNKNOWN: TemplateType = { schema: undefined, type: 'any' };
const ofSchema = (schema: JsonSchema): TemplateType => {
  return { schema, type: schemaType(schema) };
};
