/** A flow that calls an operation of every kind of connection. */
import { connectionSchema } from '../../flow/connections/connection';
import { KIND_NAMES, type Call, type Kind } from '../../flow/connections/kinds/table';
import { operationSchema } from '../../flow/connections/operation';

const bearer = { kind: 'bearer', secret: 'token' };
const login = { host: 'host.internal.example', user: 'somebody', secret: 'password', tls: 'verify' };

const SETTINGS: { [K in Kind]: object } = {
  http: { address: 'https://host.internal.example', headers: {}, auth: bearer, testPath: '/' },
  model: { address: 'https://host.internal.example/v1', auth: bearer, limitField: 'max_tokens' },
  mcp: { address: 'https://host.internal.example/mcp', auth: bearer },
  webhook: { address: 'https://host.internal.example', secret: 'signing', before: { secret: 'signing-before' } },
  sql: { ...login, port: 5432, database: 'books' },
  mail: { ...login, port: 587, tls: 'starttls', from: 'orders@example.com' },
  redis: { ...login, port: 6379, database: 0 },
  script: { timeoutMs: 1_000, memoryMb: 16 },
  code: { folder: '/srv/host.internal.example' },
};
const CALLS: { [K in Kind]: readonly (Call & { kind: K })[] } = {
  http: [
    {
      kind: 'http',
      method: 'POST',
      path: '/orders/{order}',
      query: { of: '{order}' },
      headers: {},
      body: 'rest',
      answer: 'body',
      idempotencyHeader: 'Idempotency-Key',
    },
    {
      kind: 'http',
      method: 'POST',
      path: '/orders',
      query: {},
      headers: {},
      body: { mapping: { order: '{order}', tags: ['{order}', 'new'] } },
      encoding: { kind: 'form', lists: 'indexed', groups: 'brackets' },
      answer: 'body',
      idempotencyHeader: 'Idempotency-Key',
    },
  ],
  model: [
    {
      kind: 'model',
      model: 'small-1',
      system: 'You sort "orders".',
      prompt: 'Which team? {order}',
      answer: 'json',
      maxTokens: 200,
      temperature: 0,
      mostAnswers: 3,
    },
    {
      kind: 'model',
      model: 'small-1',
      system: '',
      prompt: '{order}',
      answer: 'text',
      maxTokens: 200,
      temperature: null,
      mostAnswers: 1,
    },
  ],
  mcp: [
    { kind: 'mcp', tool: 'find', arguments: { mapping: { id: '{order}' } }, answer: 'data' },
    { kind: 'mcp', tool: 'find', arguments: 'rest', answer: 'text' },
  ],
  webhook: [
    { kind: 'webhook', event: 'order.paid', data: 'rest' },
    { kind: 'webhook', event: 'order.paid', data: { mapping: { id: '{order}' } } },
  ],
  sql: [
    { kind: 'sql', statement: 'INSERT INTO orders (id, key) VALUES ({order}, {idempotencyKey})', answer: 'none' },
    { kind: 'sql', statement: "SELECT id FROM orders WHERE id = {order} OR id = '{x}'", answer: 'all' },
  ],
  mail: [
    {
      kind: 'mail',
      to: ['{order}@example.com'],
      cc: [],
      replyTo: '',
      subject: 'Order {order}',
      text: 'It is paid.',
      answer: 'sent',
    },
  ],
  redis: [
    { kind: 'redis', stream: 'orders', fields: 'rest', maxLength: 0, keysKeptFor: '1d', answer: 'added' },
    { kind: 'redis', stream: '{order}', fields: { id: '{order}' }, maxLength: 9, keysKeptFor: '1d', answer: 'lookup' },
  ],
  script: [
    { kind: 'script', code: "const lines = [];\nlines.push(input.order);\nreturn { found: lines.join('-') }; // all" },
  ],
  code: [
    { kind: 'code', function: 'findOrder', keyField: 'key' },
    { kind: 'code', function: 'elsewhere' },
  ],
};

const ofEveryKind = KIND_NAMES.map((kind) => {
  const name = `my-${kind}`;
  const connection = connectionSchema.parse({
    name,
    title: kind,
    kind,
    settings: SETTINGS[kind],
    allow: [],
    options: {},
  });
  const operations = CALLS[kind].map((call, index) =>
    operationSchema.parse({
      connection: name,
      name: `call${index + 1}`,
      title: `Call ${kind} */`,
      description: '',
      call,
      input: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
      output: { type: 'object', properties: { found: { type: 'string' } } },
      effect: 'none',
      options: {},
    })
  );
  return { connection, operations };
});

export const EVERY_KIND = {
  document: {
    format: 2,
    name: 'every-kind',
    title: 'Every kind',
    input: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
    output: { type: 'object' },
    steps: [
      ...ofEveryKind.flatMap(({ connection: { name, kind }, operations }) =>
        operations.map((operation) => ({
          id: `${kind}-${operation.name}`,
          kind: 'action',
          title: operation.title,
          activity: `${name}.${operation.name}`,
          input: { order: { $expr: 'input.order' } },
        }))
      ),
      { id: 'done', kind: 'end', title: 'Done', output: {} },
    ],
  },
  called: ofEveryKind,
};

/** One of the two functions of the operator's folder. */
export const OWN_SOURCES = {
  findOrder: {
    file: 'orders.ts',
    text: `import { heartbeat } from '@temporalio/activity';
export async function findOrder(input: { order: string; key: string }): Promise<{ found: string }> {
  heartbeat();
  return { found: input.order };
}
`,
  },
};
