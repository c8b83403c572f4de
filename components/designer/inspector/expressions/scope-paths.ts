/** What is in scope, as a list of paths that a person can insert. Pure. */
import { isReadable } from '@/engine/flow/expression-names';
import { wordsOf } from '@/engine/flow/values/format';
import type { JsonSchema } from '@/engine/flow/document';
import type { ScopeValue } from '@/engine/flow/scope';

export interface ScopePath {
  /** `charge?.transactionId` */
  path: string;
  title: string;
  /** Where it comes from: 'Input of the flow', the title of the step. */
  source: string;
  from: ScopeValue['from'];
  schema: JsonSchema | undefined;
}

const DEEPEST = 4;
const MOST = 400;

/** The same list for the same scope: many fields of a form have one. */
export function pathsOf(scope: readonly ScopeValue[]): readonly ScopePath[] {
  const known = paths.get(scope) ?? listed(scope);
  paths.set(scope, known);
  return known;
}
const paths = new WeakMap<readonly ScopeValue[], readonly ScopePath[]>();

/** The names that these paths begin with. */
export function namesOf(list: readonly ScopePath[]): ReadonlySet<string> {
  const known = names.get(list) ?? new Set(list.flatMap(({ path }) => /^[\w$]+/.exec(path)?.[0] ?? []));
  names.set(list, known);
  return known;
}
const names = new WeakMap<readonly ScopePath[], ReadonlySet<string>>();

function listed(scope: readonly ScopeValue[]): ScopePath[] {
  const found: ScopePath[] = [];
  for (const { name, title, from, schema, mayBeMissing } of scope) {
    const isGroup = schema?.properties !== undefined && Object.keys(schema.properties).length > 0;
    const whole: ScopePath = { path: name, title: isGroup ? `${title}, whole` : title, source: title, from, schema };
    if (isGroup) add(schema, name, title, from, mayBeMissing, 1);
    found.push(whole);
  }
  return found.slice(0, MOST);

  function add(
    schema: JsonSchema,
    path: string,
    source: string,
    from: ScopeValue['from'],
    mayBeMissing: boolean,
    depth: number,
    above = ''
  ): void {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (!isReadable(name)) continue;
      const inner = `${path}${mayBeMissing ? '?.' : '.'}${name}`;
      const title = `${above}${field.title ?? wordsOf(name)}`;
      found.push({ path: inner, title, source, from, schema: field });
      const isOptional = mayBeMissing || !(schema.required ?? []).includes(name);
      if (field.properties && depth < DEEPEST) add(field, inner, source, from, isOptional, depth + 1, `${title} › `);
    }
  }
}

/** The schema of a path; undefined if it is not known. Writing with or without `?.` makes no difference. */
export function schemaOfPath(paths: readonly ScopePath[], path: string): JsonSchema | undefined {
  const plain = path.replaceAll('?.', '.');
  if (plain.endsWith('.length')) return { type: 'integer' };
  return paths.find((each) => each.path.replaceAll('?.', '.') === plain)?.schema;
}
