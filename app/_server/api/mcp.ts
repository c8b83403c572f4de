/**
 * Tools for agents, by the Model Context Protocol: each endpoint of the API is a tool of the same name, for who may use
 * it. An agent has an API key, whose name is in the audit trail. A request needs no other one before it: there are no sessions to lose, so any web process can answer it.
 *
 * Rules
 * [MCP1] A caller sees the tools that it may use, and no other; using another one is refused as it is at the REST door.
 * [MCP2] What a tool takes is the address, the filters and the fields of its endpoint, checked as they are there.
 * [MCP3] A refusal is an answer of the tool, in the words of the API: an agent reads what to do.
 */
import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { idempotencyKeySchema } from '@/app/_contract/api';
import { LONGEST_ID, nameProblem } from '@/engine/plain-text';
import { mayAnywhere } from '@/engine/permissions/permissions';
import { failureOf, Refusal } from '../failure';
import { bodyOf, parsed } from '../http/handle';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { ENDPOINTS, type Endpoint } from './endpoints';
import { requestOfKey } from './router';

const INSTRUCTIONS =
  'Backstitch runs flows (sagas) that finish, or undo what they did, or ask a person. getFlow says what a start needs. describeRun says for each effect whether it happened and remains. A decision about an approval is binding: read getTask first.';

/** Answers one message. */
export async function answerAgent(web: Web, actor: Actor, request: Request): Promise<Response> {
  const server = new Server(
    { name: 'backstitch', title: 'Backstitch', version: '1' },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS }
  );
  const tools = ENDPOINTS.filter(({ permission }) => mayAnywhere(actor, permission));
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(toolOf) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given = {} } }) => {
    try {
      const answer = await use(web, actor, name, given);
      return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
    } catch (error) {
      const failure = failureOf(error, web.log);
      return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error: failure }) }] };
    }
  });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    // Bounded, as every body is.
    return await transport.handleRequest(request, { parsedBody: await bodyOf(request, z.unknown()) });
  } finally {
    await server.close();
  }
}

async function use(web: Web, actor: Actor, name: string, given: Record<string, unknown>) {
  const endpoint = ENDPOINTS.find(({ id }) => id === name);
  if (!endpoint) throw new Refusal('nothingHere', `There is no tool '${name}'.`);
  const taken = parsed(argumentsOf(endpoint), given, 'The call') as Record<string, unknown>;
  const { idempotencyKey, ...values } = taken;
  const names = pathNames(endpoint);
  const params = Object.fromEntries(names.map((each) => [each, String(values[each])]));
  const others = Object.fromEntries(Object.entries(values).filter(([each]) => !names.includes(each)));
  const address = `${endpoint.id} ${names.map((each) => params[each]).join('/')}`;
  return (await endpoint.call({
    web,
    actor,
    params,
    query: endpoint.query ? others : {},
    body: endpoint.body ? others : undefined,
    requestId: typeof idempotencyKey === 'string' ? requestOfKey(actor.id, address, idempotencyKey) : randomUUID(),
  })) as Record<string, unknown>;
}

function toolOf(endpoint: Endpoint): Tool {
  const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(argumentsOf(endpoint), {
    io: 'input',
    unrepresentable: 'any',
  });
  const readOnlyHint = endpoint.method === 'GET' || endpoint.id === 'queryRun';
  return {
    name: endpoint.id,
    description: endpoint.summary,
    inputSchema: inputSchema as Tool['inputSchema'],
    annotations: { readOnlyHint, destructiveHint: endpoint.id === 'cancelRun' || endpoint.id === 'decideTask' },
  };
}

const pathNames = ({ path }: Endpoint): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const nameSchema = z
  .string()
  .min(1)
  .max(LONGEST_ID)
  .refine((value) => nameProblem(value) === null, 'is no name');

/** [MCP2] No endpoint has the same name in its address and in its fields. */
function argumentsOf(endpoint: Endpoint): z.ZodObject {
  const own = endpoint.body ?? endpoint.query;
  return z.strictObject({
    ...Object.fromEntries(pathNames(endpoint).map((name) => [name, nameSchema])),
    ...(own instanceof z.ZodObject ? own.shape : {}),
    ...(endpoint.takesKey
      ? {
          idempotencyKey: idempotencyKeySchema.optional().describe('A repetition with the same one does nothing more.'),
        }
      : {}),
  });
}
