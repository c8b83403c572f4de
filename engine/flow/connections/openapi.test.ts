import { describe, expect, test } from 'vitest';
import { misfitsOf } from '../schema/check';
import { operationProblems } from './check';
import type { Connection } from './connection';
import { fromOpenApi, listOpenApi, suggestUndos, type Listed } from './openapi';
import { existingFor, reimported } from './openapi-again';
import { operationSchema, type OperationOf } from './operation';

const connection: Connection = {
  name: 'pets',
  title: 'Pets',
  kind: 'http',
  settings: { address: 'https://pets.test', headers: {}, auth: { kind: 'none' }, testPath: '/' },
  allow: [],
  options: {},
};
const json = (schema: unknown) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const document = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '2.1' },
  servers: [{ url: 'https://pets.test/v1' }],
  paths: {
    '/pets': {
      parameters: [{ $ref: '#/components/parameters/Tenant' }],
      get: {
        operationId: 'list-pets',
        parameters: [
          { name: 'tag[]', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'limit', in: 'query', required: true, schema: { type: 'integer', minimum: 1, maximum: 100 } },
        ],
        responses: { 200: { content: json({ type: 'array', items: ref('Pet') }) } },
      },
      post: {
        operationId: 'createPet',
        summary: 'Create a pet',
        parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }],
        requestBody: { required: true, content: json(ref('Pet')) },
        responses: { 201: { content: json(ref('Pet')) } },
      },
    },
    '/pets/{pet-id}': {
      delete: {
        parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 204: {} },
      },
      put: {
        parameters: [{ name: 'pet-id', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: { content: json({ type: 'array', items: ref('Pet') }) },
        responses: { '2XX': { content: json({ oneOf: [ref('Pet'), { type: 'string' }] }) } },
      },
    },
    '/remote': { get: { responses: { 200: { content: json({ $ref: 'https://evil.test/schema.json' }) } } } },
    '/file': { get: { responses: { 200: { content: json({ $ref: '../../etc/passwd' }) } } } },
    '/lost': { get: { responses: { 200: { content: json(ref('Nothing')) } } } },
    '/upload': { post: { requestBody: { content: { 'image/png': {} } }, responses: {} } },
  },
  components: {
    parameters: { Tenant: { name: 'X-Tenant', in: 'header', schema: { type: 'string' } } },
    schemas: {
      Base: { type: 'object', required: ['id'], properties: { id: { type: 'string', readOnly: true } } },
      Pet: {
        allOf: [
          ref('Base'),
          {
            type: 'object',
            required: ['name', 'secret'],
            properties: {
              name: { type: 'string', maxLength: 10 },
              nickname: { type: ['string', 'null'] },
              born: { type: 'string', format: 'date' },
              secret: { type: 'string', writeOnly: true, format: 'password' },
              parent: ref('Pet'),
              friends: { type: 'array', items: ref('Pet') },
            },
          },
        ],
      },
    },
  },
};

function listed(path: string, method: string, of: unknown = document): Listed {
  const list = listOpenApi(of);
  if ('problem' in list) throw new Error(list.problem);
  const found = list.operations.find((each) => each.path === path && each.method === method);
  if (!found) throw new Error(`there is no ${method} ${path}`);
  return found;
}
function made(path: string, method: string, of: unknown = document): OperationOf<'http'> {
  const operation = fromOpenApi(of, listed(path, method, of), 'pets');
  if ('problem' in operation) throw new Error(operation.problem);
  return operation;
}

test('[OA0] parameters and the body become fields of the input, and the mapping puts each where it belongs', () => {
  expect(made('/pets', 'GET')).toMatchObject({
    name: 'listPets',
    effect: 'none',
    call: {
      path: '/pets',
      query: { 'tag[]': '{tag}', limit: '{limit}' },
      headers: { 'X-Tenant': '{xTenant}' },
      body: 'none',
    },
    input: { required: ['limit'], properties: { limit: { type: 'integer', maximum: 100 } } },
  });
  const create = made('/pets', 'POST');
  expect(create).toMatchObject({
    title: 'Create a pet',
    effect: 'irreversible',
    call: { body: 'rest', idempotencyHeader: 'Idempotency-Key' },
    input: { required: ['name', 'secret'], properties: { name: { maxLength: 10 }, secret: { sensitive: true } } },
  });
  // What the service makes is not sent, and what is only sent is not answered.
  expect(Object.keys(create.input.properties ?? {})).not.toContain('id');
  expect(Object.keys(create.output.properties ?? {})).not.toContain('secret');
  expect(made('/pets/{pet-id}', 'PUT')).toMatchObject({
    call: { path: '/pets/{petId}', body: { mapping: '{body}' } },
    input: { required: ['petId'] },
    output: {},
  });
});

test('[OA0] every converted operation can be stored', () => {
  const all = [
    made('/pets', 'GET'),
    made('/pets', 'POST'),
    made('/pets/{pet-id}', 'DELETE'),
    made('/pets/{pet-id}', 'PUT'),
  ];
  const siblings = new Map(suggestUndos(all).map((each) => [each.name, each]));
  for (const operation of siblings.values()) {
    expect(operationSchema.safeParse(operation).error).toBeUndefined();
    expect(operationProblems(operation, connection, siblings)).toEqual([]);
  }
  expect(siblings.get('createPet')).toMatchObject({
    effect: 'reversible',
    undo: { operation: 'deletePetsPetId', input: { petId: { $expr: 'output.id' } } },
  });
});

describe('[OA5] what a call creates is undone by the call that takes it back', () => {
  const answer = { type: 'object', properties: { id: { type: 'string' } } };
  const of = (calls: string[], created: unknown = answer) => {
    const paths: Record<string, Record<string, unknown>> = { '/charges': {} };
    for (const call of ['POST /charges', ...calls]) {
      const [method = '', path = ''] = call.split(' ');
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true }));
      const responses = { 200: { content: json(call === 'POST /charges' ? created : {}) } };
      (paths[path] ??= {})[method.toLowerCase()] = { parameters, responses };
    }
    const source = { openapi: '3.1.0', info: { title: 'Bank' }, paths };
    const list = listOpenApi(source);
    if ('problem' in list) throw new Error(list.problem);
    const all = list.operations.map((each) => fromOpenApi(source, each, 'bank') as OperationOf<'http'>);
    return suggestUndos(all).find(({ call }) => call.path === '/charges')?.undo;
  };
  test.each([
    ['by the refund', ['POST /charges/{charge}/refund', 'DELETE /charges/{charge}'], 'postChargesChargeRefund'],
    ['by its cancellation', ['PUT /charges/{charge}/cancellation'], 'putChargesChargeCancellation'],
    ['by its deletion', ['POST /charges/{charge}/confirm', 'DELETE /charges/{charge}'], 'deleteChargesCharge'],
  ])('%s', (_, calls, operation) => {
    expect(of(calls)).toEqual({ operation, input: { charge: { $expr: 'output.id' } }, armed: 'completed' });
  });
  test.each([
    ['two calls take it back: nobody can know which', ['POST /charges/{charge}/refund', 'POST /charges/{charge}/void']],
    ['the call needs something else', ['DELETE /charges/{charge}/lines/{line}', 'POST /charges/{a}/{b}/refund']],
    ['another collection', ['DELETE /refunds/{charge}']],
  ])('not if %s', (_, calls) => expect(of(calls)).toBeUndefined());
  test('not if the answer has no id', () => expect(of(['DELETE /charges/{charge}'], {})).toBeUndefined());
});

test.each([
  ['/remote', /outside of this document/],
  ['/file', /outside of this document/],
  ['/lost', /not in the document/],
])('[OA1] %s refers to something that is not read', (path, why) => {
  const result = fromOpenApi(document, listed(path, 'GET'), 'pets');
  expect(result).toEqual({ problem: expect.stringMatching(why) as string });
});
test('[OA7] a body that is neither JSON nor a form is refused with its type', () => {
  expect(fromOpenApi(document, listed('/upload', 'POST'), 'pets')).toEqual({
    problem: 'It sends image/png; only JSON and forms can be sent.',
  });
});

describe('[OA2] the result is bounded', () => {
  test('a schema inside itself is left open where it begins again', () => {
    const { output } = made('/pets', 'POST');
    expect(output.properties?.parent).toEqual({});
    expect(output.properties?.friends).toEqual({ type: 'array', items: {} });
  });

  test('references in a circle, references to themselves and a bomb of references', () => {
    const schemas: Record<string, unknown> = { Self: ref('Self'), One: ref('Two'), Two: ref('One') };
    for (let level = 0; level < 30; level++)
      schemas[`Bomb${level}`] = {
        type: 'object',
        properties: { a: ref(`Bomb${level + 1}`), b: ref(`Bomb${level + 1}`) },
      };
    schemas.Bomb30 = { type: 'string' };
    const of = (name: string) => ({
      openapi: '3.0.3',
      paths: { '/x': { get: { responses: { 200: { content: json(ref(name)) } } } } },
      components: { schemas, responses: {} },
    });
    expect(made('/x', 'GET', of('Self')).output).toEqual({});
    expect(made('/x', 'GET', of('One')).output).toEqual({});
    expect(JSON.stringify(made('/x', 'GET', of('Bomb0')).output).length).toBeLessThan(30_000);
    const looped = {
      openapi: '3.0.3',
      paths: { '/x': { get: { parameters: [{ $ref: '#/paths/~1x/get/parameters/0' }], responses: {} } } },
    };
    expect(fromOpenApi(looped, listed('/x', 'GET', looped), 'pets')).toEqual({
      problem: expect.stringContaining('leads to itself') as string,
    });
  });

  test('5,000 operations are listed with unique names', () => {
    const operation = { operationId: 'doIt', responses: {} };
    const paths = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`/p${at}`, { get: operation }]));
    const list = listOpenApi({ openapi: '3.0.0', paths });
    if ('problem' in list) throw new Error(list.problem);
    expect(list.operations).toHaveLength(5_000);
    expect(new Set(list.operations.map(({ name }) => name.toLowerCase())).size).toBe(5_000);
  });

  test.each([null, 7, [], {}, { swagger: '2.0' }, { openapi: '4.0' }, { openapi: 3 }])(
    '%j is refused in words',
    (of) => {
      expect(listOpenApi(of)).toEqual({
        problem: expect.stringContaining('OpenAPI 3.0 to 3.2 can be imported') as string,
      });
    }
  );

  test('parts of a wrong type are skipped', () => {
    const of = {
      openapi: '3.1.0',
      paths: { '/a': 7, b: {}, '/c': { get: { parameters: 'x', responses: [1] } } },
      servers: 3,
    };
    expect(made('/c', 'GET', of)).toMatchObject({ input: { properties: {} }, output: {} });
  });
});

test('[OA3] null and alternatives in an answer fit the output', () => {
  const { output } = made('/pets', 'POST');
  const pet = { id: '1', name: 'a name that is longer than what may be sent', nickname: null, more: true };
  expect(misfitsOf(pet, output)).toEqual([]);
  expect(misfitsOf({ ...pet, id: 1 }, output)).not.toEqual([]);
});

test('[OA4] importing again keeps what people decided, and says what changed', () => {
  const first = made('/pets', 'POST');
  const own: OperationOf<'http'> = {
    ...first,
    title: 'Adopt a pet',
    effect: 'reversible',
    undo: { operation: 'deletePetsPetId', input: {}, armed: 'attempted' },
    call: { ...first.call, idempotencyHeader: 'X-Key', notAppliedStatuses: [422] },
  };
  expect(reimported(first, undefined).changes).toBe(null);
  expect(reimported(first, own)).toEqual({ operation: own, changes: [] });
  // As the server has stored it, with the keywords of its schemas in another order.
  expect(reimported(first, operationSchema.parse(own)).changes).toEqual([]);

  const newer = structuredClone(document);
  const pet = newer.components.schemas.Pet.allOf[1] as { required: string[]; properties: Record<string, unknown> };
  delete pet.properties.born;
  pet.properties.colour = { type: 'string' };
  pet.required.push('nickname');
  const { operation, changes } = reimported(made('/pets', 'POST', newer), own);
  expect(changes).toEqual(
    expect.arrayContaining([
      "input: 'colour' was added",
      "input: 'born' was removed",
      "input: 'nickname' is required now",
    ])
  );
  expect(operation).toMatchObject({ title: 'Adopt a pet', effect: 'reversible', call: { idempotencyHeader: 'X-Key' } });
});

test('[OA8] an operation whose id is another one in a newer document keeps its name', () => {
  const before = made('/pets/{pet-id}', 'PUT');
  const after = { ...before, name: 'replacePet', call: { ...before.call, path: '/pets/{id}' } };
  const rows = [{ operation: before }, { operation: made('/pets', 'GET') }];
  const found = existingFor(after, rows, new Set(['replacePet', 'listPets']));
  expect(found?.operation).toBe(before);
  const { operation, changes } = reimported(after, found?.operation);
  expect(operation.name).toBe(before.name);
  expect(changes).toContain("called 'replacePet' in the document");
  // The document still has the old one, or two could be it.
  expect(existingFor(after, rows, new Set(['replacePet', before.name]))).toBeUndefined();
  const twice = [...rows, { operation: { ...before, name: 'other' } }];
  expect(existingFor(after, twice, new Set(['replacePet']))).toBeUndefined();
});

test('texts of a document have no hidden characters', () => {
  const source = {
    openapi: '3.1.0',
    info: { title: 'Pay\u202Eyap' },
    paths: { '/x': { post: { summary: 'Refund\u202E 001\nmore', description: 'a\u200Bb', responses: {} } } },
  };
  expect(listOpenApi(source)).toMatchObject({
    title: 'Pay⟨U+202E⟩yap',
    operations: [{ title: 'Refund⟨U+202E⟩ 001 more' }],
  });
  expect(fromOpenApi(source, listed('/x', 'POST', source), 'pets')).toMatchObject({ description: 'a⟨U+200B⟩b' });
});

/** The operation GET or POST /x with these parts. */
const single = (operation: object, rest: object = {}, path = '/x') => {
  const source = { openapi: '3.1.0', paths: { [path]: { post: { responses: {}, ...operation } } }, ...rest };
  return fromOpenApi(source, listed(path, 'POST', source), 'pets');
};
const parameter = (more: object) => single({ parameters: [{ name: 'p', in: 'query', ...more }] });
const list = { type: 'array', items: { type: 'string' } };
const group = { type: 'object', properties: { status: { type: 'string' }, 'max-age': { type: 'integer' } } };

describe('[OA6] a parameter is sent in the style that the document names', () => {
  test.each([
    ['a list, one parameter an entry', { schema: list }, { p: '{p}' }],
    ['a list with commas', { schema: list, explode: false }, { p: '{p}' }],
    ['a list with bars', { schema: list, style: 'pipeDelimited', explode: false }, { p: '{p}' }],
    [
      'a deep object',
      { schema: group, style: 'deepObject', explode: true },
      { 'p[status]': '{p.status}', 'p[max-age]': '{p.max-age}' },
    ],
    ['a group, one parameter a field', { schema: group }, { status: '{p.status}', 'max-age': '{p.max-age}' }],
    ['JSON', { content: json(group) }, { p: '{p}' }],
  ])('%s', (_, more, query) => {
    const result = parameter(more);
    expect(result).toMatchObject({ call: { query } });
    const operation = result as OperationOf<'http'>;
    expect(operationProblems(operation, connection, new Map([[operation.name, operation]]))).toEqual([]);
    const isOneText = 'explode' in more && more.explode === false;
    if (isOneText) expect(operation.input.properties?.p).toMatchObject({ type: 'string' });
  });

  test.each([
    ['a group in one text', { schema: group, explode: false }],
    ['a group in a group', { schema: { type: 'object', properties: { a: group } }, style: 'deepObject' }],
    ['a group without known fields', { schema: { type: 'object' }, style: 'deepObject' }],
    ['a list in a deep object', { schema: { type: 'object', properties: { a: list } }, style: 'deepObject' }],
    ['a style of paths', { in: 'path', schema: { type: 'string' }, style: 'matrix' }],
    ['a cookie', { in: 'cookie', schema: { type: 'string' } }],
  ])('%s is refused if it is needed, and otherwise left out in words', (_, more) => {
    expect(parameter({ ...more, required: true })).toEqual({ problem: expect.stringContaining("'p'") as string });
    if ('in' in more && more.in === 'path') return;
    expect(parameter(more)).toMatchObject({
      description: expect.stringContaining('Left out: It') as string,
      input: { properties: {} },
      call: { query: {} },
    });
  });

  test('the parts of a deep object are not sent in the body, too', () => {
    const result = single({
      parameters: [{ name: 'p', in: 'query', schema: group, style: 'deepObject' }],
      requestBody: { content: json({ type: 'object', properties: { note: { type: 'string' } } }) },
    });
    expect(result).toMatchObject({ call: { body: { mapping: { note: '{note}' } } } });
  });

  test('names that every object has are fields of their own', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const result = single({ parameters: names.map((name) => ({ name, in: 'query', schema: { type: 'string' } })) });
    expect(Object.keys((result as OperationOf<'http'>).input.properties ?? {})).toEqual([
      'constructorField',
      '__proto__Field',
      'toStringField',
    ]);
    const merged = single({
      requestBody: {
        content: json({
          allOf: [{ type: 'object', properties: JSON.parse('{"__proto__":{"type":"string"}}') as object }],
        }),
      },
    });
    expect(JSON.stringify(merged)).toContain('"__proto__":{"type":"string"}');
    const format = single({
      parameters: [{ name: 'p', in: 'query', schema: { type: 'string', format: 'constructor' } }],
    });
    expect(operationSchema.safeParse(format).error).toBeUndefined();
  });
});

describe('[OA7] a form is written as the document says for each field', () => {
  const URL_ENCODED = 'application/x-www-form-urlencoded';
  const map = { type: 'object', additionalProperties: { type: 'string' } };
  const form = (properties: object, encoding: object = {}, more: object = {}, type = URL_ENCODED) =>
    single({ requestBody: { content: { [type]: { schema: { type: 'object', properties, ...more }, encoding } } } });
  const stored = (result: ReturnType<typeof form>) => {
    const operation = result as OperationOf<'http'>;
    expect(operationSchema.safeParse(operation).error).toBeUndefined();
    expect(operationProblems(operation, connection, new Map([[operation.name, operation]]))).toEqual([]);
    return operation;
  };
  const amount = { type: 'integer' };

  test('as a payment service does it: groups in brackets, and lists with numbers', () => {
    const deep = { explode: true, style: 'deepObject' };
    const either = { anyOf: [map, { type: 'string', enum: [''] }] };
    const result = form(
      {
        amount,
        expand: list,
        metadata: either,
        shipping: { type: 'object', properties: { name: { type: 'string' } } },
      },
      { expand: deep, metadata: deep, shipping: deep },
      { required: ['amount'] }
    );
    expect(stored(result)).toMatchObject({
      call: { body: 'rest', encoding: { kind: 'form', lists: 'indexed', groups: 'brackets' } },
      input: { required: ['amount'], properties: { amount, expand: list, metadata: {} } },
    });
    expect((result as OperationOf<'http'>).call.encoding).not.toHaveProperty('fields');
  });

  test('without a word about it: a list repeats its field, and a group is JSON', () => {
    expect(stored(form({ to: list, data: map }))).toMatchObject({
      call: { encoding: { kind: 'form', lists: 'repeated', groups: 'json' } },
    });
  });

  test('each field in its own style', () => {
    const result = form(
      { to: list, tags: list, ids: list, blocks: list, meta: map },
      {
        tags: { explode: false },
        ids: { style: 'form' },
        blocks: { contentType: 'application/json' },
        meta: { style: 'deepObject' },
      }
    );
    expect(stored(result).call.encoding).toEqual({
      kind: 'form',
      lists: 'repeated',
      groups: 'json',
      fields: {
        tags: { lists: 'commas', groups: 'json' },
        blocks: { lists: 'json', groups: 'json' },
        meta: { lists: 'indexed', groups: 'brackets' },
      },
    });
  });

  test('names of fields that no input can have are written by a mapping', () => {
    expect(stored(form({ 'expand[]': list, amount }, {}, { required: ['expand[]'] }))).toMatchObject({
      call: { body: { mapping: { 'expand[]': '{expand}', amount: '{amount}' } } },
      input: { required: ['expand'], properties: { expand: list } },
    });
  });

  test('a form without fields is no body, JSON is preferred, and an open form takes any group', () => {
    expect(stored(form({})).call).not.toHaveProperty('encoding');
    const both = { content: { [URL_ENCODED]: { schema: map }, ...json({ type: 'object', properties: { amount } }) } };
    expect(stored(single({ requestBody: both })).call).toMatchObject({ body: 'rest' });
    expect(stored(single({ requestBody: both })).call).not.toHaveProperty('encoding');
    const open = { content: { [URL_ENCODED]: { schema: map } }, required: true };
    expect(stored(single({ requestBody: open }))).toMatchObject({
      call: { body: { mapping: '{body}' }, encoding: { kind: 'form' } },
      input: { required: ['body'], properties: { body: { type: 'object' } } },
    });
  });

  test.each([
    ['a list with spaces', { to: list }, { to: { style: 'spaceDelimited' } }],
    ['the fields of a group as fields of the form', { to: map }, { to: { style: 'form' } }],
  ])('%s is refused if it is needed, and otherwise left out in words', (_, properties, encoding) => {
    expect(form(properties, encoding, { required: ['to'] })).toEqual({
      problem: expect.stringContaining("'to'") as string,
    });
    expect(stored(form({ ...properties, amount }, encoding))).toMatchObject({
      description: expect.stringContaining('Left out: It sends a style of its own') as string,
      input: { properties: { amount } },
    });
  });

  test('a form with parts has texts, and no files', () => {
    const file = { type: 'string', format: 'binary' };
    const parts = (more: object, required: string[] = []) =>
      form({ purpose: { type: 'string' }, meta: map, ...more }, {}, { required }, 'multipart/form-data');
    expect(stored(parts({}))).toMatchObject({ call: { encoding: { kind: 'multipart', groups: 'json' } } });
    expect(stored(parts({ file }))).toMatchObject({
      description: expect.stringContaining("a file in 'file'") as string,
      input: { properties: { purpose: { type: 'string' } } },
    });
    expect(parts({ file }, ['file'])).toEqual({ problem: "It sends a file in 'file', which cannot be sent." });
    expect(parts({ file: { type: 'array', items: file } }, ['file'])).toHaveProperty('problem');
    expect(parts({ file: { type: 'string', contentMediaType: 'image/png' } }, ['file'])).toHaveProperty('problem');
  });

  test('[OA4] an import of a newer document says that the body is written in another way', () => {
    const before = stored(form({ to: list }));
    const after = stored(form({ to: list }, { to: { explode: false } }));
    expect(reimported(after, before).changes).toEqual(['how the body is written changed']);
    expect(reimported(after, before).operation.call.encoding).toMatchObject({ lists: 'commas' });
  });
});

test('[OA1] a path may be described elsewhere in the document, and not in another one', () => {
  const source = {
    openapi: '3.1.0',
    paths: { '/a': { $ref: '#/components/pathItems/A' }, '/b': { $ref: './b.yaml' } },
    components: { pathItems: { A: { get: { operationId: 'a', responses: {} } } } },
  };
  expect(listOpenApi(source)).toMatchObject({ operations: [{ name: 'a', path: '/a' }], elsewhere: ['/b'] });
  expect(fromOpenApi(source, listed('/a', 'GET', source), 'pets')).toMatchObject({ name: 'a' });
});

test('[OA3] an answer of any status that means success fits the output', () => {
  const of = (responses: object) => (single({ responses }) as OperationOf<'http'>).output;
  const pet = { content: json({ type: 'object', properties: { id: { type: 'string' } } }) };
  expect(of({ 200: pet, 201: pet })).toMatchObject({ type: 'object' });
  expect(of({ 200: pet, 204: {} })).toEqual({});
  expect(of({ 200: pet, 202: { content: json({ type: 'string' }) } })).toEqual({});
});

test('servers are whole addresses, and an operation with another one is refused', () => {
  const servers = [
    { url: 'https://{region}.pets.test/{base}/', variables: { region: { default: 'eu' }, base: { default: 'v1' } } },
    { url: '/relative' },
    { url: 'https://{unknown}.pets.test' },
  ];
  expect(listOpenApi({ openapi: '3.1.0', servers })).toMatchObject({ servers: ['https://eu.pets.test/v1'] });
  expect(single({ servers: [{ url: 'https://files.test' }] }, { servers })).toEqual({
    problem: expect.stringContaining('https://files.test') as string,
  });
  expect(single({ servers: [{ url: 'https://eu.pets.test/v1' }] }, { servers })).toHaveProperty('call');
});
