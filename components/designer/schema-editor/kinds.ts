/** The types of fields as people choose them, and the JSON Schema of each. Pure. */
import type { JsonSchema } from '@/engine/flow/document';

export type FieldKind =
  | 'text'
  | 'longText'
  | 'number'
  | 'whole'
  | 'yesNo'
  | 'date'
  | 'instant'
  | 'money'
  | 'duration'
  | 'percent'
  | 'link'
  | 'email'
  | 'choice'
  | 'list'
  | 'group'
  | 'anything';

export const KIND_WORDS: Readonly<Record<FieldKind, string>> = {
  text: 'Text',
  longText: 'Long text',
  number: 'Number',
  whole: 'Whole number',
  yesNo: 'Yes or no',
  date: 'Date',
  instant: 'Date and time',
  money: 'Money',
  duration: 'Duration',
  percent: 'Percent',
  link: 'Link',
  email: 'E-mail address',
  choice: 'Choice',
  list: 'List',
  group: 'Group of fields',
  anything: 'Anything',
};
export const FIELD_KINDS = Object.keys(KIND_WORDS) as FieldKind[];

const SCHEMAS: Readonly<Record<FieldKind, JsonSchema>> = {
  text: { type: 'string' },
  longText: { type: 'string', format: 'long-text' },
  number: { type: 'number' },
  whole: { type: 'integer' },
  yesNo: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  instant: { type: 'string', format: 'date-time' },
  money: { type: 'integer', format: 'money' },
  duration: { type: 'string', format: 'duration' },
  percent: { type: 'number', format: 'percent' },
  link: { type: 'string', format: 'link' },
  email: { type: 'string', format: 'email' },
  choice: { type: 'string', enum: ['first', 'second'] },
  list: { type: 'array', items: { type: 'string' } },
  group: { type: 'object', properties: {} },
  anything: {},
};

/** The type that a schema has for people; null for one that this list does not contain. */
export function kindOf(schema: JsonSchema | null | undefined): FieldKind | null {
  if (!schema) return 'anything';
  const { type, format } = schema;
  if (schema.enum) return 'choice';
  switch (type) {
    case 'object':
      return 'group';
    case 'array':
      return 'list';
    case 'boolean':
      return 'yesNo';
    case 'integer':
    case 'number':
      if (format === 'money' || format === 'percent') return format;
      return format === undefined ? (type === 'integer' ? 'whole' : 'number') : null;
    case 'string':
      if (format === undefined) return 'text';
      return FIELD_KINDS.find((kind) => SCHEMAS[kind].type === 'string' && SCHEMAS[kind].format === format) ?? null;
    case undefined:
      return schema.properties ? 'group' : 'anything';
    default:
      return null;
  }
}

/** Of a list: what is no plural of its own word. */
const MANY: Readonly<Partial<Record<FieldKind, string>>> = {
  yesNo: 'yes or no',
  instant: 'dates and times',
  money: 'money',
  email: 'e-mail addresses',
  group: 'groups of fields',
  anything: 'anything',
};
const manyWords = (schema: JsonSchema): string => {
  const kind = kindOf(schema);
  if (kind === 'list') return schema.items ? `lists of ${manyWords(schema.items)}` : 'lists';
  return kind === null ? typeWords(schema) : (MANY[kind] ?? `${KIND_WORDS[kind].toLowerCase()}s`);
};

/** In a sentence: 'text', 'list of texts', 'group of fields'. */
export function typeWords(schema: JsonSchema | null | undefined): string {
  const kind = kindOf(schema);
  if (kind === 'list' && schema?.items) return `list of ${manyWords(schema.items)}`;
  if (kind !== null) return KIND_WORDS[kind].toLowerCase();
  return schema?.type === 'null' ? 'nothing' : (schema?.type ?? 'value');
}

/** What describes a field whatever its type is. */
const DESCRIBING = ['title', 'description', 'sensitive', 'primary'] as const;

/**
 * The schema as another type: what describes the field is kept, and what restricted values of the old type is dropped.
 */
export function withKind(schema: JsonSchema, kind: FieldKind): JsonSchema {
  const kept = Object.fromEntries(
    DESCRIBING.filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]])
  );
  const fresh = SCHEMAS[kind];
  if (kind === 'list' && schema.type !== undefined && kindOf(schema) !== 'list') {
    const items: JsonSchema =
      kindOf(schema) === 'group' ? { type: 'object', properties: schema.properties ?? {} } : { type: schema.type };
    return { ...kept, ...fresh, items };
  }
  return { ...kept, ...fresh };
}
