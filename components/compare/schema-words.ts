/**
 * What differs between two schemas of data, as a caller of the flow feels it: a field that is new, gone, required, of
 * another type. What no sentence names is said to be changed, never left out.
 */
import { typeWords } from '@/components/designer/schema-editor/kinds';
import type { JsonSchema } from '@/engine/flow/document';
import { isFields, type Json } from '@/engine/flow/edit/draft';

/** `of`: 'the input'. No sentence: both are the same. */
export function schemaWords(before: Json | undefined, after: Json | undefined, of: 'input' | 'output'): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const where = `the ${of}`;
  if (after === undefined) return [`The flow no longer declares ${where}.`];
  if (before === undefined) return [`The flow declares ${where} now.`];
  if (!isFields(before) || !isFields(after)) return [`The type of ${where} was changed.`];
  const sentences = fieldsWords(before as JsonSchema, after as JsonSchema, { of, where, titles: [] });
  return sentences.length > 0 ? sentences : [`The fields of ${where} have another order.`];
}

interface At {
  of: 'input' | 'output';
  where: string;
  /** Of the fields around, the outermost first. */
  titles: readonly string[];
}

function fieldsWords(before: JsonSchema, after: JsonSchema, at: At): string[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}];
  const [needed, needs] = [new Set(before.required), new Set(after.required)];
  const refused = (schema: JsonSchema) =>
    at.of === 'input' && at.titles.length === 0 && schema.default === undefined
      ? ': a start without it is refused'
      : '';
  const named = (name: string, schema: JsonSchema) =>
    `'${[...at.titles, schema.title ?? name].join(' › ')}' of ${at.where}`;
  const sentences: string[] = [];
  for (const [name, schema] of Object.entries(is)) {
    const field = named(name, schema);
    const old = Object.hasOwn(was, name) ? was[name]! : null;
    if (old === null) {
      sentences.push(`${field} is new${needs.has(name) ? ` and required${refused(schema)}` : ''}.`);
      continue;
    }
    if (needs.has(name) && !needed.has(name)) sentences.push(`${field} is required now${refused(schema)}.`);
    if (!needs.has(name) && needed.has(name)) sentences.push(`${field} is no longer required.`);
    sentences.push(...oneFieldWords(old, schema, field, { ...at, titles: [...at.titles, schema.title ?? name] }));
  }
  for (const [name, schema] of Object.entries(was))
    if (!Object.hasOwn(is, name)) sentences.push(`${named(name, schema)} is gone.`);
  const rest = otherThan(before, after, ['properties', 'required']);
  if (rest.length > 0) {
    const whole = at.titles.length === 0 ? at.where : `'${at.titles.join(' › ')}' of ${at.where}`;
    sentences.push(`${whole.charAt(0).toUpperCase()}${whole.slice(1)} was changed: ${rest.map(keyword).join(', ')}.`);
  }
  return sentences;
}

function oneFieldWords(before: JsonSchema, after: JsonSchema, field: string, inside: At): string[] {
  const [was, is] = [typeWords(before), typeWords(after)];
  if (was !== is) return [`${field} is now: ${is}. It was: ${was}.`];
  if (after.properties || before.properties) return fieldsWords(before, after, inside);
  const rest = otherThan(before, after, []);
  return rest.length === 0 ? [] : [`${field} was changed: ${rest.map(keyword).join(', ')}.`];
}

const otherThan = (before: JsonSchema, after: JsonSchema, known: readonly string[]): string[] => {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => !known.includes(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name])
  );
};

const KEYWORDS: Readonly<Record<string, string>> = {
  minLength: 'fewest characters',
  maxLength: 'most characters',
  minimum: 'smallest value',
  maximum: 'largest value',
  minItems: 'fewest entries',
  maxItems: 'most entries',
  enum: 'choices',
  items: 'what its entries are',
  default: 'value at the start',
  additionalProperties: 'whether other fields are allowed',
  format: 'how it is read',
  currencyField: 'its currency',
};
const keyword = (name: string): string => KEYWORDS[name] ?? name;
