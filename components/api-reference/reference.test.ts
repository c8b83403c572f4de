/**
 * [REF1] Every operation is under its group, once; a search needs all of its words.
 * [REF2] Fields of objects, of items of lists and of what may be null are rows; a type says all that a value may be.
 * [REF3] A call to paste has a value for each field that is needed, and no input becomes a command.
 */
import { expect, test } from 'vitest';
import type { ApiDocument, ApiOperation, ApiSchema } from '@/app/_contract/api';
import { curlOf, fieldsOfSchema, groupsOf, typeOfSchema, type Call } from './reference';

const json = (schema: ApiSchema) => ({ 'application/json': { schema } });
const operation = (operationId: string, tag: string, more: Partial<ApiOperation> = {}): ApiOperation => ({
  operationId,
  summary: `What ${operationId} does.`,
  tags: [tag],
  parameters: [],
  responses: {
    200: { description: 'Done.', content: json({}) },
    default: { description: 'Refused.', content: json({}) },
  },
  ...more,
});
const START: ApiSchema = {
  type: 'object',
  properties: {
    input: {
      type: 'object',
      properties: { guest: { type: 'string' }, nights: { type: 'integer' } },
      required: ['guest'],
    },
    workflowId: { type: 'string' },
  },
  required: ['input'],
};
const DOCUMENT: ApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Backstitch', version: '1', description: '' },
  servers: [{ url: 'https://backstitch.test' }],
  security: [],
  tags: [
    { name: 'Any flow', description: '' },
    { name: "Ada's stay", description: '' },
  ],
  paths: {
    '/flows': { get: operation('listFlows', 'Any flow') },
    '/flows/{flow}/runs': { get: operation('listRuns', 'Any flow'), post: operation('startRun', 'Any flow') },
    "/flows/ada's/runs": {
      post: operation('startRun_stay', "Ada's stay", {
        requestBody: { required: true, content: json(START) },
        parameters: [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } }],
      }),
    },
  },
  components: { securitySchemes: {}, schemas: {} },
};
const ids = (search: string) =>
  groupsOf(DOCUMENT, search).map(({ name, calls }) => [name, ...calls.map(({ operationId }) => operationId)]);

test('[REF1] every operation is under its group, and the words of a search are all needed', () => {
  expect(ids('')).toEqual([
    ['Any flow', 'listFlows', 'listRuns', 'startRun'],
    ["Ada's stay", 'startRun_stay'],
  ]);
  expect(ids(' post STAY ')).toEqual([["Ada's stay", 'startRun_stay']]);
  expect(ids('get stay')).toEqual([]);
});

test('[REF2] fields inside of objects, lists and what may be null are rows', () => {
  const state: ApiSchema = { anyOf: [{ type: 'object', properties: { by: { const: 'ada' } } }, { type: 'null' }] };
  const schema: ApiSchema = {
    properties: {
      steps: { type: 'array', items: { type: 'object', properties: { name: { enum: ['a', 1] } } } },
      state,
      at: { type: 'string', format: 'date-time', description: 'When.' },
      any: {},
    },
    required: ['at'],
  };
  const row = (name: string, type: string, inner: unknown[] = []) => ({
    name,
    type,
    isRequired: false,
    description: '',
    inner,
  });
  expect(fieldsOfSchema(schema)).toEqual([
    row('steps', 'list of object', [row('name', '"a" or 1')]),
    row('state', 'object or null', [row('by', '"ada"')]),
    { ...row('at', 'string, date-time'), isRequired: true, description: 'When.' },
    row('any', 'anything'),
  ]);
  // A schema that contains itself ends.
  const endless: ApiSchema = { type: 'object' };
  endless.properties = { again: endless };
  expect(JSON.stringify(fieldsOfSchema(endless)).match(/again/g)).toHaveLength(6);
  expect(typeOfSchema({ anyOf: [{ type: 'string' }, { type: 'string' }] })).toBe('string');
});

test('[REF3] a call to paste has what is needed, and a quote in an address ends no text', () => {
  const call = groupsOf(DOCUMENT, 'stay')[0]?.calls[0] as Call;
  const text = curlOf('https://backstitch.test', call);
  expect(text).toContain(`curl -X POST 'https://backstitch.test/flows/ada'\\''s/runs'`);
  expect(text).toContain(`-H 'Idempotency-Key: order-4711'`);
  const body = JSON.parse(/-d '(.*)'$/s.exec(text)?.[1] ?? '') as { input: { guest: unknown; nights: unknown } };
  expect(body).toEqual({ input: { guest: expect.any(String), nights: expect.any(Number) } });
  const list = groupsOf(DOCUMENT, 'listRuns')[0]?.calls[0] as Call;
  expect(curlOf('https://backstitch.test', list)).toBe(
    `curl 'https://backstitch.test/flows/<flow>/runs' \\\n  -H "Authorization: Bearer $BACKSTITCH_KEY"`
  );
});
