/**
 * Tools of a real MCP server, made with the official library, over a line that is cut.
 *
 * Rules
 * [TO1] A tool gets its arguments with every digit, and the key of the step; its structured answer is the output.
 * [TO2] Nothing happened before the call was sent, and if the server refused it as wrong. Everything else after it
 *       leaves the outcome unknown: an error of the tool, a line that is lost, a time that is over.
 * [TO3] The list of tools is read completely. Streams and plain answers are both read.
 * [TO5] One tool, or one part of an answer, in a form that is not known costs nothing else.
 * [TO4] Requests carry the credentials of the connection and reach its origin only; secrets are in no failure.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ConnectionOf } from '../../flow/connections/connection';
import { fromTool, listTools, toolReadAgain, type Tool } from '../../flow/connections/mcp-tools';
import type { FrozenOf } from '../../flow/connections/operation';
import { EgressGuard } from '../egress/guard';
import { Masking } from '../http/masking';
import { Operations } from '../operations';
import { runActivity } from '../testing/context';
import { openLine, type Line } from '../testing/line';
import { callOperation, failureOf, startOperation, type Called } from '../testing/operation';

const TOKEN = 'the-token-of-the-tools';
interface Booking {
  amount: unknown;
  key: unknown;
  forwardKey: unknown;
}
let server: Server;
let line: Line;
let booked: Booking[] = [];
let heads: IncomingMessage['headers'][] = [];
let bodies: string[] = [];
/** What the tool 'book' does after it has booked. */
let then: () => Promise<CallToolResult> | CallToolResult;
let asStream = false;
/** Answers 'tools/list' by itself; undefined: never. */
type Listing = (cursor: string | undefined) => object | undefined;
let listing: Listing | null = null;
/** Answers 'tools/call' by itself: a result, or an error with a code. */
let answer: object | null = null;

function toolServer(): McpServer {
  const made = new McpServer({ name: 'bookings', version: '1' });
  made.registerTool(
    'book_table',
    {
      title: 'Book a table',
      description: 'Books.',
      inputSchema: { amount: z.any(), name: z.string().optional() },
      outputSchema: { id: z.string(), big: z.any().optional() },
      annotations: { readOnlyHint: false, destructiveHint: false },
    },
    ({ amount }, { _meta = {} }) => {
      booked.push({
        amount,
        key: _meta['backstitch/idempotency-key'],
        forwardKey: _meta['backstitch/idempotency-forward-key'],
      });
      return then();
    }
  );
  made.registerTool('find', { inputSchema: { name: z.string() }, annotations: { readOnlyHint: true } }, ({ name }) => ({
    content: [{ type: 'text', text: `{"found":"${name}"}` }],
  }));
  return made;
}

beforeAll(async () => {
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  line = await openLine({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterAll(() => {
  line.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  booked = [];
  heads = [];
  bodies = [];
  asStream = false;
  listing = null;
  answer = null;
  line.cutAt = null;
  then = () => ({ content: [], structuredContent: { id: `b-${booked.length}` } });
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  heads.push(request.headers);
  bodies.push(text);
  if (request.headers.authorization !== `Bearer ${TOKEN}`)
    return void response.writeHead(401).end(`no: ${request.headers.authorization}`);
  const { id, method, params } = JSON.parse(text) as { id: number; method: string; params?: { cursor?: string } };
  if (listing && method === 'tools/list') {
    const result = listing(params?.cursor);
    if (result === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }
  if (answer && method === 'tools/call') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const said = 'code' in answer ? { error: answer } : { result: answer };
    return void response.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
  }
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: !asStream });
  await toolServer().connect(transport);
  await transport.handleRequest(request, response, JSON.parse(text));
}

const connection = (change: Partial<ConnectionOf<'mcp'>['settings']> = {}): ConnectionOf<'mcp'> => ({
  name: 'tools',
  title: 'Tools',
  kind: 'mcp',
  settings: { address: `http://127.0.0.1:${line.port}/mcp`, auth: { kind: 'bearer', secret: 'token' }, ...change },
  allow: [],
  options: {},
});
const operation = (
  call: Partial<FrozenOf<'mcp'>['call']> = {},
  change: Partial<FrozenOf<'mcp'>> = {}
): FrozenOf<'mcp'> => ({
  connection: 'tools',
  name: 'book',
  title: 'Book',
  call: { kind: 'mcp', tool: 'book_table', arguments: 'rest', answer: 'data', ...call },
  input: { type: 'object' },
  output: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  effect: 'irreversible',
  options: {},
  ...change,
});
const called = (change: Partial<Called> = {}): Called => ({
  connection: connection(),
  operation: operation(),
  input: { amount: 5 },
  secrets: { token: TOKEN },
  meta: { idempotencyKey: 'k-1', forwardKey: 'f-1', hasEffect: true },
  ...change,
});

describe.each([false, true])('answers as a stream: %s', (stream) => {
  beforeEach(() => {
    asStream = stream;
  });

  test('[TO1] [TO3] arguments and answers keep every digit, and the keys arrive', async () => {
    const big = { $exact: '12345678901234567890.5' };
    expect(await callOperation(called({ input: { amount: big } }))).toEqual({ id: 'b-1' });
    expect(bodies.join()).toContain('"amount":12345678901234567890.5');
    expect(booked).toMatchObject([{ key: 'k-1', forwardKey: 'f-1' }]);
  });

  test('[TO1] a text is JSON where the operation says so, and a text otherwise', async () => {
    const find = operation({ tool: 'find' }, { output: {}, effect: 'none' });
    expect(await callOperation(called({ operation: find, input: { name: 'Ann' } }))).toEqual({ found: 'Ann' });
    const plain = operation(
      { tool: 'find', answer: 'text', arguments: { mapping: { name: '{who}' } } },
      { output: {} }
    );
    expect(await callOperation(called({ operation: plain, input: { who: 'Bob' } }))).toEqual({
      text: '{"found":"Bob"}',
    });
  });

  test('[TO2] an error of the tool leaves the outcome unknown: it may have happened before', async () => {
    then = () => ({ isError: true, content: [{ type: 'text', text: `the kitchen burns: ${TOKEN}` }] });
    const failure = await failureOf(called());
    expect(failure).toMatchObject({ type: 'ToolFailed', nonRetryable: false });
    expect(failure.message).toContain('the kitchen burns');
    expect(failure.message).not.toContain(TOKEN);
    expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
    expect(booked).toHaveLength(1);
  });

  test('[TO2] a line that is lost after the call was sent leaves the outcome unknown', async () => {
    line.cutAt = (text) => text.includes('tools/call');
    const failure = await failureOf(called());
    expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false });
    expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
    await expect.poll(() => booked.length).toBe(1);
  });

  test('[TO2] a time that is over leaves the outcome unknown', async () => {
    then = () => new Promise(() => {});
    const failure = await failureOf(called({ info: { startToCloseTimeoutMs: 300 } }));
    expect(failure).toMatchObject({ type: 'Unreachable', nonRetryable: false });
    expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  });
});

test('[TO2] a line that is lost before the call was sent proves that nothing happened', async () => {
  line.cutAt = (text) => text.includes('"initialize"');
  expect(await failureOf(called())).toMatchObject({ type: 'Unreachable', details: [{ applied: false }] });
  expect(booked).toEqual([]);
});

test('[TO2] an answer that does not fit its schema leaves the outcome unknown', async () => {
  then = () => ({ content: [], structuredContent: { id: 'b-1', big: 1 } });
  const other = operation(
    {},
    { output: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } } }
  );
  const failure = await failureOf(called({ operation: other }));
  expect(failure).toMatchObject({ type: 'ResponseInvalid', nonRetryable: true });
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
});

test('[TO2] a call with an effect that was sent outlives a cancellation; one without is ended', async () => {
  let reached = () => {};
  const arrived = new Promise<void>((resolve) => (reached = resolve));
  let finish: (result: CallToolResult) => void = () => {};
  then = () =>
    new Promise((resolve) => {
      finish = resolve;
      reached();
    });
  const activity = startOperation(called());
  await arrived;
  activity.cancel();
  finish({ content: [], structuredContent: { id: 'b-9' } });
  expect(await activity.result).toEqual({ id: 'b-9' });

  const again = new Promise<void>((resolve) => (reached = resolve));
  const reading = startOperation(called({ meta: { idempotencyKey: 'k', hasEffect: false } }));
  await again;
  reading.cancel();
  await expect(reading.result).rejects.toThrow('CANCELLED');
});

test.each<[string, Partial<Called> & { settings?: object }, string]>([
  ['a wrong token', { secrets: { token: `${TOKEN}-old` } }, 'HttpStatus'],
  ['a secret that is not there', { secrets: {} }, 'SecretMissing'],
  ['nobody listens', { settings: { address: 'http://127.0.0.1:1/mcp' } }, 'Unreachable'],
  ['a link-local host', { settings: { address: 'http://169.254.169.254/mcp' } }, 'EgressDenied'],
])('[TO4] %s: nothing was called', async (_name, { settings = {}, ...change }, type) => {
  const failure = await failureOf(called({ ...change, connection: connection(settings) }));
  expect(failure).toMatchObject({ type, details: [{ applied: false }] });
  expect(JSON.stringify(failure) + failure.message).not.toContain(TOKEN);
  expect(booked).toEqual([]);
});

async function read(
  info: { startToCloseTimeoutMs?: number } = {}
): Promise<{ server: string; tools: Tool[]; isCut: boolean }> {
  const operations = new Operations(
    { frozen: async () => null, connection: async () => null },
    {
      config: { connections: new Map() },
      guard: new EgressGuard({ connections: new Map(), allow: [] }),
      readSecret: async () => TOKEN,
      masking: new Masking(),
      now: () => 0,
    }
  );
  const progress = { sending: () => {}, received: () => {} };
  return JSON.parse(await runActivity(() => operations.test(connection(), progress), info)) as {
    server: string;
    tools: Tool[];
    isCut: boolean;
  };
}

test('[TO3] the tools become operations, with the effect that their server proposes', async () => {
  const { server: name, tools } = await read();
  expect(name).toBe('bookings');
  const [book, find] = listTools(tools).map((listed) => fromTool(listed, 'tools'));
  expect(book).toMatchObject({
    name: 'bookTable',
    title: 'Book a table',
    effect: 'irreversible',
    call: { tool: 'book_table', answer: 'data' },
    output: { type: 'object', required: ['id'] },
    // It does not say that it may be repeated.
    options: { retry: { maximumAttempts: 1 } },
  });
  expect(find).toMatchObject({
    name: 'find',
    effect: 'none',
    call: { answer: 'text' },
    input: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    options: {},
  });
});

const many = (length: number, from = 0) =>
  Array.from({ length }, (_, at) => ({
    name: `tool_${from + at}`,
    inputSchema: { type: 'object', title: 'x'.repeat(100) },
  }));

test.each<[string, Listing, number]>([
  ['10,000 tools at once', () => ({ tools: many(10_000) }), 1_000],
  [
    'tools without an end',
    (cursor = '0') => ({ tools: many(300, Number(cursor)), nextCursor: `${Number(cursor) + 300}` }),
    1_000,
  ],
  ['empty pages without an end', () => ({ tools: [], nextCursor: 'again' }), 0],
  [
    'a tool of 3 MB after a small one',
    () => ({ tools: [...many(1), { name: 'large', inputSchema: { type: 'object', title: 'x'.repeat(3e6) } }] }),
    1,
  ],
])(
  '[TO3] of a server that lists %s, the first ones are listed, and the list says that it is cut',
  async (_name, list, length) => {
    listing = list;
    const { tools, isCut } = await read();
    expect(isCut).toBe(true);
    expect(tools).toHaveLength(length);
  }
);

test('[TO3] a list that is too large, and an answer of a tool that is, are refused with words', async () => {
  listing = () => ({ tools: [{ name: 'large', inputSchema: { type: 'object', title: 'x'.repeat(17e6) } }] });
  await expect(read()).rejects.toMatchObject({ type: 'ResponseTooLarge', nonRetryable: true });
  then = () => ({ content: [], structuredContent: { id: 'x'.repeat(1_100_000) } });
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'ResponseTooLarge', nonRetryable: true });
  expect(failure.message).toMatch(/larger than 1 MB/);
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
});

test('[TO3] a server that never says which tools it has is given up, with words', async () => {
  listing = () => undefined;
  await expect(read({ startToCloseTimeoutMs: 200 })).rejects.toMatchObject({
    type: 'Unreachable',
    message: expect.stringMatching(/did not answer/) as string,
  });
});

test('[TO3] tools that are read again show what changed, and what people decided is kept', async () => {
  const tool: Tool = { name: 'book', inputSchema: { type: 'object', properties: { a: { type: 'string' } } } };
  const [listed] = listTools([tool]);
  const first = fromTool(listed!, 'tools');
  if ('problem' in first) throw new Error(first.problem);
  const decided = { ...first, title: 'Ours', effect: 'reversible' as const, description: '' };
  expect(toolReadAgain(first, decided).changes).toEqual([]);
  const [newer] = listTools([
    { ...tool, inputSchema: { type: 'object', required: ['b'], properties: { b: { type: 'integer' } } } },
  ]);
  const second = fromTool(newer!, 'tools');
  if ('problem' in second) throw new Error(second.problem);
  const again = toolReadAgain(second, decided);
  expect(again.changes).toEqual(["input: 'b' was added", "input: 'a' was removed"]);
  expect(again.operation).toMatchObject({ title: 'Ours', effect: 'reversible', input: { required: ['b'] } });
});

test('[TO5] a tool that the client library does not understand costs no other tool, and one without a name is left out', async () => {
  listing = () => ({
    tools: [
      { name: 'good', inputSchema: { type: 'object' } },
      { name: 'anything', inputSchema: { type: 'object', properties: { x: true } }, annotations: 'none' },
      { name: 'bare', title: 7, inputSchema: true },
      { title: 'No name' },
      'no tool',
    ],
  });
  const { tools } = await read();
  expect(tools.map(({ name }) => name)).toEqual(['good', 'anything', 'bare']);
  expect(listTools(tools).map((listed) => fromTool(listed, 'tools'))).toMatchObject([
    { name: 'good' },
    { name: 'anything', input: { type: 'object', properties: { x: {} } } },
    { name: 'bare', title: 'bare', input: { type: 'object', properties: {} } },
  ]);
});

test('[TO5] a part of an answer that the client library does not understand is passed by', async () => {
  answer = { content: [{ type: 'hologram' }, { type: 'text', text: 'booked' }], structuredContent: { id: 'b-1' } };
  expect(await callOperation(called())).toEqual({ id: 'b-1' });
  const plain = operation({ answer: 'text' }, { output: {} });
  expect(await callOperation(called({ operation: plain }))).toEqual({ text: 'booked' });
});

test('[TO2] a server that refuses the result of its own tool as wrong parameters: the tool has run', async () => {
  then = () => ({ content: [{ type: 'hologram' } as never], structuredContent: { id: 'b-1' } });
  const failure = await failureOf(called());
  expect(failure).toMatchObject({ type: 'ToolFailed' });
  expect(failure.message).toContain('Invalid tools/call result');
  expect(failure.details?.[0] ?? {}).not.toHaveProperty('applied');
  expect(booked).toHaveLength(1);
});

test.each([
  [-32602, 'Unknown tool: book_table', true],
  [-32602, "Input validation error: Invalid arguments for tool 'book_table': amount", true],
  [-32602, 'Tool book_table not found', true],
  [-32601, 'Method not found', true],
  [-32602, 'Output validation error: Invalid structured content for tool book_table', false],
  [-32602, 'The account is wrong', false],
  [-32603, 'Unknown tool: book_table', false],
])('[TO2] error %d, %s: nothing happened is %s', async (code, message, isRefused) => {
  answer = { code, message };
  const failure = await failureOf(called());
  expect(failure.type).toBe(isRefused ? 'ToolRefused' : 'ToolFailed');
  expect((failure.details?.[0] as { applied?: boolean } | undefined)?.applied).toBe(isRefused ? false : undefined);
});

test('[TO5] a list that is no list is refused with the place that is wrong', async () => {
  listing = () => ({ tools: 'none' });
  await expect(read()).rejects.toMatchObject({
    type: 'ResponseInvalid',
    message: expect.stringMatching(/answered in another form than MCP says: tools: /) as string,
  });
});

test('[MT4] a tool keeps its operation when tools with a name like it come before it, and when they vanish', () => {
  const tool = (name: string): Tool => ({ name, inputSchema: { type: 'object' } });
  const operations = listTools([tool('book_table'), tool('find')]).map((listed) => {
    const made = fromTool(listed, 'tools');
    if ('problem' in made) throw new Error(made.problem);
    return made;
  });
  const names = (...tools: string[]) => listTools(tools.map(tool), operations).map(({ name }) => name);
  expect(names('book.table', 'BOOK-TABLE', 'book_table')).toEqual(['bookTable2', 'bOOKTABLE3', 'bookTable']);
  expect(names('find', 'book_table')).toEqual(['find', 'bookTable']);
  // A tool that has another name now is proposed in place of the one that is gone.
  expect(names('book.table')).toEqual(['bookTable']);
});

test('[TO3] a schema that leads to itself is left open, and one that leads elsewhere is a problem', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
  const [circular, outside] = listTools([
    { name: 'circular', inputSchema: { $ref: '#/$defs/node', $defs: { node } } },
    { name: 'outside', inputSchema: { $ref: 'https://example.com/schema.json' } },
  ]);
  expect(fromTool(circular!, 'tools')).toMatchObject({
    input: { type: 'object', properties: { next: {} } },
  });
  expect(fromTool(outside!, 'tools')).toMatchObject({ problem: expect.stringContaining('outside of this document') });
});
