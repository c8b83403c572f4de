/** The schema of an output as a model service reads it. Pure. */
import type { JsonSchema } from '../../flow/json-schema';

/** What only screens read: a service may refuse keywords that it does not know. */
const OF_SCREENS: ReadonlySet<string> = new Set(['currencyField', 'primary', 'sensitive', 'default']);
/** The formats of JSON Schema among those of flows. */
const FORMATS: ReadonlySet<string> = new Set(['date', 'date-time', 'duration', 'email']);

export const plainSchema = (schema: JsonSchema): JsonSchema =>
  withoutKeywords(schema, (keyword, value) =>
    keyword === 'format' ? !FORMATS.has(String(value)) : OF_SCREENS.has(keyword)
  );

/** Names of fields are data: a field may be called 'default'. */
export function withoutKeywords(schema: JsonSchema, isLeft: (keyword: string, value: unknown) => boolean): JsonSchema {
  const inner = (value: unknown) => withoutKeywords(value as JsonSchema, isLeft);
  const entries = Object.entries(schema)
    .filter(([keyword, value]) => !isLeft(keyword, value))
    .map(([keyword, value]): [string, unknown] => {
      if (keyword === 'properties')
        return [keyword, Object.fromEntries(Object.entries(value as object).map(([name, of]) => [name, inner(of)]))];
      if (keyword === 'items' || (keyword === 'additionalProperties' && typeof value === 'object'))
        return [keyword, inner(value)];
      return [keyword, value];
    });
  return Object.fromEntries(entries);
}

/** True if services can guarantee the schema: every group lists all of its fields as needed and allows no other. */
export function isStrict({ type, properties = {}, required = [], items, additionalProperties }: JsonSchema): boolean {
  if (type === undefined) return false;
  if (type === 'array') return items !== undefined && isStrict(items);
  if (type !== 'object') return true;
  const fields = Object.entries(properties);
  return additionalProperties === false && fields.every(([name, field]) => required.includes(name) && isStrict(field));
}
