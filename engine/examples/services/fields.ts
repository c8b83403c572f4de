/** Fields that several example services have. */
import type { JsonSchema } from '../../flow/json-schema';

export const text = (title: string, more: Partial<JsonSchema> = {}): JsonSchema => ({
  type: 'string',
  title,
  ...(more.enum ? {} : { minLength: 1, maxLength: 300 }),
  ...more,
});
export const count = (title: string, more: Partial<JsonSchema> = {}): JsonSchema => ({
  type: 'integer',
  title,
  minimum: 0,
  ...more,
});
/** `amount` in the smallest unit of `currency`. */
export const MONEY: Readonly<Record<'amount' | 'currency', JsonSchema>> = {
  amount: {
    type: 'integer',
    title: 'Amount',
    format: 'money',
    currencyField: 'currency',
    primary: true,
    minimum: 1,
    maximum: 1_000_000_000,
  },
  currency: { type: 'string', title: 'Currency', enum: ['EUR', 'USD', 'GBP'], default: 'EUR' },
};
/** The main id that an effect gives. */
export const id = (title: string): JsonSchema => ({ type: 'string', title, primary: true });

/** 'What goes wrong' on a start form. */
export const scenarioField = ({ scenarios }: { scenarios: object }, description: string): JsonSchema => ({
  type: 'string',
  title: 'What goes wrong',
  description,
  enum: Object.keys(scenarios),
  default: 'goes-well',
});
/** A duration in milliseconds; people write '30s' or '3d'. */
export const durationField = (title: string, usualMs: number): JsonSchema => ({
  type: 'integer',
  title,
  format: 'duration',
  minimum: 1_000,
  maximum: 30 * DAY_MS,
  default: usualMs,
});
export const DAY_MS = 86_400_000;

/**
 * Makes the scenarios of a template: each gets an id of its own, `<prefix>-<number>`, and the usual input with what
 * differs.
 */
export function scenariosOf(idField: string, prefix: string, first: number, usual: Readonly<Record<string, unknown>>) {
  let number = first;
  return (name: string, title: string, description: string, more: Readonly<Record<string, unknown>> = {}) => ({
    name,
    title,
    description,
    input: { [idField]: `${prefix}-${number++}`, ...usual, scenario: name, ...more },
  });
}
