/** Checks what a form, a signal or an update sends against the declared schema, and refuses it field by field. */
import type { JsonSchema } from '@/engine/flow/document';
import { misfitsOf, UnusableSchema, type Misfit } from '@/engine/flow/schema/check';
import { Refusal } from '../failure';

/** Throws `inputInvalid` with the problems by JSON pointer. `what`: 'The input', 'The signal'. */
export function demandFits(value: unknown, schema: JsonSchema, what: string): void {
  const problems = misfits(value, schema, what);
  if (problems.length === 0) return;
  const fields = new Set(problems.map(({ at }) => at));
  throw new Refusal(
    'inputInvalid',
    `${what} does not fit: ${fields.size} ${fields.size === 1 ? 'field needs' : 'fields need'} correction.`,
    problems
  );
}

/** Publishing refuses a schema that cannot be compiled, but versions from earlier releases may have one. */
function misfits(value: unknown, schema: JsonSchema, what: string): Misfit[] {
  try {
    return misfitsOf(value, schema);
  } catch (error) {
    if (!(error instanceof UnusableSchema)) throw error;
    const message = `${what} cannot be checked: the schema of this version cannot be used. Publish the flow again.`;
    throw new Refusal('inputInvalid', message, [{ at: '/', message: error.message }], { cause: error });
  }
}
