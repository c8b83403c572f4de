/** Checks a value against a flow's JSON Schema: what a form, a signal or an update sends is what its flow declared. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '@/engine/flow/document';
import { Refusal } from '../failure';
import { LRUCache } from './lru';

const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: false, useDefaults: false, addUsedSchema: false });
(addFormats as unknown as (ajv: Ajv, formats: string[]) => void)(ajv, ['date', 'date-time', 'email']);
// How people read a value; says nothing about which values there are.
for (const format of ['money', 'duration', 'percent', 'link', 'long-text']) ajv.addFormat(format, true);

const compiled = new LRUCache<string, ValidateFunction>(200);

/** Throws `inputInvalid` with the problems by JSON pointer. `what`: 'The input', 'The signal'. */
export function demandFits(value: unknown, schema: JsonSchema, what: string): void {
  const key = JSON.stringify(schema);
  let validate = compiled.get(key);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(key, validate);
  }
  if (validate(value)) return;
  const problems = (validate.errors ?? []).map(problemOf);
  const fields = new Set(problems.map(({ at }) => at));
  throw new Refusal(
    'inputInvalid',
    `${what} does not fit: ${fields.size} ${fields.size === 1 ? 'field needs' : 'fields need'} correction.`,
    problems
  );
}

function problemOf({ instancePath, keyword, params, message }: ErrorObject): { at: string; message: string } {
  const named = params as { missingProperty?: string; additionalProperty?: string; allowedValues?: unknown[] };
  if (keyword === 'required') return { at: `${instancePath}/${named.missingProperty}`, message: 'is missing' };
  if (keyword === 'additionalProperties')
    return { at: `${instancePath}/${named.additionalProperty}`, message: 'is not a field of this form' };
  if (keyword === 'enum') return { at: instancePath, message: `is one of: ${named.allowedValues?.join(', ')}` };
  return { at: instancePath || '/', message: message ?? 'is not accepted' };
}
