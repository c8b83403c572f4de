/** A call of a tool of an MCP server, over Streamable HTTP. The keys of the step are sent beside the arguments. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readJson } from '../json';
import { demandMatch, environment, failure, fieldsOf, notSent, textOf, timeoutMs, type ActivityCall } from './call';
import { connectionOf } from './connections';
import { exact, exactLines, inDigits } from './exact-messages';
import { filled, type Mapping } from './mapping';

export interface ToolCall {
  connection: string;
  tool: string;
  arguments: 'rest' | { mapping: Mapping };
  answer: 'data' | 'text';
  /** JSON Schema of the data. */
  output?: object;
}

/** The server did not carry it out: it has no such method, or the request has another form than MCP says. */
const REFUSED: ReadonlySet<number> = new Set([ErrorCode.MethodNotFound, ErrorCode.InvalidRequest]);
/**
 * Servers use the code of wrong arguments for a wrong result too, and then the tool has run: only these words count.
 */
const REFUSED_ARGUMENTS =
  /^(?:MCP error -\d+: )*(?:Unknown tool|Tool .{1,300} (?:not found|disabled)|Input validation error|Invalid arguments|Invalid tools\/call request|Invalid params\b)/i;

const isRefusal = ({ code, message }: McpError): boolean =>
  REFUSED.has(code) || (code === (ErrorCode.InvalidParams as number) && REFUSED_ARGUMENTS.test(message));

export const tool =
  ({ connection, tool: name, arguments: drawn, answer, output }: ToolCall) =>
  async (input: unknown, call: ActivityCall): Promise<unknown> => {
    const { address, authenticate } = connectionOf(connection);
    const { cancellationSignal } = Context.current();
    const args = drawn === 'rest' ? input : filled(drawn.mapping, fieldsOf(input, call), textOf);
    const transport = new StreamableHTTPClientTransport(new URL(environment(address)), {
      fetch: async (at, init = {}) => {
        const url = new URL(at);
        const headers = Object.fromEntries(new Headers(init.headers));
        const body = typeof init.body === 'string' ? inDigits(init.body) : undefined;
        const renew = await authenticate?.({ method: init.method ?? 'GET', url, headers, body: body ?? '' });
        const send = () => fetch(url, { ...init, headers, body });
        const response = await send();
        return withExactData(response.status === 401 && (await renew?.()) ? await send() : response);
      },
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 1,
        maxReconnectionDelay: 1,
        reconnectionDelayGrowFactor: 1,
      },
    });
    const client = new Client({ name: 'worker', version: '1' });
    let isCalled = false;
    try {
      await client.connect(transport, { timeout: timeoutMs() });
      isCalled = true;
      const keys = {
        'backstitch/idempotency-key': call.idempotencyKey,
        ...(call.forwardKey === undefined ? {} : { 'backstitch/idempotency-forward-key': call.forwardKey }),
      };
      const result = (await client.callTool(
        { name, arguments: (args ?? {}) as Record<string, unknown>, _meta: keys },
        undefined,
        // What was sent with an effect is not cut short: the server may carry it out all the same.
        { timeout: timeoutMs(), ...(call.hasEffect ? {} : { signal: cancellationSignal }) }
      )) as CallToolResult;
      const text = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
      if (result.isError) throw failure('ToolFailed', false, `The tool '${name}' failed: ${text.slice(0, 300)}`);
      if (answer === 'text') return { text };
      const value = result.structuredContent ?? parse(text, name);
      demandMatch(output, value, `The answer of '${name}'`);
      return value;
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const message = `The tool '${name}' failed: ${(error as Error).message}`;
      if (error instanceof McpError && isRefusal(error)) throw notSent(failure('ToolRefused', true, message));
      throw isCalled ? failure('ToolFailed', false, message) : notSent(failure('Unreachable', false, message));
    } finally {
      await client.close().catch(() => {});
    }
  };

/** Numbers that the library would round are exact data in it. */
async function withExactData(response: Response): Promise<Response> {
  const { body, status, headers } = response;
  if (body === null || status === 202 || status === 204) return response;
  if (!/^text\/event-stream\b/.test(headers.get('content-type') ?? ''))
    return new Response(exact(await response.text()), { status, headers });
  const lines = Readable.fromWeb(body as ReadableStream<Uint8Array>).compose(exactLines());
  return new Response(Readable.toWeb(lines) as BodyInit, { status, headers });
}

function parse(text: string, name: string): unknown {
  try {
    return readJson(text);
  } catch {
    throw failure('ResponseInvalid', true, `The answer of '${name}' is not JSON.`);
  }
}
