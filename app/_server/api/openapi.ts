/**
 * The OpenAPI 3.1 document of the API for other systems, made from its table of endpoints, and from the flows that the
 * caller may read: each has its own addresses, typed by its schemas.
 *
 * Rules
 * [ODC1] Every endpoint is in it, with what it takes and answers.
 * [ODC2] A flow's start, signals, updates and queries are typed by the version that starts runs.
 * [ODC3] Of a flow that the caller may not read there is nothing.
 */
import { z } from 'zod';
import type { ApiDocument, ApiOperation, ApiParameter, ApiSchema } from '@/app/_contract/api';
import { failureAnswerSchema } from '@/app/_contract/errors';
import type { JsonSchema } from '@/engine/flow/document';
import { LONGEST_ID } from '@/engine/plain-text';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { API_ROOT, ENDPOINTS, type Endpoint } from './endpoints';
import { flowOf, flowsOf } from './flows';

export async function openApiOf(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal' | 'config'>,
  actor: Actor
): Promise<ApiDocument> {
  const flows = await Promise.all((await flowsOf(web, actor)).map(({ name }) => flowOf(web, actor, name)));
  const paths: ApiDocument['paths'] = {};
  const add = (path: string, method: string, operation: ApiOperation) => {
    paths[`${API_ROOT}${path}`] = { ...paths[`${API_ROOT}${path}`], [method.toLowerCase()]: operation };
  };
  for (const endpoint of ENDPOINTS) add(endpoint.path, endpoint.method, operationOf(endpoint));
  for (const flow of flows) for (const { path, method, operation } of typedOf(flow)) add(path, method, operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Backstitch',
      version: '1',
      description:
        'Start, watch and steer runs of flows, and decide approvals. Requests need an API key, made in Settings, API keys. A refusal says what happened and what to do. A POST with an Idempotency-Key can be repeated: it has its effect once.',
    },
    servers: [{ url: web.config.webUrl.origin }],
    security: [{ key: [] }],
    tags: [
      { name: 'Any flow', description: 'For every flow, by its name.' },
      ...flows.map(({ name, title, description }) => ({
        name: title,
        description: description ?? `The flow '${name}'.`,
      })),
    ],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key: bsk_…' } },
      schemas: { Failure: schemaOf(failureAnswerSchema) },
    },
  };
}

/** As the address is typed for one flow, or as it is for all of them. */
interface Typed {
  /** Of the address: what a name in braces is. */
  values?: Readonly<Record<string, string>>;
  /** Replaces the schema of the field `input`. Null: there is no such field. */
  input?: JsonSchema | null;
  tag?: string;
  id?: string;
  summary?: string;
}

function operationOf(endpoint: Endpoint, { values = {}, input, tag, id, summary }: Typed = {}): ApiOperation {
  const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !(name in values));
  const inPath = named.map((name): ApiParameter => ({ name, in: 'path', required: true, schema: ID }));
  const body = endpoint.body ? schemaOf(endpoint.body, 'input') : null;
  return {
    operationId: id ?? endpoint.id,
    summary: summary ?? endpoint.summary,
    tags: [tag ?? 'Any flow'],
    parameters: [...inPath, ...queryParameters(endpoint), ...(endpoint.takesKey ? [KEY_HEADER] : [])],
    ...(body ? { requestBody: { required: true, content: json(withInput(body, input)) } } : {}),
    responses: {
      200: { description: 'Done.', content: json(schemaOf(endpoint.answer)) },
      default: { description: 'Refused.', content: json({ $ref: '#/components/schemas/Failure' }) },
    },
  };
}

const ID = { type: 'string', minLength: 1, maxLength: LONGEST_ID };
const KEY_HEADER: ApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Chosen by the caller. A repetition of the request with the same one does nothing more.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const json = (schema: ApiSchema) => ({ 'application/json': { schema } });

function queryParameters({ query }: Endpoint): ApiParameter[] {
  if (!query) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input');
  return Object.entries(properties).map(([name, { description, ...type }]) => {
    return {
      name,
      in: 'query',
      required: required.includes(name),
      ...(description ? { description } : {}),
      schema: type,
    };
  });
}

function withInput(body: ApiSchema, input: JsonSchema | null | undefined): ApiSchema {
  if (input === undefined) return body;
  const { input: _any, ...others } = body.properties ?? {};
  const required = (body.required ?? []).filter((name) => name !== 'input');
  return {
    ...body,
    properties: input === null ? others : { input, ...others },
    required: input === null ? required : ['input', ...required],
  };
}

/** The addresses of one flow. */
function typedOf(
  flow: Awaited<ReturnType<typeof flowOf>>
): { path: string; method: string; operation: ApiOperation }[] {
  const { name, title } = flow;
  const typed = (id: string, more: Typed, values: Record<string, string>) => {
    const endpoint = ENDPOINTS.find((each) => each.id === id)!;
    const all = { flow: name, ...values };
    const path = endpoint.path.replace(/\{(\w+)\}/g, (whole, part: string) =>
      part in all ? encodeURIComponent(all[part as keyof typeof all]) : whole
    );
    return { path, method: endpoint.method, operation: operationOf(endpoint, { values: all, tag: title, ...more }) };
  };
  const messages = (id: string, part: string, verb: string, list: typeof flow.signals, takesInput: boolean) =>
    list.map((each) =>
      typed(
        id,
        {
          id: `${id}_${name}_${each.name}`,
          summary: `${verb} '${each.title ?? each.name}'.`,
          input: takesInput ? ((each.schema ?? {}) as JsonSchema) : null,
        },
        { [part]: each.name }
      )
    );
  return [
    typed('startRun', { id: `startRun_${name}`, summary: `Start ${title}.`, input: flow.input as JsonSchema }, {}),
    ...messages('signalRun', 'signal', 'Signal', flow.signals, true),
    ...messages('updateRun', 'update', 'Update', flow.updates, true),
    ...messages('queryRun', 'query', 'Query', flow.queries, false),
  ];
}

/** Draft 2020-12, which OpenAPI 3.1 has. `io`: what is sent may leave out what has a default. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): ApiSchema {
  const { $schema: _dialect, ...found } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return found as ApiSchema;
}
