import { describe, expect, test } from 'vitest';
import { operationProblems } from './check';
import type { Connection, ConnectionOf } from './connection';
import type { Operation, OperationOf } from './operation';
import { prepared } from './sql';

const http: ConnectionOf<'http'> = {
  name: 'bank',
  title: 'Bank',
  kind: 'http',
  settings: {
    address: 'https://bank.test/v1',
    headers: {},
    auth: { kind: 'apiKey', in: 'header', name: 'X-Api-Key', secret: 's' },
    testPath: '/',
  },
  allow: [],
  options: {},
};
const pay: OperationOf<'http'> = {
  connection: 'bank',
  name: 'pay',
  title: 'Pay',
  description: '',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/orders/{order.id}/payments',
    query: {},
    headers: {},
    body: 'rest',
    answer: 'body',
    idempotencyHeader: 'X-Key',
  },
  input: {
    type: 'object',
    required: ['order'],
    properties: {
      order: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
      note: { type: 'string' },
    },
  },
  output: {},
  effect: 'reversible',
  options: {},
};
const find: OperationOf<'http'> = { ...pay, name: 'find', effect: 'none', call: { ...pay.call, answer: 'lookup' } };
function problems(
  change: object,
  call: object = {},
  of: { connection?: Connection; siblings?: Operation[] } = {}
): string[] {
  const operation = { ...pay, ...change, call: { ...pay.call, ...call } } as Operation;
  const siblings = new Map([operation, find, ...(of.siblings ?? [])].map((each) => [each.name, each]));
  return operationProblems(operation, of.connection ?? http, siblings).map(({ path }) => path.join('.'));
}

test('[OC1] a placeholder names a field of the input, or a key of the call', () => {
  expect(problems({})).toEqual([]);
  expect(problems({}, { query: { a: '{note} {idempotencyKey}' } })).toEqual([]);
  expect(problems({}, { query: { a: '{none}' } })).toEqual(['call.query.a']);
  expect(problems({}, { headers: { 'X-A': '{order.none}' } })).toEqual(['call.headers.X-A']);
  expect(problems({}, { body: { mapping: { a: ['{none}'] } } })).toEqual(['call.body.mapping']);
});

test('[OC6] a form is written of a group of fields whose names are only names', () => {
  const encoding = { kind: 'form', lists: 'indexed', groups: 'brackets' };
  expect(problems({}, { encoding })).toEqual([]);
  expect(problems({}, { encoding, body: { mapping: '{order}' } })).toEqual([]);
  expect(problems({}, { encoding, body: { mapping: { 'a[]': '{note}' } } })).toEqual([]);
  expect(problems({}, { encoding, body: 'none' })).toEqual(['call.encoding']);
  for (const mapping of [['{note}'], 7, 'text {note}', null])
    expect(problems({}, { encoding, body: { mapping } })).toEqual(['call.body.mapping']);
  expect(problems({}, { encoding, headers: { 'content-type': 'text/plain' } })).toEqual(['call.headers.content-type']);
  const input = { ...pay.input, properties: { ...pay.input.properties, 'a[]': { type: 'array' } } };
  expect(problems({ input }, { encoding })).toEqual(['call.body']);
  const fields = { other: { lists: 'json', groups: 'json' } };
  expect(problems({}, { encoding: { ...encoding, fields } })).toEqual(['call.encoding.fields.other']);
});

test.each(['/../x', '/a/%2e%2e/x', '/a?x=1', '/a#x', '/a%2fb', '\\..\\x', '/{order.id}/../x'])(
  '[OC2] the path %s is refused',
  (path) => expect(problems({}, { path })).toContain('call.path')
);
test('[OC2] a field of the path is required', () => {
  expect(problems({}, { path: '/{note}' })).toEqual(['call.path']);
  const input = { ...pay.input, properties: { order: { ...pay.input.properties?.order, required: [] } } };
  expect(problems({ input })).toEqual(['call.path']);
});

test.each(['Host', 'content-length', 'X-Key', 'Idempotency-Forward-Key', 'x-api-key'])(
  '[OC3] the header %s is not set by an operation',
  (name) => expect(problems({}, { headers: { [name]: 'x' } })).toEqual([`call.headers.${name}`])
);

describe('[OC4] related operations', () => {
  const undo = { operation: 'find', input: {}, armed: 'completed' };
  test('an undo exists, is another operation, and belongs to a reversible effect', () => {
    expect(problems({ undo })).toEqual([]);
    expect(problems({ undo: { ...undo, operation: 'pay' } })).toEqual(['undo.operation']);
    expect(problems({ undo: { ...undo, operation: 'none' } })).toEqual(['undo.operation']);
    expect(problems({ undo, effect: 'irreversible' })).toEqual(['undo']);
  });
  test('a look-up answers { applied }', () => {
    const lookup = { operation: 'find', input: {} };
    expect(problems({ lookup })).toEqual([]);
    const plain = { ...find, call: { ...find.call, answer: 'body' as const } };
    expect(problems({ lookup }, {}, { siblings: [plain] })).toEqual(['lookup.operation']);
    const own = {
      ...plain,
      output: { type: 'object' as const, properties: { applied: { type: 'boolean' as const } } },
    };
    expect(problems({ lookup }, {}, { siblings: [own] })).toEqual([]);
  });
});

test('[OC5] a schema against which nothing can be checked is refused', () => {
  expect(problems({ output: { type: 'string', enum: [] } })).toEqual(['output.enum']);
});

describe('statements', () => {
  const connection: Connection = {
    ...http,
    kind: 'sql',
    settings: { host: 'db', port: 5432, database: 'd', user: 'u', secret: '', tls: 'off' },
  };
  const of = (statement: string) => problems({}, { kind: 'sql', statement, answer: 'one' }, { connection });
  test('[QC1] placeholders are parameters, and braces in texts and comments are not', () => {
    expect(of(`SELECT {order.id}, {note}, {idempotencyKey}, '{none}', "{none}" -- {none}`)).toEqual([]);
    expect(of('SELECT {none}')).toEqual(['call.statement']);
    expect(prepared(`SELECT {a}, {b}, {a}, '{a}''{b}', $x$ {c} $x$ /* {d} */`)).toEqual({
      text: `SELECT $1, $2, $1, '{a}''{b}', $x$ {c} $x$ /* {d} */`,
      fields: [['a'], ['b']],
    });
  });
  test.each(['COMMIT', 'rollback', 'SELECT 1; SELECT 2', 'BEGIN', 'SET ROLE x', 'COPY a FROM PROGRAM $$x$$'])(
    '[QC2] %s is refused',
    (statement) => expect(of(statement)).toEqual(['call.statement'])
  );
  test('[QC2] a semicolon in a text or at the end is no second statement', () => {
    expect(of(`SELECT ';' AS a, $$;$$ AS b; `)).toEqual([]);
  });
  test('an operation of another kind than its connection is refused', () => {
    expect(problems({}, {}, { connection })).toEqual(['call.kind']);
  });
});
