/** The protobuf classes carry their definitions, which the typings do not show. */
import type { Enum, Field, Method, Type } from 'protobufjs';
import { temporal } from '../../proto';

const SERVICES = [
  temporal.api.workflowservice.v1.WorkflowService,
  temporal.api.operatorservice.v1.OperatorService,
] as unknown as { methods: Record<string, Method> }[];

/** `method`: e.g. 'StartWorkflowExecution'. */
export function requestTypeOf(method: string): Type {
  const found = SERVICES.flatMap(({ methods }) => Object.values(methods)).find(({ name }) => name === method);
  if (!found) throw new Error(`no service has a method ${method}`);
  found.resolve();
  return found.resolvedRequestType as Type;
}

/** Of a field that holds messages; null for any other. */
export function messageTypeOf(field: Field): Type | null {
  const { resolvedType } = field.resolve();
  return resolvedType && 'fieldsArray' in resolvedType ? resolvedType : null;
}

export function enumOf(field: Field): Enum | null {
  const { resolvedType } = field.resolve();
  return resolvedType && 'valuesById' in resolvedType ? resolvedType : null;
}

/**
 * True if a value differs from what the field has when nobody sets it. An empty message sets nothing; a member of a
 * oneof is set also by its default.
 */
export function isSet(field: Field, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (field.repeated || field.map) return Object.keys(value).length > 0;
  if (field.partOf) return true;
  const type = messageTypeOf(field);
  if (type) {
    const message = value as Record<string, unknown>;
    return type.fieldsArray.some((inner) => Object.hasOwn(message, inner.name) && isSet(inner, message[inner.name]));
  }
  if (value instanceof Uint8Array) return value.length > 0;
  return Number(value) !== 0 || (typeof value === 'string' && value !== '');
}

/** As the protocol's own files write it: 'workflowId' → 'workflow_id'. */
export const protocolName = (path: readonly string[]): string =>
  path.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('.');
