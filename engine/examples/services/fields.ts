/** Fields that several example services have. */
import type { JsonSchema } from '../../flow/json-schema';

export const text = (title: string, more: Partial<JsonSchema> = {}): JsonSchema => ({
  type: 'string',
  title,
  minLength: 1,
  maxLength: 300,
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
