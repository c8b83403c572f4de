/** What the saga library passes to an activity beside its input (src/saga/call.ts). */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Ajv } from 'ajv';
import type { ActivityCall } from '../saga';

export type { ActivityCall };

export const failure = (type: string, nonRetryable: boolean, message: string, details?: unknown[]) =>
  ApplicationFailure.create({ type, nonRetryable, message, details });

const ajv = new Ajv({ strict: false, validateFormats: false });

/** Throws `ResponseInvalid` for an answer that does not match: what the service did is then unknown. */
export function demandMatch(schema: unknown, value: unknown, what: string): void {
  if (schema === undefined || schema === null) return;
  const matches = ajv.compile(schema as object);
  if (!matches(value)) throw failure('ResponseInvalid', true, `${what}: ${ajv.errorsText(matches.errors)}`);
}

export const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

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
