/**
 * A field at another place of a schema, at the same level or another one. Pure.
 *
 * Rules
 * [SED5] A field goes into a group, or into the items of a list of groups, and out of them again. Whether it is
 * required goes with it.
 * [SED6] A level has one field of each name: a move that would make two is refused, and so is a group inside itself.
 */
import type { JsonSchema } from '@/engine/flow/document';
import type { FieldSteps, MovedField } from '@/engine/flow/edit/field-reads';
import { wordsOf } from '@/engine/flow/values/format';
import { readJson } from '@/engine/flow/values/json';
import { removeField, setRequired } from './edits';
import { kindOf } from './kinds';

/** What leads to a group: names of fields, and null for the items of a list. */
export type Level = FieldSteps;

export const keyOfSteps = (steps: FieldSteps): string => JSON.stringify(steps);
export const stepsOfKey = (key: string): FieldSteps => readJson(key) as FieldSteps;

export const titleOfField = (name: string, field: JsonSchema): string => field.title ?? wordsOf(name);

/** What leads from a field to the fields inside it; null: it has none. */
export function stepsInto(name: string, field: JsonSchema): Level | null {
  const kind = kindOf(field);
  if (kind === 'group') return [name];
  return kind === 'list' && field.items && kindOf(field.items) === 'group' ? [name, null] : null;
}

/** The level that contains the field of this level, and its name there. Null: there is no level around it. */
export function around(level: Level): { level: Level; name: string } | null {
  const at = level.findLastIndex((step) => step !== null);
  return at < 0 ? null : { level: level.slice(0, at), name: level[at] as string };
}

export function schemaAt(schema: JsonSchema | undefined, [first, ...rest]: FieldSteps): JsonSchema | null {
  if (schema === undefined) return null;
  if (first === undefined) return schema;
  if (first === null) return schemaAt(schema.items, rest);
  return Object.hasOwn(schema.properties ?? {}, first) ? schemaAt(schema.properties![first], rest) : null;
}

function withSchemaAt(
  schema: JsonSchema,
  [first, ...rest]: FieldSteps,
  change: (schema: JsonSchema) => JsonSchema
): JsonSchema {
  if (first === undefined) return change(schema);
  if (first === null) return { ...schema, items: withSchemaAt(schema.items ?? {}, rest, change) };
  const inner = withSchemaAt(schema.properties?.[first] ?? {}, rest, change);
  return { ...schema, properties: { ...schema.properties, [first]: inner } };
}

/** A level in a sentence: 'Ship to', 'an item of Lines'; 'the outermost level'. */
export function levelWords(schema: JsonSchema, level: Level): string {
  const outer = around(level);
  if (!outer) return level.length === 0 ? 'the outermost level' : 'the items of the list';
  const field = schemaAt(schema, [...outer.level, outer.name]) ?? {};
  const title = `'${titleOfField(outer.name, field)}'`;
  return level.at(-1) === null ? `the items of ${title}` : title;
}

/** Groups beside the field, into which it can go: the level, and why it cannot (null: it can). */
export function levelsBeside(schema: JsonSchema, field: FieldSteps): { level: Level; refusal: string | null }[] {
  const own = field.slice(0, -1);
  const fields = Object.entries(schemaAt(schema, own)?.properties ?? {});
  return fields.flatMap(([name, other]) => {
    const into = name === field.at(-1) ? null : stepsInto(name, other);
    const level = into && [...own, ...into];
    return level ? [{ level, refusal: whyNotTo(schema, field, level) }] : [];
  });
}

/** [SED6] Null: the field can go there. */
export function whyNotTo(schema: JsonSchema, field: FieldSteps, level: Level): string | null {
  const name = field.at(-1) as string;
  if (keyOfSteps(level) === keyOfSteps(field.slice(0, -1))) return null;
  if (field.every((step, index) => level[index] === step)) return 'A field cannot go into itself.';
  if (!Object.hasOwn(schemaAt(schema, level)?.properties ?? {}, name)) return null;
  const words = levelWords(schema, level);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${level.at(-1) === null ? 'have' : 'has'} a field named '${name}'. Rename one of the two first.`;
}

/**
 * [SED5] The field before another one of a level; null: as its last. `moved`: null within its level, where nothing
 *        reads it in another way.
 */
export function moveTo(
  schema: JsonSchema,
  field: FieldSteps,
  level: Level,
  before: string | null
): { schema: JsonSchema; moved: MovedField | null } | { refusal: string } {
  const refusal = whyNotTo(schema, field, level);
  if (refusal !== null) return { refusal };
  const [own, name] = [field.slice(0, -1), field.at(-1) as string];
  const group = schemaAt(schema, own);
  const moving = group?.properties?.[name];
  if (!group || !moving || before === name) return { schema, moved: null };
  const isRequired = group.required?.includes(name) ?? false;
  if (keyOfSteps(own) === keyOfSteps(level))
    return { schema: withSchemaAt(schema, level, (each) => placed(each, name, moving, before)), moved: null };
  const without = withSchemaAt(schema, own, (each) => removeField(each, name));
  const next = withSchemaAt(without, level, (each) => {
    const put = placed(each, name, withCurrencyOf(moving, each), before);
    return isRequired ? setRequired(put, name, true) : put;
  });
  return { schema: next, moved: { from: field, to: [...level, name], mayBeMissing: missingOf(next, level) } };
}

function placed(group: JsonSchema, name: string, field: JsonSchema, before: string | null): JsonSchema {
  const others = Object.entries(group.properties ?? {}).filter(([each]) => each !== name);
  const index = before === null ? -1 : others.findIndex(([each]) => each === before);
  const fields = others.toSpliced(index < 0 ? others.length : index, 0, [name, field]);
  return { ...group, properties: Object.fromEntries(fields) };
}

/** An amount names its currency beside it. */
function withCurrencyOf(field: JsonSchema, group: JsonSchema): JsonSchema {
  const { currencyField, ...others } = field;
  return currencyField === undefined || Object.hasOwn(group.properties ?? {}, currencyField) ? field : others;
}

function missingOf(schema: JsonSchema, level: Level): boolean[] {
  return level.map((step, index) => {
    if (step === null) return false;
    const group = schemaAt(schema, level.slice(0, index));
    return !(group?.required?.includes(step) ?? false);
  });
}
