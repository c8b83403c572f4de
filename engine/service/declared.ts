/**
 * Checks inputs against the declarations of the published flow in the frontend: a value that does not match is
 * refused with the path of the field, before anything is recorded. The run makes the same check itself
 * (engine/saga/value-check.ts), because a Temporal cluster does not have this frontend; patterns and formats are
 * checked only here.
 */
import { firstInexact } from '../flow/values/inexact';
import { readPayload } from '../flow/values/json';
import type { ExpressionErrorDetail } from '../saga/contract';
import type { JsonSchema } from '../flow/document';
import { misfitsOf, UnusableSchema } from '../flow/schema/check';
import { textProblemIn } from '../plain-text';
import type { temporal } from '../proto';
import { status } from '@grpc/grpc-js';
import { invalid, ServiceError } from './errors';

type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

export interface Declared {
  /** Set: the version starts no new runs. */
  retired?: { by: string; reason: string } | null;
  /** The flows that its children run, and theirs: whoever starts it needs the right to start all of them. */
  below?: readonly string[];
  /** Some values in its runs are sensitive. */
  sensitive?: boolean;
  /** The step whose expression failed a run of this revision; null if that is not certain. */
  stepOfExpression?(revision: string, failed: ExpressionErrorDetail): string | null;
  input: JsonSchema;
  signals: Readonly<Record<string, JsonSchema>>;
  updates: Readonly<Record<string, JsonSchema>>;
}

/** Undefined for workflow types that are not a published flow: their inputs are not declared. */
export type DeclaredOf = (workflowType: string) => Declared | undefined;

/** A version of a published flow that has a searchable field of this name, in any of its revisions. */
export interface FieldWriter {
  name: string;
  flow: string;
  version: number;
  workflowType: string;
  isRetired: boolean;
}
/** All of them, by flow and version. */
export type WritersOf = (names: readonly string[]) => Promise<FieldWriter[]>;

/** Throws INVALID_ARGUMENT. `field`: of the request, e.g. 'input'. */
export function demandFits(field: string, payloads: Payloads, schema: JsonSchema): void {
  const value = valueOf(field, payloads);
  const text = textProblemIn(value);
  if (text) throw invalid(`${field}${text.at}`, text.problem);
  const [misfit] = misfits(field, value, schema);
  if (misfit) throw invalid(`${field}${misfit.at === '/' ? '' : misfit.at}`, misfit.message);
}

/** Throws FAILED_PRECONDITION if new runs of this workflow type are not to start. */
export function demandServed({ retired }: Declared, workflowType: string): void {
  if (!retired) return;
  const why = retired.reason ? `: ${retired.reason}` : '';
  const message = `${workflowType} was retired by ${retired.by || 'somebody'}${why}. It starts no new runs; start another version.`;
  throw new ServiceError(status.FAILED_PRECONDITION, message);
}

export function demandSignal(declared: Declared, name: string, field: string, payloads: Payloads): void {
  const schema = Object.hasOwn(declared.signals, name) ? declared.signals[name] : undefined;
  if (!schema) throw invalid('signal_name', `this flow declares no signal '${name}'`);
  demandFits(field, payloads, schema);
}

function misfits(field: string, value: unknown, schema: JsonSchema) {
  try {
    return misfitsOf(value, schema);
  } catch (error) {
    if (!(error instanceof UnusableSchema)) throw error;
    throw invalid(field, `cannot be checked, because the schema of this version is not usable: ${error.message}`);
  }
}

/** The first argument, which is the only one that flows read. */
function valueOf(field: string, payloads: Payloads): unknown {
  const [payload] = payloads?.payloads ?? [];
  if (!payload) return undefined;
  const encoding = new TextDecoder().decode(payload.metadata?.encoding ?? new Uint8Array());
  if (encoding === 'binary/null') return null;
  if (encoding !== 'json/plain') throw invalid(field, `has the encoding '${encoding}'; flows read json/plain`);
  let value: unknown;
  let inexact: ReturnType<typeof firstInexact>;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload.data ?? new Uint8Array());
    value = readPayload(text);
    inexact = firstInexact(text);
  } catch {
    throw invalid(field, 'is not valid JSON');
  }
  if (inexact) {
    const { at, digits } = inexact;
    throw invalid(field, `has ${digits} at ${at}, more digits than a number keeps exactly. Send it as a string`);
  }
  return value;
}
