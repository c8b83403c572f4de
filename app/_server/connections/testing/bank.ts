/** A small payment service with books of its own: payments by idempotency key, refunds, and a look-up by key. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectionOf } from '@/engine/flow/connections/connection';
import type { OperationOf } from '@/engine/flow/connections/operation';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}
export interface Payment {
  id: string;
  order: string;
  amount: number;
  refunded: boolean;
}
/** Answers by itself and returns true, or returns false. */
export type Answering = (request: Seen, response: ServerResponse, book: () => Payment) => boolean;

export interface Bank {
  url: string;
  seen: Seen[];
  payments: Map<string, Payment>;
  /** Replaces the usual behaviour. */
  answering: Answering;
  reset(): void;
  close(): Promise<void>;
}

export async function openBank(): Promise<Bank> {
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bank: Bank = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    payments: new Map(),
    answering: () => false,
    reset() {
      bank.seen = [];
      bank.payments.clear();
      bank.answering = () => false;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? null : text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
    const one: Seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    bank.seen.push(one);
    const key = String(request.headers['x-pay-key'] ?? '');
    const book = () => {
      const { order = '', amount = 0 } = (body ?? {}) as { order?: string; amount?: number };
      const known = bank.payments.get(key) ?? { id: `p-${bank.payments.size + 1}`, order, amount, refunded: false };
      bank.payments.set(key, known);
      return known;
    };
    if (bank.answering(one, response, book)) return;
    const url = new URL(one.url, bank.url);
    const forward = String(request.headers['idempotency-forward-key'] ?? '');
    if (one.method === 'POST' && url.pathname === '/v1/payments') return answer(response, 201, book());
    const refund = /^\/v1\/payments\/([^/]+)\/refund$/.exec(url.pathname);
    if (refund) {
      const payment = bank.payments.get(forward);
      if (!payment) return answer(response, 409, { error: 'NotApplied' });
      payment.refunded = true;
      return answer(response, 200, { refunded: decodeURIComponent(refund[1] ?? '') });
    }
    if (url.pathname === '/v1/payments/find') {
      const payment = bank.payments.get(forward);
      return payment ? answer(response, 200, payment) : answer(response, 404, {});
    }
    answer(response, 200, { ok: true });
  }
  return bank;
}

export function answer(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const bankConnection = (url: string, name = 'bank'): ConnectionOf<'http'> => ({
  name,
  title: 'Bank',
  kind: 'http',
  settings: { address: `${url}/v1`, headers: { 'x-tenant': 'acme' }, auth: { kind: 'none' }, testPath: '/' },
  allow: [],
  options: { retry: { initialInterval: '10ms', maximumInterval: '20ms', maximumAttempts: 3 } },
});

const payment = {
  type: 'object' as const,
  required: ['id'],
  properties: { id: { type: 'string' as const }, amount: { type: 'integer' as const } },
};
const call = {
  kind: 'http' as const,
  query: {},
  headers: {},
  body: 'rest' as const,
  answer: 'body' as const,
  idempotencyHeader: 'X-Pay-Key',
};

export function bankOperations(connection = 'bank'): Record<'charge' | 'refund' | 'find', OperationOf<'http'>> {
  return {
    charge: {
      connection,
      name: 'charge',
      title: 'Charge a payment',
      description: 'Takes the money.',
      call: { ...call, method: 'POST', path: '/payments' },
      input: {
        type: 'object',
        required: ['order', 'amount'],
        properties: { order: { type: 'string' }, amount: { type: 'integer' } },
      },
      output: payment,
      effect: 'reversible',
      undo: { operation: 'refund', input: { payment: { $expr: 'output.id' } }, armed: 'completed' },
      lookup: { operation: 'find', input: { order: { $expr: 'input.order' } } },
      lateCalls: 'refused',
      options: {},
    },
    refund: {
      connection,
      name: 'refund',
      title: 'Refund the payment',
      description: '',
      call: { ...call, method: 'POST', path: '/payments/{payment}/refund' },
      input: { type: 'object', required: ['payment'], properties: { payment: { type: 'string' } } },
      output: {},
      effect: 'irreversible',
      options: {},
    },
    find: {
      connection,
      name: 'find',
      title: 'Find the payment',
      description: '',
      call: {
        ...call,
        method: 'GET',
        path: '/payments/find',
        query: { order: '{order}' },
        body: 'none',
        answer: 'lookup',
      },
      input: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
      output: payment,
      effect: 'none',
      options: {},
    },
  };
}

/** Charges, and fails afterwards if it is asked to. */
export const payFlow = (name: string, connection = 'bank', more: object = {}) => ({
  format: 1,
  name,
  title: 'Pay',
  input: {
    type: 'object',
    required: ['order', 'amount'],
    properties: {
      order: { type: 'string' },
      amount: { type: 'integer' },
      fails: { type: 'boolean' },
    },
  },
  output: { type: 'object', properties: { payment: { type: 'string' } } },
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      activity: `${connection}.charge`,
      input: { order: { $expr: 'input.order' }, amount: { $expr: 'input.amount' } },
      undo: {
        title: 'Refund',
        activity: `${connection}.refund`,
        input: { payment: { $expr: 'charge.id' } },
        onFailure: 'ask',
      },
      unknown: { policy: 'check', activity: `${connection}.find`, input: { order: { $expr: 'input.order' } } },
      ...more,
    },
    {
      id: 'well',
      kind: 'choice',
      title: 'Well?',
      branches: [
        {
          id: 'no',
          title: 'No',
          when: 'input.fails === true',
          steps: [{ id: 'broken', kind: 'fail', title: 'Broken', errorType: 'Broken', message: 'No.' }],
        },
      ],
      otherwise: { title: 'Yes', steps: [] },
    },
    { id: 'done', kind: 'end', title: 'Done', output: { payment: { $expr: 'charge.id' } } },
  ],
});
