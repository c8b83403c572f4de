/**
 * A field of a schema that gets another path, by another name or in another group: what reads it follows. Pure.
 *
 * Rules
 * [ERF4] Expressions follow that read it by its path: `input.order?.lines[0].sku`. What reads it by another name, such
 *       as the parameter of a function, does not; the checker of types finds it.
 * [ERF5] Inputs of scenarios and of tests follow, since they are values of the schema.
 * [ERF6] A group that may be missing is read with `?.` from then on.
 * [ERF7] What read a field outside of a list names no item of it, so such expressions remain as they are, and the
 *       checker of types finds them. A value of a scenario goes into every item; it goes out of a list if all items
 *       have the same.
 */
import { parametersIn, withoutTexts } from '../expression-names';
import { isFields, type Draft, type Json } from './draft';
import { changeDraftExpressions } from './expressions';
import { draftDifferences } from './fields';
import type { Operation } from './operations';
import { same } from './places';

/** Names from the outside; null for the items of a list. The last one is the name of the field. */
export type FieldSteps = readonly (string | null)[];

export interface MovedField {
  from: FieldSteps;
  to: FieldSteps;
  /** For each of `to`: the value there may be missing. */
  mayBeMissing?: readonly boolean[];
}

/** `root`: the name by which expressions read the value of the schema. The schema itself is changed by its editor. */
export function moveReads(draft: Draft, root: string, field: MovedField): Operation[] {
  const moved = changeDraftExpressions(draft, (expression) => movePathIn(expression, root, field));
  const flow = root === 'input' ? withInputs(moved.flow, field) : moved.flow;
  return draftDifferences(draft, { ...moved, flow });
}

/** [ERF4] [ERF6] [ERF7] */
export function movePathIn(expression: string, root: string, { from, to, mayBeMissing = [] }: MovedField): string {
  if (!expression.includes(root) || parametersIn(expression).has(root)) return expression;
  const shared = sharedSteps(from, to);
  const added = to.slice(shared);
  if (!added.every((name) => name !== null) || from.at(-1) === null) return expression;
  const steps = from.map((name) =>
    name === null ? String.raw`(\s*(?:\?\.)?\s*\[[^\]]*\])` : String.raw`(\s*\??\.\s*)${escaped(name)}(?![\w$])`
  );
  const pattern = new RegExp(String.raw`(?<![\w$])(?<!(?<!\.\.)\.\s*)${escaped(root)}(?![\w$])${steps.join('')}`, 'gd');
  let changed = expression;
  for (const match of [...withoutTexts(expression).matchAll(pattern)].reverse()) {
    const [begin] = match.indices![shared + 1]!;
    const [, end] = match.indices![0]!;
    const [, dot] = match.indices![shared + 1]!;
    const reads = added.map((name, index) => {
      if (index === 0) return expression.slice(begin, dot) + name;
      return (mayBeMissing[shared + index - 1] ? '?.' : '.') + name;
    });
    changed = changed.slice(0, begin) + reads.join('') + changed.slice(end);
  }
  return changed;
}
const escaped = (name: string): string => name.replace(/[$.*+?^{}()|[\]\\]/g, String.raw`\$&`);

/** How many groups around the field are the same before and after. */
function sharedSteps(from: FieldSteps, to: FieldSteps): number {
  const most = Math.min(from.length, to.length) - 1;
  let shared = 0;
  while (shared < most && from[shared] === to[shared]) shared++;
  return shared;
}

/** [ERF5] */
function withInputs(flow: Draft['flow'], field: MovedField): Draft['flow'] {
  const each = (value: Json | undefined, change: (entry: { [name: string]: Json }) => Json): Json | undefined =>
    Array.isArray(value) ? value.map((entry) => (isFields(entry) ? change(entry) : entry)) : value;
  const scenarios = each(flow.scenarios, (entry) => withInput(entry, field));
  const tests = each(flow.tests, (entry) =>
    isFields(entry.plan) ? { ...entry, plan: withInput(entry.plan, field) } : entry
  );
  return {
    ...flow,
    ...(scenarios === undefined ? {} : { scenarios }),
    ...(tests === undefined ? {} : { tests }),
  };
}
const withInput = (entry: { [name: string]: Json }, field: MovedField): { [name: string]: Json } =>
  entry.input === undefined ? entry : { ...entry, input: moveValue(entry.input, field) };

/** The value with the field at its new path; the same value if it cannot be there. */
function moveValue(value: Json, { from, to }: MovedField): Json {
  const shared = sharedSteps(from, to);
  return atSteps(value, from.slice(0, shared), (level) => {
    const [taken, path] = [from.slice(shared), to.slice(shared)];
    if (taken.length === 1 && path.length === 1) return renamedKey(level, taken[0]!, path[0]!);
    const found = valuesAt(level, taken);
    const [first] = found;
    if (first === undefined || found.some((other) => !same(first, other))) return level;
    return putAt(withoutAt(level, taken), path, first) ?? level;
  });
}

function atSteps(value: Json, [first, ...rest]: FieldSteps, change: (value: Json) => Json): Json {
  if (first === undefined) return change(value);
  if (first === null) return Array.isArray(value) ? value.map((item) => atSteps(item, rest, change)) : value;
  if (!isFields(value) || !Object.hasOwn(value, first)) return value;
  return mapFields(value, (inner, name) => [name, name === first ? atSteps(inner, rest, change) : inner]);
}

const renamedKey = (value: Json, from: string, to: string): Json =>
  isFields(value) ? mapFields(value, (inner, name) => [name === from ? to : name, inner]) : value;

function valuesAt(value: Json, [first, ...rest]: FieldSteps): Json[] {
  if (first === undefined) return [value];
  if (first === null) return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  return isFields(value) && Object.hasOwn(value, first) ? valuesAt(value[first]!, rest) : [];
}

function withoutAt(value: Json, [first, ...rest]: FieldSteps): Json {
  if (first === null) return Array.isArray(value) ? value.map((item) => withoutAt(item, rest)) : value;
  if (first === undefined || !isFields(value) || !Object.hasOwn(value, first)) return value;
  if (rest.length > 0)
    return mapFields(value, (inner, name) => [name, name === first ? withoutAt(inner, rest) : inner]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== first));
}

/** Null: what is there has no room for it, such as a list without items. */
function putAt(value: Json | undefined, [first, ...rest]: FieldSteps, put: Json): Json | null {
  if (first === undefined) return value === undefined ? put : null;
  if (first === null) {
    if (!Array.isArray(value) || value.length === 0) return null;
    const items = value.map((item) => putAt(item, rest, put));
    return items.every((item) => item !== null) ? items : null;
  }
  if (value !== undefined && !isFields(value)) return null;
  const own = value && Object.hasOwn(value, first) ? value[first] : undefined;
  const inner = putAt(own, rest, put);
  return inner === null ? null : Object.fromEntries([...Object.entries(value ?? {}), [first, inner]]);
}

const mapFields = (value: { [name: string]: Json }, change: (inner: Json, name: string) => [string, Json]): Json =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => change(inner, name)));
