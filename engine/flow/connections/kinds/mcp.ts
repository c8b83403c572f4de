/**
 * Servers of the Model Context Protocol, over Streamable HTTP. Servers that are started as processes (stdio) are not
 * connected: a connection must not run programs on this machine.
 *
 * Rules
 * [MC1] A placeholder names a field of the input, or a key of the call.
 */
import { z } from 'zod';
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import { httpAuthSchema, mappingSchema, placeSchema } from '../http';
import { fieldsIn } from '../mapping';
import type { Report } from '../problem';
import { addressWords, AUTH_WORDS } from './http';
import { unknownField, type Definition, type KindFacts } from './kind-facts';

const mcpSettingsSchema = z.strictObject({
  /** Of the endpoint: 'https://tools.example.com/mcp'. */
  address: placeSchema,
  auth: httpAuthSchema,
});
export type McpSettings = z.infer<typeof mcpSettingsSchema>;

const mcpCallSchema = z.strictObject({
  kind: z.literal('mcp'),
  tool: z.string().min(1).max(200),
  /** 'rest': the whole input. Otherwise a mapping. */
  arguments: z.union([z.literal('rest'), z.strictObject({ mapping: mappingSchema })]),
  /** 'data': the structured content, or the JSON of the only text. 'text': { text }. */
  answer: z.enum(['data', 'text']),
});
export type McpCall = z.infer<typeof mcpCallSchema>;

function check(call: McpCall, { input }: Definition, _: McpSettings, report: Report): void {
  if (call.arguments === 'rest') return;
  for (const field of fieldsIn(call.arguments.mapping))
    if (!isField(input, field)) report(['call', 'arguments', 'mapping'], unknownField(field));
}

const TEXT: JsonSchema = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };

export const mcp: KindFacts<McpSettings, McpCall> = {
  words: 'MCP server',
  settings: mcpSettingsSchema,
  call: mcpCallSchema,
  address: addressWords,
  login: ({ auth }) => AUTH_WORDS[auth.kind],
  line: ({ tool }) => ({ verb: 'TOOL', text: tool }),
  fields: (call) => (call.arguments === 'rest' ? [] : fieldsIn(call.arguments.mapping)),
  check,
  output: ({ answer }, declared) => (answer === 'data' ? declared : TEXT),
  onlyReads: () => true,
};
