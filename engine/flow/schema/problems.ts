/**
 * The problems of a schema, found when the flow is drawn and when it is published. After that every value is checked
 * against the schema, and an unusable schema would make every start fail. Pure, and without the validator, so that
 * browsers can run it.
 *
 * Rules
 * [PR1] A pattern can run in bounded time (pattern.ts).
 * [PR2] `enum` has at least one value, no value twice, and each value has the declared type; so has `const`.
 * [PR3] `required` names declared properties, each once.
 * [PR4] No pair of limits excludes every value, and no length is negative.
 * [PR5] `currencyField` names a string field next to its amount.
 * [PR6] A schema has at most 2,000 parts, so that compiling it is fast.
 */
import type { JsonSchema } from '../json-schema';
import { patternProblem } from './pattern';

export interface SchemaProblem {
  /** Inside the schema. */
  path: (string | number)[];
  message: string;
  fix: string;
}
type Report = (field: (string | number)[], message: string, fix: string) => void;

const MOST_PARTS = 2_000;

/** Empty if values can be checked against the schema. */
export function schemaProblems(schema: JsonSchema): SchemaProblem[] {
  const found: SchemaProblem[] = [];
  let parts = 0;
  walk(schema, []);
  return found;

  function walk(part: JsonSchema, path: (string | number)[]): void {
    if (++parts > MOST_PARTS) {
      if (parts === MOST_PARTS + 1)
        found.push({ path: [], message: `The schema has more than ${MOST_PARTS} parts.`, fix: 'Divide it.' });
      return;
    }
    const report: Report = (field, message, fix) => void found.push({ path: [...path, ...field], message, fix });
    checkPattern(part, report);
    checkValues(part, report);
    checkRequired(part, report);
    checkLimits(part, report);
    checkCurrencies(part, report);
    for (const [name, inner] of Object.entries(part.properties ?? {})) walk(inner, [...path, 'properties', name]);
    if (part.items) walk(part.items, [...path, 'items']);
    if (typeof part.additionalProperties === 'object')
      walk(part.additionalProperties, [...path, 'additionalProperties']);
  }
}

/** [PR1] */
function checkPattern({ pattern }: JsonSchema, report: Report): void {
  const problem = pattern === undefined ? null : patternProblem(pattern);
  if (problem !== null) report(['pattern'], `The pattern ${problem}.`, 'Change the pattern.');
}

/** [PR2] */
function checkValues(schema: JsonSchema, report: Report): void {
  const { type, enum: values, const: only } = schema;
  if (values?.length === 0)
    report(['enum'], 'The list of values is empty, so no value is valid.', 'Add a value, or remove it.');
  values?.forEach((value, index) => {
    if (values.indexOf(value) < index)
      report(['enum', index], `The value ${JSON.stringify(value)} is listed twice.`, 'Remove one of them.');
    if (type && !isOfType(value, type))
      report(['enum', index], `The value ${JSON.stringify(value)} is not of type '${type}'.`, 'Change one of the two.');
  });
  if (only !== undefined && type && !isOfType(only, type))
    report(['const'], `The value ${JSON.stringify(only)} is not of type '${type}'.`, 'Change one of the two.');
}

/** [PR3] */
function checkRequired({ required = [], properties = {} }: JsonSchema, report: Report): void {
  required.forEach((name, index) => {
    const said = JSON.stringify(name);
    if (required.indexOf(name) < index) report(['required', index], `${said} is listed twice.`, 'Remove one of them.');
    if (!Object.hasOwn(properties, name)) {
      const message = `The required field ${said} is not declared.`;
      report(['required', index], message, 'Declare it, or do not require it.');
    }
  });
}

const LIMITS = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
] as const;

/** [PR4] */
function checkLimits(schema: JsonSchema, report: Report): void {
  for (const [least, most] of LIMITS) {
    const [low, high] = [schema[least], schema[most]];
    if (low !== undefined && high !== undefined && low > high)
      report([least], `'${least}' is greater than '${most}', so no value is valid.`, 'Change one of the two.');
    if (least === 'minimum') continue;
    for (const name of [least, most])
      if ((schema[name] ?? 0) < 0) report([name], `'${name}' is negative.`, 'Use 0 or more.');
  }
}

/** [PR5] */
function checkCurrencies({ properties = {} }: JsonSchema, report: Report): void {
  for (const [name, { currencyField }] of Object.entries(properties)) {
    if (currencyField === undefined) continue;
    const currency = Object.hasOwn(properties, currencyField) ? properties[currencyField] : undefined;
    if (currency && (currency.type === undefined || currency.type === 'string')) continue;
    const message = `The currency of '${name}' should be in '${currencyField}', but that is not a string field next to it.`;
    report(['properties', name, 'currencyField'], message, `Declare '${currencyField}' as a string.`);
  }
}

function isOfType(value: unknown, type: NonNullable<JsonSchema['type']>): boolean {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'object':
    case 'array':
      // A value of `enum` or `const` is not a schema.
      return false;
  }
}
