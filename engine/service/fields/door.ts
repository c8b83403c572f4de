/**
 * Refuses requests that set a field which the table (table.ts) says is refused, or that have a value of an enum which
 * this engine does not know: neither may be accepted without an effect.
 */
import { status } from '@grpc/grpc-js';
import type { Field, Type } from 'protobufjs';
import { operationsFailed, ServiceError } from '../errors';
import { isFate, type Fields } from './fate';
import { enumOf, isSet, messageTypeOf, protocolName, requestTypeOf } from './reflect';
import { REQUESTS } from './table';

interface Check {
  path: readonly string[];
  /** Null for a value that is accepted. */
  refusalOf(value: unknown): ServiceError | null;
}

/** Throws the refusal of a field; the message names the field. */
export function demandKnownFields(method: string, request: unknown): void {
  const ofOperations = new Map<string, ServiceError>();
  for (const { path, refusalOf } of checksOf(method)) {
    const [first, operation = ''] = path;
    for (const value of valuesAt(request, path)) {
      const refusal = refusalOf(value);
      if (!refusal) continue;
      if (first !== 'operations') throw refusal;
      if (!ofOperations.has(operation)) ofOperations.set(operation, refusal);
    }
  }
  const [refusal] = ofOperations.values();
  if (refusal)
    throw operationsFailed(
      OPERATIONS.map((name) => ofOperations.get(name) ?? 'aborted'),
      refusal.message
    );
}

/** A request with several operations fails with the error of each (errors.ts), as on a Temporal server. */
const OPERATIONS = ['startWorkflow', 'updateWorkflow'];

const checks = new Map<string, readonly Check[]>();

function checksOf(method: string): readonly Check[] {
  const known = checks.get(method);
  if (known) return known;
  const fields = Object.hasOwn(REQUESTS, method) ? REQUESTS[method] : undefined;
  const made = fields ? checksIn(requestTypeOf(method), fields, []) : [];
  checks.set(method, made);
  return made;
}

function checksIn(type: Type, fields: Fields, at: readonly string[]): Check[] {
  return type.fieldsArray.flatMap((field) => {
    const entry = fields[field.name];
    const path = [...at, field.name];
    if (!entry) return [];
    if (!isFate(entry)) return checksIn(messageTypeOf(field)!, entry, path);
    if (entry.fate === 'refused') return [refused(field, path, entry)];
    return entry.fate !== 'ignored' && enumOf(field) ? [known(field, path)] : [];
  });
}

function refused(
  field: Field,
  path: readonly string[],
  { code, why }: { code: keyof typeof status; why: string }
): Check {
  const name = protocolName(path);
  const message =
    code === 'UNIMPLEMENTED' ? `${name}: is not implemented by this engine yet: ${why}` : `${name}: ${why}`;
  return { path, refusalOf: (value) => (isSet(field, value) ? new ServiceError(status[code], message) : null) };
}

function known(field: Field, path: readonly string[]): Check {
  const { valuesById, name } = enumOf(field)!;
  const isKnown = (value: unknown) => value === undefined || value === null || Object.hasOwn(valuesById, String(value));
  const refusalOf = (value: unknown) => {
    const values: unknown[] = field.repeated || field.map ? Object.values(value ?? {}) : [value];
    const unknown = values.find((one) => !isKnown(one));
    if (unknown === undefined) return null;
    const message = `${protocolName(path)}: ${String(unknown)} is not a ${name} that this engine knows`;
    return new ServiceError(status.INVALID_ARGUMENT, message);
  };
  return { path, refusalOf };
}

/**
 * The values of a field; several where a list is on the way to it. A message that was read has its defaults in its
 * prototype, and those of a oneof would count as set.
 */
function valuesAt(message: unknown, path: readonly string[]): unknown[] {
  let values = [message];
  for (const name of path) {
    values = values
      .flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]))
      .filter((value) => value !== undefined && value !== null && Object.hasOwn(value, name))
      .map((value) => (value as Record<string, unknown>)[name]);
  }
  return values;
}
