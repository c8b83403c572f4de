/**
 * The answers of an MCP server, of which only what is needed is read. The schemas of the client library refuse a whole
 * list of tools because of one tool that it does not understand, and a whole answer because of one part of it. [TO5]
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Tool } from '../../flow/connections/mcp-tools';

export const listSchema = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

export const resultSchema = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type ToolResult = z.infer<typeof resultSchema>;

/** Null for what has no name: it cannot be called. */
export function toolIn(value: unknown): Tool | null {
  const { name, inputSchema, outputSchema, ...more } = fieldsOf(value);
  if (typeof name !== 'string' || name === '') return null;
  const notes = fieldsOf(more.annotations);
  return {
    name,
    title: textIn(more.title),
    description: textIn(more.description)?.slice(0, 2_000),
    inputSchema,
    outputSchema,
    annotations: {
      title: textIn(notes.title),
      readOnlyHint: flagIn(notes.readOnlyHint),
      idempotentHint: flagIn(notes.idempotentHint),
      destructiveHint: flagIn(notes.destructiveHint),
    },
  };
}
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const flagIn = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** The texts of an answer, one below the other. Images, sounds and links are passed by. */
export const textOf = (content: ToolResult['content']): string =>
  ((content ?? []) as CallToolResult['content'])
    .flatMap((part) => (part?.type === 'text' && typeof part.text === 'string' ? [part.text] : []))
    .join('\n');
