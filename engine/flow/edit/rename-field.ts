/**
 * A field of a schema that gets another name. What reads it follows (field-reads.ts). Pure.
 *
 * Rules
 * [ERF3] One field has another name if that is all that two schemas differ in, at whatever depth.
 */
import type { JsonSchema } from '../json-schema';
import type { Json } from './draft';
import type { FieldSteps, MovedField } from './field-reads';
import { same } from './places';

/** [ERF3] */
export function renamedField(before: JsonSchema, after: JsonSchema): MovedField | null {
  if (before.items && after.items && same(without(before, 'items'), without(after, 'items')))
    return inside(null, renamedField(before.items, after.items));
  const [was, now] = [Object.entries(before.properties ?? {}), Object.entries(after.properties ?? {})];
  if (was.length !== now.length) return null;
  const changed = was.flatMap(([name, schema], index) => {
    const [to, other] = now[index]!;
    return name === to && same(schema as Json, other as Json) ? [] : [{ name, schema, to, other }];
  });
  // A field beside it may name it as its currency.
  const renamed = changed.find(({ name, to }) => name !== to);
  if (renamed) {
    const { name, to } = renamed;
    const others = changed.filter((each) => each !== renamed);
    const isAll = others.every(
      ({ name: one, to: two, schema, other }) =>
        one === two && same({ ...schema, currencyField: to } as Json, other as Json) && schema.currencyField === name
    );
    return isAll && same(renamed.schema as Json, renamed.other as Json) ? { from: [name], to: [to] } : null;
  }
  const [only] = changed;
  if (!only || changed.length > 1) return null;
  return inside(only.name, renamedField(only.schema, only.other));
}
const inside = (name: FieldSteps[number], found: MovedField | null): MovedField | null =>
  found && { from: [name, ...found.from], to: [name, ...found.to] };
const without = (schema: JsonSchema, key: keyof JsonSchema): Json =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key)) as Json;
