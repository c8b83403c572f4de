/**
 * A call of a tool of an MCP server (https://modelcontextprotocol.io), over Streamable HTTP, with the official client.
 *
 * Invariants:
 * - Nothing happened before the request 'tools/call' was sent, and if the server refused it as wrong (no such tool,
 *   wrong arguments) in words that say so. Every other failure after it leaves the outcome unknown, an error that the
 *   tool itself reports included.
 * - The key of the step is sent beside the arguments (`_meta`), because the protocol has no place of its own for it.
 * - A call with an effect that was sent is not cut short by a cancellation.
 */
import { setMaxListeners } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionOf } from '../../flow/connections/connection';
import { filled } from '../../flow/connections/mapping';
import type { Tool } from '../../flow/connections/mcp-tools';
import { readJson } from '../../flow/values/json';
import type { CallEnvironment, Carrier } from '../carrier';
import { plainText } from '../http/address';
import { originsOf } from '../http/authenticated';
import { addressOf } from '../http/carrier';
import { keepAlive } from '../http/exchange';
import { failure, invalid } from '../http/failure';
import { keysOf } from '../http/keys';
import { misfitsOf } from '../http/response-schema';
import { listSchema, resultSchema, textOf, toolIn } from './answers';
import { AnswerTooLarge, fetchOver } from './wire';

/** For a call without a limit of its own. */
const USUAL_TIMEOUT_MS = 30_000;
const MOST_TOOLS = 1_000;
const MOST_PAGES = 200;
/** Characters of all tools that are listed. */
const LARGEST_LIST = 2_000_000;
const KEY = 'backstitch/idempotency-key';
const FORWARD_KEY = 'backstitch/idempotency-forward-key';

export const mcp: Carrier<'mcp'> = {
  async call({ call, effect, output }, connection, environment, input, meta, progress) {
    const misfit = call.answer === 'data' ? misfitsOf(output, 'the answer') : () => null;
    const { idempotencyKey, forwardKey } = keysOf(meta);
    const fields = { ...(input as object | null), idempotencyKey, forwardKey };
    const args = call.arguments === 'rest' ? (input ?? {}) : (filled(call.arguments.mapping, fields, plainText) ?? {});
    if (typeof args !== 'object' || Array.isArray(args))
      throw invalid('The arguments of a tool are a group of fields.');
    const hasEffect = meta.hasEffect ?? effect !== 'none';
    const result = await connected(
      connection,
      environment,
      { hasEffect, onCall: () => progress.sending() },
      (client, options) =>
        client.request(
          {
            method: 'tools/call',
            params: {
              name: call.tool,
              arguments: args as Record<string, unknown>,
              _meta: { [KEY]: idempotencyKey, ...(forwardKey === undefined ? {} : { [FORWARD_KEY]: forwardKey }) },
            },
          },
          resultSchema,
          options
        )
    );
    const { content, structuredContent, isError } = result;
    const text = textOf(content);
    if (isError === true)
      throw failure(
        'ToolFailed',
        false,
        `The tool '${call.tool}' failed: ${environment.masking.hide(text).slice(0, 300)}`
      );
    if (call.answer === 'text') return { text };
    const value = structuredContent ?? jsonIn(text);
    const problem = value === undefined ? 'it is not JSON' : misfit(value);
    if (problem !== null)
      throw failure('ResponseInvalid', true, `The answer of '${call.tool}' does not fit its schema: ${problem}.`);
    return value;
  },
  refused: ({ type }) => type === 'ToolRefused',
  /** The tools of the server, as JSON: { server, tools, isCut }. `isCut`: there are more than these. */
  async test(connection, environment, progress) {
    const asked = { hasEffect: false, onCall: () => progress.sending(), firstCall: 'initialize' };
    return connected(connection, environment, asked, async (client, options) => {
      const tools: Tool[] = [];
      let length = 0;
      let isCut = false;
      let cursor: string | undefined;
      for (let pages = 0; !isCut && (pages === 0 || cursor !== undefined); pages++) {
        const params = cursor === undefined ? {} : { cursor };
        const page = await client.request({ method: 'tools/list', params }, listSchema, options);
        for (const tool of page.tools.map(toolIn)) {
          if (tool === null) continue;
          length += JSON.stringify(tool).length;
          isCut ||= tools.length >= MOST_TOOLS || length > LARGEST_LIST;
          if (isCut) break;
          tools.push(tool);
        }
        cursor = page.nextCursor;
        // A server can give empty pages for ever.
        isCut ||= cursor !== undefined && pages >= MOST_PAGES;
      }
      return JSON.stringify({ server: client.getServerVersion()?.name ?? '', tools, isCut });
    });
  },
};

interface Options {
  timeout: number;
  maxTotalTimeout: number;
  signal: AbortSignal;
}

async function connected<T>(
  connection: ConnectionOf<'mcp'>,
  environment: CallEnvironment,
  { hasEffect, onCall, firstCall = 'tools/call' }: { hasEffect: boolean; onCall: () => void; firstCall?: string },
  work: (client: Client, options: Options) => Promise<T>
): Promise<T> {
  const { auth } = connection.settings;
  const url = new URL(addressOf(connection, environment.config));
  const where = `The MCP server ${url.origin}${url.pathname}`;
  const guard = environment.guards.of(connection, originsOf(url, auth));
  const context = Context.current();
  const { startToCloseTimeoutMs } = context.info;
  const timeout = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : USUAL_TIMEOUT_MS;
  let isCalled = false;
  const ending = new AbortController();
  // The client library listens once for each request, and removes no listener: there is one for each page of a list.
  setMaxListeners(MOST_PAGES + 10, ending.signal);
  // A call with an effect that was sent ends by its own answer, or by its timeout.
  const leave = () => {
    if (!(isCalled && hasEffect)) ending.abort();
  };
  context.cancellationSignal.addEventListener('abort', leave, { once: true });
  if (context.cancellationSignal.aborted) leave();
  const heartbeats = keepAlive(context);
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: fetchOver({
      auth,
      environment: { ...environment, guard },
      onSending: (method) => {
        if (method === firstCall) onCall();
        isCalled ||= method === 'tools/call';
      },
    }),
    // A stream that breaks is not continued: what happened is asked for, not guessed.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const client = new Client({ name: 'backstitch', version: '1' });
  // A connection that breaks during a call is the failure of the call, at once.
  const broken = new Promise<never>((_, reject) => (transport.onerror = (error) => isCalled && reject(error)));
  broken.catch(() => {});
  const options = { timeout, maxTotalTimeout: timeout, signal: ending.signal };
  try {
    await client.connect(transport, options);
    return await Promise.race([work(client, options), broken]);
  } catch (error) {
    if (ending.signal.aborted) return await context.cancelled;
    throw asFailure(error, where, (text) => environment.masking.hide(text));
  } finally {
    clearInterval(heartbeats);
    context.cancellationSignal.removeEventListener('abort', leave);
    await client.close().catch(() => {});
  }
}

/** The server did not carry it out: it has no such method, or the request has another form than MCP says. */
const REFUSED: ReadonlySet<number> = new Set([ErrorCode.MethodNotFound, ErrorCode.InvalidRequest]);
/**
 * Servers use the code of wrong arguments for a wrong result too ('Invalid tools/call result'), and then the tool has
 * run. So it counts only with words that are about the request, which are those of the official libraries.
 */
const REFUSED_ARGUMENTS =
  /^(?:MCP error -\d+: )*(?:Unknown tool|Tool .{1,300} (?:not found|disabled)|Input validation error|Invalid arguments|Invalid tools\/call request|Invalid params\b)/i;

const isRefusal = ({ code, message }: McpError): boolean =>
  REFUSED.has(code) || (code === (ErrorCode.InvalidParams as number) && REFUSED_ARGUMENTS.test(message));

function asFailure(error: unknown, where: string, hide: (text: string) => string): unknown {
  if (error instanceof ApplicationFailure) return error;
  const { message, code } = error as { message?: string; code?: unknown };
  const said = hide(String(message ?? error)).slice(0, 300);
  if (error instanceof McpError && isRefusal(error))
    return failure('ToolRefused', true, `${where} refused it: ${said}`);
  if (
    error instanceof McpError &&
    error.code !== (ErrorCode.RequestTimeout as number) &&
    error.code !== (ErrorCode.ConnectionClosed as number)
  )
    return failure('ToolFailed', false, `${where} failed: ${said}`);
  if (code === 401 || code === 403 || code === 404)
    return failure('HttpStatus', true, `${where} answered ${code}: ${said}`);
  // A stream that breaks off in the middle has the reason as its cause.
  if (error instanceof AnswerTooLarge || (error as Error).cause instanceof AnswerTooLarge)
    return failure('ResponseTooLarge', true, `${where}: ${said}.`);
  const wrong = wordsOfIssues(error);
  if (wrong !== null)
    return failure('ResponseInvalid', true, `${where} answered in another form than MCP says: ${wrong}.`);
  return failure('Unreachable', false, `${where} did not answer: ${said}.`);
}

/** Where an answer is not what its schema says; null for another error. */
function wordsOfIssues(error: unknown): string | null {
  const { issues } = error as { issues?: unknown };
  const [first] = Array.isArray(issues) ? (issues as { path?: unknown; message?: unknown }[]) : [];
  if (!first) return null;
  const path = Array.isArray(first.path) ? first.path.map(String).join('.') : '';
  return `${path === '' ? '' : `${path}: `}${String(first.message)}`.slice(0, 200);
}

/** Undefined for a text that is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
