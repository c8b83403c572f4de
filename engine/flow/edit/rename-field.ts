/**
 * A field of a schema that gets another name: what reads it follows. Pure.
 *
 * Rules
 * [ERF3] One field has another name if that is all that two schemas differ in, at whatever depth.
 * [ERF4] Expressions follow that read it by its path: `input.order?.lines[0].sku`. What reads it by another name, such
 * as the
 *       parameter of a function, does not; the checker of types finds it.
 * [ERF5] Inputs of scenarios and of tests follow, since they are values of the schema.
 */
import { parametersIn, withoutTexts } from '../expression-names';
import type { JsonSchema } from '../json-schema';
import type { Draft, Json } from './draft';
import { changeDraftExpressions } from './expressions';
import { draftDifferences } from './fields';
import type { Operation } from './operations';
import { same } from './places';

export interface RenamedField {
  /** Names from the outside; null for the items of a list. The last one is the name before. */
  path: readonly (string | null)[];
  to: string;
}

/** [ERF3] */
export function renamedField(before: JsonSchema, after: JsonSchema): RenamedField | null {
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
    return isAll && same(renamed.schema as Json, renamed.other as Json) ? { path: [name], to } : null;
  }
  const [only] = changed;
  if (!only || changed.length > 1) return null;
  return inside(only.name, renamedField(only.schema, only.other));
}
const inside = (name: string | null, found: RenamedField | null): RenamedField | null =>
  found && { ...found, path: [name, ...found.path] };
const without = (schema: JsonSchema, key: keyof JsonSchema): Json =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key)) as Json;

/** `root`: the name by which expressions read the value of the schema. The schema itself is changed by its editor. */
export function renameReads(draft: Draft, root: string, field: RenamedField): Operation[] {
  const renamed = changeDraftExpressions(draft, (expression) => renamePathIn(expression, root, field));
  const flow = root === 'input' ? withInputs(renamed.flow, field) : renamed.flow;
  return draftDifferences(draft, { ...renamed, flow });
}

/** [ERF4] */
export function renamePathIn(expression: string, root: string, { path, to }: RenamedField): string {
  if (!expression.includes(root) || parametersIn(expression).has(root)) return expression;
  const steps = path.map((name) =>
    name === null ? String.raw`\s*(?:\?\.)?\s*\[[^\]]*\]` : String.raw`\s*\??\.\s*${name}(?![\w$])`
  );
  const last = path.at(-1);
  if (typeof last !== 'string') return expression;
  const pattern = new RegExp(String.raw`(?<![\w$])(?<!(?<!\.\.)\.\s*)${root}(?![\w$])${steps.join('')}`, 'g');
  let renamed = expression;
  for (const match of [...withoutTexts(expression).matchAll(pattern)].reverse()) {
    const end = match.index + match[0].length;
    renamed = `${renamed.slice(0, end - last.length)}${to}${renamed.slice(end)}`;
  }
  return renamed;
}

/** [ERF5] */
function withInputs(flow: Draft['flow'], field: RenamedField): Draft['flow'] {
  const each = (value: Json | undefined, change: (entry: { [name: string]: Json }) => Json): Json | undefined =>
    Array.isArray(value) ? value.map((entry) => (isObject(entry) ? change(entry) : entry)) : value;
  const scenarios = each(flow.scenarios, (entry) => withInput(entry, field));
  const tests = each(flow.tests, (entry) =>
    isObject(entry.plan) ? { ...entry, plan: withInput(entry.plan, field) } : entry
  );
  return {
    ...flow,
    ...(scenarios === undefined ? {} : { scenarios }),
    ...(tests === undefined ? {} : { tests }),
  };
}
const withInput = (entry: { [name: string]: Json }, { path, to }: RenamedField): { [name: string]: Json } =>
  entry.input === undefined ? entry : { ...entry, input: withKey(entry.input, path, to) };

function withKey(value: Json, [first, ...rest]: readonly (string | null)[], to: string): Json {
  if (first === undefined) return value;
  if (first === null) return Array.isArray(value) ? value.map((item) => withKey(item, rest, to)) : value;
  if (!isObject(value) || !Object.hasOwn(value, first)) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, Json] => {
    if (name !== first) return [name, inner];
    return rest.length === 0 ? [to, inner] : [name, withKey(inner, rest, to)];
  });
  return Object.fromEntries(entries);
}
const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
