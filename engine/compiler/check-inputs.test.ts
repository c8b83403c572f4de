import { expect, it } from 'vitest';
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
