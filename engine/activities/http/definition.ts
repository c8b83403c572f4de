/** The generic HTTP request as the designer and the compiler see it. Data only. */
import type { CatalogueActivity } from '../../flow/catalogue';
import { FORM_KINDS, GROUP_STYLES, LIST_STYLES } from '../../flow/connections/form';
import type { JsonSchema } from '../../flow/json-schema';

/** Statuses after which another attempt may succeed. Every 5xx is one, too. */
export const RETRYABLE_STATUSES: readonly number[] = [408, 425, 429];
/** Statuses by which a service states that nothing happened and nothing will happen. */
export const NOT_APPLIED_STATUSES: readonly number[] = [402];

/** As `FormStyle`. */
const FORM_STYLE: Record<string, JsonSchema> = {
  lists: { type: 'string', enum: [...LIST_STYLES] },
  groups: { type: 'string', enum: [...GROUP_STYLES] },
};

export const httpRequest: CatalogueActivity = {
  name: 'http.request',
  title: 'HTTP request',
  description:
    'Calls a service. Sends the step’s idempotency key as Idempotency-Key, and, when it undoes or looks up, the key of the step it belongs to as Idempotency-Forward-Key. Where a service wants a key elsewhere, write {idempotencyKey} or {forwardKey} in path, query, headers or body.',
  effect: 'per-step',
  input: {
    type: 'object',
    additionalProperties: false,
    properties: {
      method: {
        title: 'Method',
        type: 'string',
        enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        default: 'GET',
      },
      connection: {
        title: 'Connection',
        type: 'string',
        description: 'The name of an HTTP connection of Settings, or of BACKSTITCH_CONNECTIONS; with a path.',
      },
      path: { title: 'Path', type: 'string', description: 'Below the connection’s base URL, e.g. /payments.' },
      url: {
        title: 'URL',
        type: 'string',
        format: 'link',
        description: 'Whole address, instead of connection and path.',
      },
      query: { title: 'Query', type: 'object', additionalProperties: {} },
      headers: { title: 'Headers', type: 'object', additionalProperties: { type: 'string' } },
      secretHeaders: {
        title: 'Secret headers',
        description:
          'Header → name of a stored secret that contains the whole value. Only the name is written to the history.',
        type: 'object',
        additionalProperties: { type: 'string' },
      },
      body: { title: 'Body' },
      encoding: {
        title: 'Sent as a form',
        description: 'How the body is written; JSON without it.',
        type: 'object',
        additionalProperties: false,
        required: ['kind', 'lists', 'groups'],
        properties: {
          kind: { type: 'string', enum: [...FORM_KINDS] },
          ...FORM_STYLE,
          fields: {
            description: 'Fields of the body that are written in another style.',
            type: 'object',
            additionalProperties: {
              type: 'object',
              additionalProperties: false,
              required: ['lists', 'groups'],
              properties: FORM_STYLE,
            },
          },
        },
      },
      responseSchema: {
        title: 'Response schema',
        description: 'JSON Schema of the answer’s body; another answer fails with ResponseInvalid.',
        type: 'object',
        additionalProperties: true,
      },
      answer: {
        title: 'Answer',
        description:
          'body: the parsed body. full: { status, headers, body }. lookup: { applied, output }, where 404 and 410 mean that it was not applied.',
        type: 'string',
        enum: ['body', 'full', 'lookup'],
        default: 'body',
      },
      retryableStatuses: {
        title: 'Retry on',
        type: 'array',
        items: { type: 'integer', minimum: 100, maximum: 599 },
      },
      notAppliedStatuses: {
        title: 'No effect on',
        description: 'Fails with NotApplied: there is nothing to undo.',
        type: 'array',
        items: { type: 'integer', minimum: 100, maximum: 599 },
      },
      maxResponseBytes: { title: 'Largest answer', type: 'integer', minimum: 1, maximum: 2_000_000 },
    },
  },
  places: { path: 'path', url: 'url', query: 'text', headers: 'text', body: 'data' },
  output: 'per-step',
  defaultOptions: {
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  },
};
