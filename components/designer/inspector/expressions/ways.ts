/**
 * How the value of a field can be written: a text with values, a plain value, fields, a list, JSON, or an expression.
 * Pure.
 */
import type { JsonSchema } from '@/engine/flow/document';
import type { Json } from '@/engine/flow/edit/draft';
import { kindOf } from '../../schema-editor/kinds';
import { expressionIn, isPath, jsonTextOf, templateOf, textOf } from './template-text';

export type Way = 'text' | 'value' | 'fields' | 'list' | 'json' | 'expression';
export const WAY_WORDS: Readonly<Record<Way, string>> = {
  text: 'Text',
  value: 'Value',
  fields: 'Fields',
  list: 'List',
  json: 'JSON',
  expression: 'Expression',
};

/** The ways that make sense for a type, the usual one first. */
export function waysFor(schema: JsonSchema | undefined): Way[] {
  switch (kindOf(schema)) {
    case 'number':
    case 'whole':
    case 'money':
    case 'percent':
    case 'yesNo':
    case 'choice':
      return ['value', 'expression'];
    case 'group':
      return ['fields', 'json', 'expression'];
    case 'list':
      return ['list', 'json', 'expression'];
    case 'anything':
    case null:
      return ['text', 'fields', 'json', 'expression'];
    default:
      return ['text', 'expression'];
  }
}

/** How a value is written now. */
export function wayOf(value: Json | undefined, schema: JsonSchema | undefined): Way {
  const ways = waysFor(schema);
  const usual = ways[0]!;
  if (value === undefined) return usual;
  const expression = expressionIn(value);
  if (expression !== null) {
    const isOwnText = usual === 'text' && textOf(value) !== null;
    const isWhole = ways.includes('fields') && isPath(expression.trim());
    return isOwnText && !isWhole ? 'text' : 'expression';
  }
  if (typeof value === 'string') return ways.includes('text') ? 'text' : usual === 'value' ? 'value' : 'json';
  if (Array.isArray(value)) return ways.includes('list') ? 'list' : 'json';
  if (typeof value === 'object' && value !== null) return ways.includes('fields') ? 'fields' : 'json';
  return usual === 'value' ? 'value' : ways.includes('json') ? 'json' : 'text';
}

/** An expression for what the field has, to go on from. */
export function asExpression(value: Json | undefined): string {
  if (value === undefined) return '';
  const expression = expressionIn(value);
  if (expression !== null) return expression;
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(asExpression).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, each]) => `${propertyName(name)}: ${asExpression(each)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
const propertyName = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/**
 * The value written in another way. Undefined: it cannot be, so the field keeps its value until something else is
 * typed. A way that only shows the same value differently gives the same value.
 */
export function inWay(value: Json | undefined, way: Way): Json | undefined {
  if (value === undefined) return undefined;
  const expression = expressionIn(value);
  switch (way) {
    case 'expression':
      return { $expr: asExpression(value) };
    case 'text': {
      if (expression !== null) return textOf(value) === null ? templateOf(`\${${expression}}`, () => false) : value;
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    }
    case 'json':
      return jsonTextOf(value) === null ? undefined : value;
    default:
      return undefined;
  }
}
