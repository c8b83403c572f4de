/**
 * The shop as a connection, with what can be ordered from it as operations: people who draw their first flow find them
 * in the palette. The example's own flow calls the shop by `http.request`, as it was released.
 */
import type { Connection } from '../../flow/connections/connection';
import type { Operation } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { SCENARIOS } from './scenario';

export const SHOP: Connection = {
  name: 'shop',
  title: 'Example shop',
  kind: 'http',
  settings: { address: { environment: 'shop' }, headers: {}, auth: { kind: 'none' }, testPath: '/health' },
  allow: [],
  options: {
    startToCloseTimeout: '5s',
    retry: { maximumAttempts: 4, initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  },
};

const text = (title: string): JsonSchema => ({ type: 'string', title });
/** Every call of an order has these. */
const ofOrder: Record<string, JsonSchema> = {
  orderId: { type: 'string', title: 'Order', minLength: 1, maxLength: 200 },
  scenario: {
    type: 'string',
    title: 'What goes wrong',
    description: 'The fault that the shop plays for this order.',
    enum: [...SCENARIOS],
  },
};
const items: JsonSchema = {
  type: 'array',
  title: 'Articles',
  items: {
    type: 'object',
    required: ['sku', 'quantity'],
    properties: {
      sku: { ...text('Article'), enum: ['THREAD-40', 'SCISSORS-8', 'LINEN-3M', 'MACHINE-1'] },
      quantity: { type: 'integer', title: 'Quantity', minimum: 1, maximum: 1_000 },
    },
  },
};
const money: Record<string, JsonSchema> = {
  amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', minimum: 1 },
  currency: text('Currency'),
};
/** Only what every step with an operation of the shop has. */
const sameOrder = { orderId: { $expr: 'input.orderId' } };

interface Parts {
  title: string;
  path: string;
  input?: Record<string, JsonSchema>;
  required?: string[];
  output?: JsonSchema;
  effect?: Operation['effect'];
  more?: Partial<Operation>;
}

function operation(name: string, parts: Parts): Operation {
  const { title, path, input = {}, required = [], output = {}, effect = 'irreversible', more = {} } = parts;
  return {
    connection: SHOP.name,
    name,
    title,
    description: '',
    call: {
      kind: 'http',
      method: 'POST',
      path,
      query: {},
      headers: {},
      body: 'rest',
      answer: 'body',
      idempotencyHeader: 'Idempotency-Key',
    },
    input: { type: 'object', required: ['orderId', ...required], properties: { ...ofOrder, ...input } },
    output,
    effect,
    options: {},
    ...more,
  };
}

const answerWith = (id: string, title: string, more: Record<string, JsonSchema> = {}): JsonSchema => ({
  type: 'object',
  required: [id],
  properties: { [id]: { ...text(title), primary: true }, orderId: text('Order'), ...more },
});
/** The shop refuses a key that was undone or settled before, so no call takes effect later. */
const refused = { lateCalls: 'refused' as const };
const undoneBy = (name: string, armed: 'completed' | 'attempted') => ({ operation: name, input: sameOrder, armed });

export const SHOP_OPERATIONS: readonly Operation[] = [
  operation('reserveInventory', {
    title: 'Reserve goods',
    path: '/reservations',
    input: { items },
    required: ['items'],
    output: answerWith('reservationId', 'Reservation', { items }),
    effect: 'reversible',
    more: { ...refused, undo: undoneBy('releaseInventory', 'attempted') },
  }),
  operation('releaseInventory', { title: 'Release the goods', path: '/reservations/release' }),
  operation('chargePayment', {
    title: 'Charge a payment',
    path: '/payments',
    input: money,
    required: ['amount', 'currency'],
    output: answerWith('transactionId', 'Transaction', money),
    effect: 'reversible',
    more: {
      ...refused,
      undo: undoneBy('refundPayment', 'completed'),
      lookup: { operation: 'findPayment', input: sameOrder },
    },
  }),
  operation('refundPayment', { title: 'Refund the payment', path: '/payments/refund' }),
  operation('findPayment', {
    title: 'Find out whether it was charged',
    path: '/payments/settle',
    effect: 'none',
    output: { type: 'object', required: ['applied'], properties: { applied: { type: 'boolean' }, output: {} } },
  }),
  operation('createShipment', {
    title: 'Send a parcel',
    path: '/shipments',
    input: {
      recipient: text('Recipient'),
      address: { ...text('Address'), format: 'long-text' },
      deliveryNote: text('Delivery note'),
      items,
    },
    required: ['recipient', 'address', 'items'],
    output: answerWith('trackingNumber', 'Tracking number', { carrier: text('Carrier') }),
    effect: 'reversible',
    more: { ...refused, undo: undoneBy('cancelShipment', 'attempted') },
  }),
  operation('cancelShipment', { title: 'Cancel the shipment', path: '/shipments/cancel' }),
  operation('sendMail', {
    title: 'Send a mail',
    path: '/mails',
    input: { to: { ...text('To'), format: 'email' }, subject: text('Subject') },
    required: ['to', 'subject'],
    output: answerWith('mailId', 'Mail'),
    more: { ...refused, lookup: { operation: 'findMail', input: sameOrder } },
  }),
  operation('findMail', {
    title: 'Find out whether the mail was sent',
    path: '/mails/settle',
    effect: 'none',
    output: { type: 'object', required: ['applied'], properties: { applied: { type: 'boolean' }, output: {} } },
  }),
];
