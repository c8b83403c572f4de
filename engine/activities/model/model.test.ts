/**
 * Calls of a scripted server that speaks the API of OpenAI.
 *
 * Rules
 * [MM1] The request has the limits, the schema of the answer and the credentials; the key is in no failure.
 * [MM2] What a step gets fits the declared output, with every digit. An answer that does not fit is a failure that may
 *       be tried again, at most as often as the operation says.
 * [MM3] An answer that was cut or refused is not asked for again.
 * [MM4] What only screens read is not sent; 'strict' is asked for only where services can keep it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOf } from '../../flow/connections/connection';
import type { FrozenOf } from '../../flow/connections/operation';
import type { JsonSchema } from '../../flow/json-schema';
import { callOperation, failureOf, startOperation, type Called } from '../testing/operation';
import { isStrict, plainSchema } from './schema';

const KEY = 'sk-the-key-of-the-model';
interface Seen {
  url: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}
let server: Server;
let address: string;
let seen: Seen[] = [];
let answering: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  says('{"team":"billing","urgent":true}');
});
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body = JSON.parse(text || '{}') as Record<string, unknown>;
  seen.push({ url: request.url ?? '', headers: request.headers, body });
  answering(response);
}
function json(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
/** The next answers of the model. */
function says(content: string | null, more: object = {}, message: object = {}): void {
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content, ...message }, ...more };
  answering = (response) =>
    json(response, 200, JSON.stringify({ id: 'c', object: 'chat.completion', choices: [choice] }));
}

const output: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['team', 'urgent'],
  properties: { team: { type: 'string', enum: ['billing', 'support'], primary: true }, urgent: { type: 'boolean' } },
};
const connection = (change: Partial<ConnectionOf<'model'>['settings']> = {}): ConnectionOf<'model'> => ({
  name: 'mind',
  title: 'Mind',
  kind: 'model',
  settings: { address, auth: { kind: 'bearer', secret: 'key' }, limitField: 'max_tokens', ...change },
  allow: [],
  options: {},
});
const operation = (call: Partial<FrozenOf<'model'>['call']> = {}, of = output): FrozenOf<'model'> => ({
  connection: 'mind',
  name: 'triage',
  title: 'Triage',
  call: {
    kind: 'model',
    model: 'small-1',
    system: 'You sort mails.',
    prompt: 'Which team? {mail} {order.lines} {gone}',
    answer: 'json',
    maxTokens: 200,
    temperature: 0,
    mostAnswers: 3,
    ...call,
  },
  input: { type: 'object' },
  output: of,
  effect: 'none',
  options: {},
});
const called = (change: Partial<Called> = {}): Called => ({
  connection: connection(),
  operation: operation(),
  input: { mail: 'My invoice {order} is wrong', order: { lines: [1, { $exact: '12345678901234567890' }] } },
  secrets: { key: KEY },
  meta: { idempotencyKey: 'k', hasEffect: false },
  ...change,
});

test('[MM1] the model gets the prompt, the limits and the schema; a value of the input is never a placeholder', async () => {
  expect(await callOperation(called())).toEqual({ team: 'billing', urgent: true });
  const [{ url, headers, body }] = seen as [Seen];
  expect(url).toBe('/v1/chat/completions');
  expect(headers.authorization).toBe(`Bearer ${KEY}`);
  expect(body).toEqual({
    model: 'small-1',
    messages: [
      { role: 'system', content: 'You sort mails.' },
      { role: 'user', content: 'Which team? My invoice {order} is wrong [1,12345678901234567890] ' },
    ],
    max_tokens: 200,
    temperature: 0,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'triage',
        strict: true,
        schema: {
          ...output,
          properties: { team: { type: 'string', enum: ['billing', 'support'] }, urgent: { type: 'boolean' } },
        },
      },
    },
  });
});

test('[MM1] a text needs no schema; the limit has the name that the service expects', async () => {
  says('It is billing.');
  const plain = operation({ answer: 'text', system: ' ', temperature: null }, {});
  const limited = connection({ limitField: 'max_completion_tokens' });
  expect(await callOperation(called({ operation: plain, connection: limited }))).toEqual({ text: 'It is billing.' });
  expect(Object.keys(seen[0]?.body ?? {})).toEqual(['model', 'messages', 'max_completion_tokens']);
  expect(seen[0]?.body.messages).toHaveLength(1);
});

test('[MM2] every digit of an answer is kept, and JSON between backquotes is read', async () => {
  says('```json\n{"n": 12345678901234567890}\n```');
  const big: JsonSchema = { type: 'object', properties: { n: { type: 'integer' } } };
  expect(await callOperation(called({ operation: operation({}, big) }))).toEqual({
    n: { $exact: '12345678901234567890' },
  });
});

test.each([
  ['prose', 'The team is billing.'],
  ['a value that is not allowed', '{"team":"sales","urgent":true}'],
  ['a field that is missing', '{"team":"billing"}'],
  ['a field that is not declared', '{"team":"billing","urgent":true,"more":1}'],
])('[MM2] %s is tried again twice, and then the step fails', async (_name, content) => {
  says(content);
  for (const attempt of [1, 2])
    expect(await failureOf(called({ info: { attempt } }))).toMatchObject({
      type: 'AnswerInvalid',
      nonRetryable: false,
    });
  expect(await failureOf(called({ info: { attempt: 3 } }))).toMatchObject({
    type: 'AnswerInvalid',
    nonRetryable: true,
  });
});

test.each<[string, () => void, string]>([
  ['cut', () => says('{"team":"bil', { finish_reason: 'length' }), 'AnswerTooLong'],
  ['filtered', () => says(null, { finish_reason: 'content_filter' }), 'AnswerRefused'],
  ['refused', () => says(null, {}, { refusal: 'I cannot.' }), 'AnswerRefused'],
])('[MM3] an answer that was %s is not asked for again', async (_name, prepare, type) => {
  prepare();
  expect(await failureOf(called())).toMatchObject({ type, nonRetryable: true });
});

test.each([
  [401, true],
  [429, false],
  [503, false],
])('[MM1] status %i; the key is in no failure', async (status, nonRetryable) => {
  answering = (response) => json(response, status, JSON.stringify({ error: 'no', message: `wrong key ${KEY}` }));
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'HttpStatus', nonRetryable });
  expect(JSON.stringify(failure) + failure.message).not.toContain(KEY);
});

test.each([
  ['no JSON', '<html>', 'ResponseInvalid'],
  ['no choices', '{"choices":[]}', 'ResponseInvalid'],
  ['another form', '{"choices":[null]}', 'ResponseInvalid'],
  ['more than a megabyte', `"${'x'.repeat(1_100_000)}"`, 'ResponseTooLarge'],
])('[MM2] a service that answers %s', async (_name, body, type) => {
  answering = (response) => json(response, 200, body);
  expect(await failureOf(called())).toMatchObject({ type });
});

test('[MM1] a prompt that is too long is not sent', async () => {
  const input = { mail: 'x'.repeat(500_000) };
  expect(await failureOf(called({ input }))).toMatchObject({ type: 'InvalidRequest', nonRetryable: true });
  expect(seen).toEqual([]);
});

test('[MM1] nobody waits for a model after a cancellation', async () => {
  const activity = startOperation(called());
  await new Promise<void>((resolve) => (answering = () => resolve()));
  activity.cancel();
  await expect(activity.result).rejects.toThrow('CANCELLED');
});

test('[MM4] keywords of screens are left out at every level, and never a field of that name', () => {
  const field: JsonSchema = { type: 'string', default: 'x', format: 'money', sensitive: true };
  const schema: JsonSchema = { type: 'object', properties: { default: field, on: { type: 'string', format: 'date' } } };
  expect(plainSchema({ type: 'array', items: schema })).toEqual({
    type: 'array',
    items: { type: 'object', properties: { default: { type: 'string' }, on: { type: 'string', format: 'date' } } },
  });
  expect(isStrict(schema)).toBe(false);
  expect(isStrict({ ...schema, additionalProperties: false, required: ['default', 'on'] })).toBe(true);
  expect(isStrict({ type: 'array', items: {} })).toBe(false);
});
