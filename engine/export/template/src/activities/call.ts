/** What the saga library passes to an activity beside its input (src/saga/call.ts). */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Ajv } from 'ajv';
import { isExactData, readPayload, withNearest, writeJson } from '../json';
import type { ActivityCall } from '../saga';

export type { ActivityCall };

export const failure = (type: string, nonRetryable: boolean, message: string, details?: unknown[]) =>
  ApplicationFailure.create({ type, nonRetryable, message, details });

const ajv = new Ajv({ strict: false, validateFormats: false });

/** Throws `ResponseInvalid` for an answer that does not match: what the service did is then unknown. */
export function demandMatch(schema: unknown, value: unknown, what: string): void {
  if (schema === undefined || schema === null) return;
  const matches = ajv.compile(schema as object);
  if (!matches(withNearest(value)))
    throw failure('ResponseInvalid', true, `${what}: ${ajv.errorsText(matches.errors)}`);
}

/** A value as a text of people: a single value as it is, and any other as JSON. */
export function textOf(value: unknown): string {
  if (isExactData(value)) return value.$exact;
  return typeof value === 'object' ? writeJson(value) : String(value);
}

/** What code returned, as a payload carries it: a big integer keeps its digits. */
export const asData = (value: unknown): unknown =>
  readPayload(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? { $exact: String(inner) } : inner)) ??
      'null'
  );

/** What placeholders of an operation name: the fields of the input, and the keys of the call. */
export function fieldsOf(input: unknown, { idempotencyKey, forwardKey }: ActivityCall): Record<string, unknown> {
  return { ...(input as object | null), idempotencyKey, forwardKey };
}

/** Milliseconds that an attempt may take. */
export const timeoutMs = (): number => Context.current().info.startToCloseTimeoutMs || 30_000;

/** A value from the environment; a step that needs a missing one waits until the worker has it. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw notSent(failure('NotConfigured', false, `The environment variable ${name} is not set.`));
}

/**
 * The failure of an attempt that sent nothing. In the first attempt it proves that the effect did not happen, so
 * nothing is undone; after that an earlier attempt may have had it.
 */
export function notSent(error: ApplicationFailure): ApplicationFailure {
  if (Context.current().info.attempt > 1) return error;
  return failure(error.type ?? 'Error', error.nonRetryable ?? false, error.message, [{ applied: false }]);
}
