/** Checks an answer against the schema that its step gives. */
import { ApplicationFailure } from '@temporalio/common';
import { jsonSchemaSchema } from '../../flow/json-schema';
import { compileSchema, UnusableSchema } from '../../flow/schema/check';

/**
 * Returns where and why a value does not match; null if it matches. Throws `InvalidRequest` for a schema that cannot
 * be used.
 */
export function misfitsOf(schema: unknown, whole = 'the body'): (value: unknown) => string | null {
  const check = compile(schema);
  return (value) => {
    const [first] = check(value);
    return first ? `${first.at === '/' ? whole : first.at} ${first.message}` : null;
  };
}

function compile(schema: unknown): ReturnType<typeof compileSchema> {
  const parsed = jsonSchemaSchema.safeParse(schema);
  if (!parsed.success) throw unusable('it is not one of the schemas that flows use');
  try {
    return compileSchema(parsed.data);
  } catch (error) {
    throw error instanceof UnusableSchema ? unusable(error.message) : error;
  }
}

function unusable(why: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'InvalidRequest',
    nonRetryable: true,
    message: `The response schema cannot be used: ${why.replace(/\.$/, '')}.`,
  });
}
