/**
 * A server of the Model Context Protocol in front of those example services that are called as tools, at the address of
 * all example services itself: POST /services. It says that it belongs to an example, and books nothing of its own:
 * each call is passed to the HTTP address of the service with the keys that came beside the arguments
 * (engine/activities/mcp/carrier.ts).
 *
 * Rules
 * [ET1] A tool is refused before anything happens if there is none of this name or if its arguments do not match. Every
 * other failure of the service is one of the tool, and an answer that the service loses is lost to the caller too.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type CallToolResult,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { JsonSchema } from '../../flow/json-schema';
import { readJson } from '../books/http';
import { connectionOf } from './connection';
import { pathsOf, type Service } from './service';

/** Keys of the caller → headers of the service. */
const KEYS = {
  'backstitch/idempotency-key': 'idempotency-key',
  'backstitch/idempotency-forward-key': 'idempotency-forward-key',
} as const;

/** `own`: the address of the example services, without a slash at its end. */
export async function answerAsTools(
  services: readonly Service[],
  own: string,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const body = await readJson(request);
  const server = new Server({ name: 'backstitch-example-tools', version: '1' }, { capabilities: { tools: {} } });
  const tools = services.flatMap(toolsOf);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(({ tool }) => tool) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const called = tools.find(({ tool }) => tool.name === params.name);
    if (!called) throw new McpError(ErrorCode.InvalidParams, `There is no tool '${params.name}'.`);
    const keys = Object.entries(KEYS).flatMap(([name, header]) => {
      const key = params._meta?.[name];
      return typeof key === 'string' ? [[header, key]] : [];
    });
    const headers = { 'content-type': 'application/json', ...(Object.fromEntries(keys) as Record<string, string>) };
    const asked = { method: 'POST', headers, body: JSON.stringify(params.arguments ?? {}) };
    const answer = await fetch(`${own}${called.path}`, asked).catch(() => null);
    if (answer === null) {
      request.socket.destroy();
      return failed('The service did not answer.');
    }
    const said = (await answer.json()) as Record<string, unknown>;
    if (answer.ok) return { content: [{ type: 'text', text: JSON.stringify(said) }], structuredContent: said };
    const message = String(said.message);
    if (answer.status === 400) throw new McpError(ErrorCode.InvalidParams, message);
    return failed(message);
  });
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  await server.connect(transport);
  await transport.handleRequest(request, response, body);
}

/** The operations of its connection as tools. */
function toolsOf(service: Service): { tool: Tool; path: string }[] {
  const paths = pathsOf(service);
  return connectionOf(service).operations.map(({ name, title, description, input, output, effect }) => ({
    path: `/${service.name}/${paths.get(name)}`,
    tool: {
      name,
      title,
      description,
      inputSchema: { ...input, type: 'object' },
      ...(output.type === 'object' ? { outputSchema: withoutFormats(output) } : {}),
      // A call with a key that was seen before has no other effect.
      annotations: { readOnlyHint: effect === 'none', idempotentHint: true },
    } as Tool,
  }));
}

/** Formats say how people read a value; a client that checks answers knows only those of JSON Schema. */
const withoutFormats = (schema: JsonSchema): unknown =>
  JSON.parse(JSON.stringify(schema, (name, value: unknown) => (name === 'format' ? undefined : value)));

const failed = (text: string): CallToolResult => ({ isError: true, content: [{ type: 'text', text }] });
