/**
 * Search attributes that somebody writes: admitted only with a registered name and a value of its type, because a
 * wrong value would be listed and counted as if it were right. The limits and the values of each type are those of a
 * Temporal server (common/searchattribute/validator.go, encode_value.go; the limits in common/dynamicconfig).
 */
import { textProblem } from '../plain-text';
import type { temporal } from '../proto';
import { readPayload } from '../flow/values/json';
import { isExactData } from '../saga/exact';
import { indexedTypeName, RFC_3339, systemField } from './fields';
import type { Admission } from './record';

type Payload = temporal.api.common.v1.IPayload;
type Attributes = Readonly<Record<string, Payload>>;

const MOST = 100;
const MOST_BYTES = 2 * 1024;
const MOST_BYTES_TOGETHER = 40 * 1024;
/** The engine alone knows their values. */
const WRITTEN_BY_ENGINE = new Set([
  'TemporalReportedProblems',
  'TemporalPauseInfo',
  'SagaLateAnswers',
  'SagaPassedOn',
  'SagaAttention',
  'SagaAttentionSince',
  'SagaError',
  'SagaErrorText',
  'SagaFailedAt',
  'SagaRetriesAt',
  'SagaWaitsAt',
]);

const isText = (value: unknown) => typeof value === 'string' && textProblem(value) === null;
/** By IndexedValueType number. */
const FITS: Record<number, (value: unknown) => boolean> = {
  1: isText,
  2: isText,
  3: Number.isSafeInteger,
  // Rounded, as on a Temporal server.
  4: (value) => typeof value === 'number' || isExactData(value),
  5: (value) => typeof value === 'boolean',
  6: (value) => typeof value === 'string' && RFC_3339.test(value) && !Number.isNaN(Date.parse(value)),
};
const KEYWORD_LIST = 7;

/** `registered`: IndexedValueType numbers by name. */
export function admitAttributes(attributes: Attributes, registered: Readonly<Record<string, number>>): Admission {
  const names = Object.keys(attributes);
  if (names.length > MOST) return { name: '', problem: `${names.length} are set, at most ${MOST} are allowed` };
  const fields: Record<string, Payload> = {};
  let bytes = 0;
  for (const name of names) {
    const payload = attributes[name] ?? {};
    const problem = nameProblem(name, registered) ?? valueProblem(payload, registered[name]!);
    if (problem) return { name, problem };
    bytes += name.length + (payload.data?.length ?? 0);
    const type = new TextEncoder().encode(indexedTypeName(registered[name]));
    fields[name] = { ...payload, metadata: { ...payload.metadata, type } };
  }
  if (bytes > MOST_BYTES_TOGETHER)
    return { name: '', problem: `they have ${bytes} bytes, at most ${MOST_BYTES_TOGETHER} are allowed` };
  return { fields };
}

function nameProblem(name: string, registered: Readonly<Record<string, number>>): string | null {
  if (systemField(name) || WRITTEN_BY_ENGINE.has(name)) return 'is written by the server only';
  return Object.hasOwn(registered, name) ? null : 'is not a search attribute of this namespace';
}

function valueProblem({ data, metadata }: Payload, type: number): string | null {
  const encoding = new TextDecoder().decode(metadata?.encoding ?? new Uint8Array());
  if (!data?.length || encoding === 'binary/null') return null;
  if (data.length > MOST_BYTES) return `has ${data.length} bytes, at most ${MOST_BYTES} are allowed`;
  let value: unknown;
  try {
    value = readPayload(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return 'is not valid JSON';
  }
  // A number with more digits than a number keeps exactly is an object here, which fits Double alone.
  if (value === null) return null;
  if (type !== KEYWORD_LIST && Array.isArray(value) && value.length > 1)
    return `has ${value.length} values, and its type ${indexedTypeName(type)} has one`;
  if (isOfType(value, type)) return null;
  return `has a value that is not of its type ${indexedTypeName(type)}`;
}

/** True if a stored value is one of the type, an IndexedValueType number. A list of values fits every type. */
export function isOfType(value: unknown, type: number): boolean {
  if (type === KEYWORD_LIST) return Array.isArray(value) && value.every(isText);
  const fitsOne = FITS[type] ?? isText;
  return Array.isArray(value) ? value.every(fitsOne) : fitsOne(value);
}
