import { expect, test } from 'vitest';
import type { JsonSchema } from '../flow/document';
import { payloadFor } from './signal-payload';

const schema: JsonSchema = {
  type: 'object',
  required: ['orderId', 'amount', 'ok'],
  properties: {
    orderId: { type: 'string' },
    amount: { type: 'integer', minimum: 1, maximum: 500 },
    ok: { type: 'boolean' },
    status: { type: 'string', enum: ['open', 'paid', 'settled'] },
    by: { type: 'object', properties: { id: { type: 'string' } } },
  },
};
const known = { input: { orderId: 'order-7', limits: { least: 120 } }, charge: { transactionId: 'tx-1' } };
const made = (when?: string) => payloadFor(schema, when, known, 1, 'paid');
const usual = made();

test.each([
  ['argument.orderId === input.orderId', { orderId: 'order-7' }],
  ['charge.transactionId === argument.by.id', { by: { id: 'tx-1' } }],
  ['argument.amount >= input.limits.least && argument.ok', { amount: 120, ok: true }],
  ['input.limits.least < argument.amount', { amount: 121 }],
  ['!argument.ok', { ok: false }],
  ['argument.ok !== true', { ok: false }],
  ["['paid', 'settled'].includes(argument.status)", { status: 'paid' }],
  ["argument.status === 'settled' || argument.amount > 499", { status: 'settled' }],
  ["!(argument.status !== 'paid')", { status: 'paid' }],
])('[SIP1] %s', (when, expected) => expect(made(when)).toMatchObject(expected));

test('[SIP1] a value that the schema does not allow is not taken', () => {
  expect(made('argument.amount === 501')).toEqual(usual);
  expect(made("argument.status === 'lost'")).toEqual(usual);
});

test.each([
  'argument.amount === input.constructor',
  'argument.amount === input.unheard.of',
  'argument.orderId.length > 3',
  'argument.items.some((each) => each.ok)',
  'true',
  ')(',
])('[SIP2] %s says nothing about the value', (when) => expect(made(when)).toEqual(usual));
