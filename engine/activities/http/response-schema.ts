/** Checks an answer against the schema that its step gives. */
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ApplicationFailure } from '@temporalio/common';
import { jsonSchemaSchema, type JsonSchema } from '../../flow/document';

const ajv = new Ajv({ strict: false, allErrors: false, logger: false });
addFormats(ajv, ['date', 'date-time', 'email']);
// How people read a value (money, percent, link, …) is no rule for a service's answer.
for (const format of ['money', 'duration', 'percent', 'link', 'long-text']) ajv.addFormat(format, true);

const CACHE_LIMIT = 500;
const compiled = new Map<string, ValidateFunction>();

/** Tells where and why a value does not fit, or null. Throws `InvalidRequest` for a schema that cannot be used. */
export function misfitsOf(schema: unknown): (value: unknown) => string | null {
  const validate = compileSchema(schema);
  return (value) => {
    if (validate(value)) return null;
    const [first] = validate.errors ?? [];
    return `${first?.instancePath || 'the body'} ${first?.message ?? 'does not fit'}`;
  };
}

function compileSchema(schema: unknown): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  const parsed = jsonSchemaSchema.safeParse(schema);
  if (!parsed.success) throw unusable('it is not one of the schemas that flows use');
  // A regular expression is a program that may never end, and this runs in the engine's own process.
  if (hasPattern(parsed.data)) throw unusable('it has a pattern; check that in the flow instead');
  if (compiled.size >= CACHE_LIMIT) compiled.clear();
  const validate = ajv.compile(parsed.data);
  compiled.set(text, validate);
  return validate;
}

function hasPattern(schema: JsonSchema): boolean {
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return schema.pattern !== undefined || below.some((part) => typeof part === 'object' && hasPattern(part));
}

function unusable(why: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'InvalidRequest',
    nonRetryable: true,
    message: `The response schema cannot be used: ${why}.`,
  });
}
