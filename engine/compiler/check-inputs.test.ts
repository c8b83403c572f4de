import { describe, expect, it } from 'vitest';
import type { CatalogueActivity } from '../flow/catalogue';
import type { JsonSchema } from '../flow/document';
import { parseFlow } from '../flow/testing/flow';
import { checkInputs } from './check-inputs';
import { compileFlow } from './testing/golden-case';

const flow = (input: unknown, more: object = {}) => ({
  format: 1,
  name: 'inputs',
  title: 'Inputs',
  input: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  steps: [{ id: 'call', kind: 'action', title: 'Call', activity: 'http.request', effect: 'none', input, ...more }],
});
const said = async (input: unknown, more: object = {}) =>
  (await compileFlow(flow(input, more))).diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path.join('.')}`);

it('[CI1] {forwardKey} may occur only in an undo or a look-up', async () => {
  expect(await said({ connection: 'shop', path: '/of/{forwardKey}' })).toEqual(['no-forward-key input.path']);
  expect(await said({ connection: 'shop', body: { of: '{forwardKey}' } })).toEqual(['no-forward-key input.body']);
  expect(await said({ connection: 'shop', body: { note: 'what {forwardKey} means' } })).toEqual([]);
  const undo = {
    title: 'Undo it',
    activity: 'http.request',
    armed: 'completed',
    input: { method: 'POST', connection: 'shop', path: '/of/{forwardKey}' },
  };
  expect(await said({ method: 'POST', connection: 'shop' }, { effect: 'reversible', undo })).toEqual([]);
});

it.each(['/a/../b', '/a/..%2fb', '/a/..;/b', '/a/%2e%2e/b', '/a%2Fb'])(
  '[CI2] the path %j is refused in a drawing, also around a value',
  async (path) => {
    expect(await said({ connection: 'shop', path })).toEqual(['path-structure input.path']);
    const around = { $expr: `\`${path}/\${input.id}\`` };
    expect(await said({ connection: 'shop', path: around })).toEqual(['path-structure input.path']);
  }
);

it('[CI3] an input that is one expression is refused, because data would choose its address', async () => {
  expect(await said({ $expr: '{ connection: input.id, path: input.id }' })).toEqual(['input-not-drawn input']);
});

it('[CI4] a step cannot replace the header of its key', async () => {
  const headers = (own: unknown) => said({ connection: 'shop', headers: own });
  expect(await headers({ 'Idempotency-Key': 'mine' })).toEqual(['own-header input.headers.Idempotency-Key']);
  expect(await headers({ 'idempotency-key': { $expr: 'input.id' } })).toEqual([
    'own-header input.headers.idempotency-key',
  ]);
  expect(await headers({ 'Idempotency-Key': '{idempotencyKey}', 'X-Key': { $expr: 'input.id' } })).toEqual([]);
});

it('[CI7] a form that cannot be written is refused in the drawing, with the field', async () => {
  const form = { kind: 'form', lists: 'indexed', groups: 'brackets' };
  const sent = (more: object) => said({ method: 'POST', connection: 'shop', encoding: form, ...more });
  expect(await sent({ body: { id: { $expr: 'input.id' }, metadata: { order: 1 } } })).toEqual([]);
  expect(await sent({ body: { $expr: 'input' } })).toEqual([]);
  expect(await sent({})).toEqual(['form-body input.encoding']);
  expect(await sent({ body: [1] })).toEqual(['form-body input.body']);
  expect(await sent({ body: { 'metadata[order]': 1 } })).toEqual(['form-body input.body']);
  expect(await sent({ body: { a: 1 }, headers: { 'Content-Type': 'text/plain' } })).toEqual([
    'form-body input.headers.Content-Type',
  ]);
  const fields = { tag: { lists: 'json', groups: 'json' } };
  expect(await sent({ body: { tags: [1] }, encoding: { ...form, fields } })).toEqual([
    'form-body input.encoding.fields.tag',
  ]);
});

const object = (properties: object, required: string[]) => ({
  type: 'object' as const,
  properties: properties as Record<string, JsonSchema>,
  required,
});
const reserve = {
  name: 'shop.reserve',
  title: 'Reserve',
  effect: 'none' as const,
  input: object(
    {
      order: { type: 'string' },
      to: object({ city: { type: 'string' }, floor: { type: 'integer' } }, ['city']),
      lines: { type: 'array', items: object({ sku: { type: 'string' } }, ['sku']) },
    },
    ['order', 'to']
  ),
  output: {},
  defaultOptions: {},
} satisfies CatalogueActivity;

/** As people count: entries of lists from 1. */
const shown = (path: string) => path.replaceAll('.', ' › ').replace(/\d+/g, (index) => String(Number(index) + 1));
describe('[CI5] a field that an activity needs and that has no value is named', () => {
  const missing = (input: unknown) =>
    checkInputs(
      parseFlow({ ...flow({}), steps: [{ id: 'r', kind: 'action', title: 'R', activity: 'shop.reserve', input }] }),
      { 'shop.reserve': reserve }
    ).map(({ path, message }) => `${path.join('.')}: ${message}`);

  it.each([
    ['nothing', {}, ['order', 'to']],
    ['a group without its field', { order: 'o', to: {} }, ['to.city']],
    ['an item of a list', { order: 'o', to: { city: 'Ulm' }, lines: [{ sku: 'a' }, {}] }, ['lines.1.sku']],
    ['an empty text: it is a value', { order: '', to: { city: '' } }, []],
    ['a group that an expression gives', { order: 'o', to: { $expr: 'input' } }, []],
    ['an input that an expression gives', { $expr: 'input' }, []],
  ])('%s', (_, input, fields) => {
    expect(missing(input)).toEqual(fields.map((each) => `input.${each}: 'Reserve' needs '${shown(each)}'.`));
  });
});

describe('[CI6] what can be read there and has the name and the type of the field is proposed', () => {
  const said = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] };
  const proposed = (input: object, more: object[] = [], needs: object = { type: 'string' }) => {
    const catalogue = {
      'shop.reserve': { ...reserve, input: object({ order: needs as JsonSchema }, ['order']) },
      'shop.quote': { ...reserve, name: 'shop.quote', input: object({}, []), output: said as JsonSchema },
    };
    const action = { id: 'r', kind: 'action', title: 'R', activity: 'shop.reserve', input: {} };
    return checkInputs(parseFlow({ ...flow({}), input, steps: [...more, action] }), catalogue)[0]?.fitting;
  };
  const of = (name: string) => {
    const both = object({ [name]: { type: 'string' } }, [name]);
    const action = { id: 'r', kind: 'action', title: 'R', activity: 'shop.reserve', input: {} };
    const catalogue = { 'shop.reserve': { ...reserve, input: both } };
    return checkInputs(parseFlow({ ...flow({}), input: both, steps: [action] }), catalogue)[0]?.fitting;
  };
  const quote = { id: 'quote', kind: 'action', title: 'Quote', activity: 'shop.quote', input: {} };
  it.each([
    ['that of the input', proposed(said, [quote]), 'input.order'],
    ['an earlier output', proposed({ type: 'object' }, [quote]), 'quote.order'],
    ['not one that may be missing', proposed({ ...said, required: [] }), undefined],
    ['not one of another type', proposed(said, [], { type: 'integer' }), undefined],
    ['not one with other values', proposed(said, [], { type: 'string', enum: ['a', 'b'] }), undefined],
    [
      'not one after a failure that was handled',
      proposed({ type: 'object' }, [{ ...quote, catch: [{ types: [], then: [] }] }]),
      undefined,
    ],
    ['not one that no expression may read', of('constructor'), undefined],
    ['nothing', proposed({ type: 'object' }), undefined],
  ])('%s', (_, found, expected) => expect(found).toBe(expected));
});

const warned = async (input: unknown, more: object = {}) =>
  (await compileFlow(flow(input, more))).diagnostics
    .filter(({ code }) => code === 'no-address')
    .map(({ code, path }) => `${code} ${path.join('.')}`);

describe('[CI8] a request has one address', () => {
  it.each<[string, object, string[]]>([
    ['none', { method: 'POST' }, ['no-address input.url']],
    ['a path without a connection', { path: '/a' }, ['no-address input.connection']],
    ['two', { connection: 'shop', url: 'https://a.example' }, ['no-address input.url']],
    ['an empty one', { url: ' ' }, ['no-address input.url']],
    ['a path in the place of a URL', { url: '/bookings' }, ['no-address input.url']],
    ['a URL', { url: 'https://a.example/{idempotencyKey}' }, []],
    ['one that is computed', { url: { $expr: '`https://a.example/${input.id}`' } }, []],
    ['a connection', { connection: 'shop' }, []],
  ])('%s', async (_, input, problems) => {
    expect(await warned(input)).toEqual(problems);
    expect(await said(input)).toEqual([]);
  });
  it('also in an undo and a look-up', async () => {
    const call = { activity: 'http.request', input: { method: 'POST' } };
    const undo = { title: 'Undo it', ...call };
    const more = { effect: 'reversible', undo, unknown: { policy: 'check', ...call } };
    expect(await warned({ connection: 'shop' }, more)).toEqual([
      'no-address undo.input.url',
      'no-address unknown.input.url',
    ]);
  });
});
