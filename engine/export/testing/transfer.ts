/** A flow that calls an operation whose connection has a secret, a header and an address. */
import { connectionSchema } from '../../flow/connections/connection';
import { operationSchema } from '../../flow/connections/operation';

export const connection = connectionSchema.parse({
  name: 'bank',
  title: 'Bank',
  kind: 'http',
  settings: {
    address: 'https://bank.internal.example/v1',
    headers: { 'X-Client': 'backstitch' },
    auth: { kind: 'bearer', secret: 'bank-token' },
    testPath: '/',
  },
  allow: [],
  options: {},
});
export const operation = operationSchema.parse({
  connection: 'bank',
  name: 'transfer',
  title: 'Transfer',
  description: '',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/accounts/{account}/transfers',
    query: {},
    headers: {},
    body: 'rest',
    answer: 'body',
    idempotencyHeader: 'Idempotency-Key',
  },
  input: {
    type: 'object',
    required: ['account'],
    properties: { account: { type: 'string' }, cents: { type: 'integer' } },
  },
  output: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  effect: 'irreversible',
  options: {},
});
export const transfer = {
  document: {
    format: 2,
    name: 'pay-out',
    title: "Pay 'out' */",
    input: { type: 'object', required: ['account'], properties: { account: { type: 'string' } } },
    output: { type: 'object' },
    steps: [
      { id: 'ask', kind: 'approval', title: 'Ask', question: 'Pay?', data: {} },
      {
        id: 'pay',
        kind: 'action',
        title: 'Pay',
        activity: 'bank.transfer',
        input: { account: { $expr: 'input.account' }, cents: 5 },
        unknown: { policy: 'ask' },
      },
      {
        id: 'note',
        kind: 'action',
        title: 'Note',
        activity: 'http.request',
        effect: 'none',
        input: { method: 'GET', connection: 'notes', path: '/n', secretHeaders: { 'X-Key': 'notes.key' } },
      },
      {
        id: 'look',
        kind: 'action',
        title: 'Look',
        activity: 'http.request',
        effect: 'none',
        input: { method: 'GET', connection: 'bank', path: '/rates', headers: { 'x-day': 'today' } },
      },
      { id: 'done', kind: 'end', title: 'Done', output: { id: { $expr: 'pay.id' } } },
    ],
  },
  connection: { connection, operations: [operation] },
};
