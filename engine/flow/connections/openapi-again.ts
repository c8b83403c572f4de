/**
 * What an import of a newer document changes. [OA4] of openapi.ts.
 *
 * Rules
 * [OA8] An operation that has another id in a newer document, with the same method and path, is the same operation: it
 *       keeps the name that flows and histories have.
 */
import { canonicalJson } from '../../saga/sha256';
import type { Listed } from './openapi';
import type { Operation, OperationOf } from './operation';

export interface Reimport {
  operation: OperationOf<'http'>;
  /** Null: it is new. Empty: nothing changed. Otherwise what changed, for people. */
  changes: string[] | null;
}

/**
 * The operation that an imported one replaces: of the same name, or renamed in the document [OA8]. `listed`: all of the
 * document.
 */
export function existingFor<Row extends { operation: Operation }>(
  imported: OperationOf<'http'>,
  rows: readonly Row[],
  listed: ReadonlySet<Listed['name']>
): Row | undefined {
  const same = rows.find(({ operation }) => operation.name === imported.name);
  if (same) return same;
  const key = callKey(imported.call);
  const renamed = rows.filter(
    ({ operation: { name, call } }) => call.kind === 'http' && callKey(call) === key && !listed.has(name)
  );
  // Two that could be it are none.
  return renamed.length === 1 ? renamed[0] : undefined;
}

/** The same for two calls that are one, [OA8]. The names of fields in a path are the document's choice. */
export const callKey = ({ method, path }: { method: string; path: string }): string =>
  `${method} ${path.replace(/\{[^}]*\}/g, '{}').replace(/\/+$/, '')}`;

/** What an import makes of an operation that exists. [OA4] */
export function reimported(imported: OperationOf<'http'>, existing: Operation | undefined): Reimport {
  if (existing?.call.kind !== 'http') return { operation: imported, changes: null };
  const { idempotencyHeader, answer, retryableStatuses, notAppliedStatuses } = existing.call;
  const call = {
    ...imported.call,
    idempotencyHeader,
    answer,
    ...(retryableStatuses ? { retryableStatuses } : {}),
    ...(notAppliedStatuses ? { notAppliedStatuses } : {}),
  };
  const operation: OperationOf<'http'> = { ...existing, call, input: imported.input, output: imported.output };
  const changes: string[] = [];
  if (existing.name !== imported.name) changes.push(`called '${imported.name}' in the document`);
  if (existing.call.method !== call.method) changes.push(`method: ${existing.call.method} → ${call.method}`);
  if (existing.call.path !== call.path) changes.push(`path: ${existing.call.path} → ${call.path}`);
  for (const part of ['query', 'headers', 'body'] as const)
    if (!isSame(existing.call[part], call[part])) changes.push(`${part} changed`);
  if (!isSame(existing.call.encoding, call.encoding)) changes.push('how the body is written changed');
  changes.push(...fieldChanges('input', existing.input, imported.input));
  changes.push(...fieldChanges('answer', existing.output, imported.output));
  return { operation, changes };
}

export function fieldChanges(what: string, before: Operation['input'], after: Operation['input']): string[] {
  if (isSame(before, after)) return [];
  const [old, fresh] = [before.properties ?? {}, after.properties ?? {}];
  const found = [
    ...Object.keys(fresh)
      .filter((name) => !Object.hasOwn(old, name))
      .map((name) => `${what}: '${name}' was added`),
    ...Object.keys(old)
      .filter((name) => !Object.hasOwn(fresh, name))
      .map((name) => `${what}: '${name}' was removed`),
    ...Object.keys(fresh)
      .filter((name) => Object.hasOwn(old, name) && !isSame(old[name], fresh[name]))
      .map((name) => `${what}: '${name}' changed`),
    ...(after.required ?? [])
      .filter((name) => Object.hasOwn(old, name) && !before.required?.includes(name))
      .map((name) => `${what}: '${name}' is required now`),
    ...(before.required ?? [])
      .filter((name) => Object.hasOwn(fresh, name) && !after.required?.includes(name))
      .map((name) => `${what}: '${name}' is not required any more`),
  ];
  return found.length > 0 ? found : [`${what} changed`];
}

/** What is stored has its keywords in another order than what is read. */
const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);
