/**
 * Operations from the tools of an MCP server. Pure.
 *
 * Rules
 * [MT1] What a server says about its tools is only proposed: a tool that says that it reads has no effect; every other
 *       tool has one that cannot be undone, until a person says otherwise.
 * [MT2] A tool that does not say that it may be repeated is called once: its step asks what happened, and does not try
 *       again by itself.
 * [MT3] What people decided about an operation is kept when the tools are read again.
 * [MT4] A tool keeps the operation that calls it, in whatever order the tools are listed. No other tool gets that name,
 *       as long as the server has the tool.
 */
import type { McpCall } from './kinds/mcp';
import { operationName, record } from './openapi-document';
import { fieldChanges } from './openapi-again';
import { visibleText } from '../values/text';
import { SchemaReader } from './openapi-schemas';
import type { Operation, OperationOf } from './operation';

/** A tool as its server describes it. */
export interface Tool {
  name: string;
  title?: string;
  description?: string;
  inputSchema?: unknown;
  outputSchema?: unknown;
  annotations?: { title?: string; readOnlyHint?: boolean; idempotentHint?: boolean; destructiveHint?: boolean };
}

export interface ListedTool {
  /** Of the operation. */
  name: string;
  tool: Tool;
}

/** [MT4] `existing`: the operations of the connection. */
export function listTools(tools: readonly Tool[], existing: readonly Operation[] = []): ListedTool[] {
  const names = new Map(
    existing.flatMap(({ name, call }) => (call.kind === 'mcp' ? [[call.tool, name] as const] : []))
  );
  const kept = tools.flatMap(({ name }) => names.get(name) ?? []);
  const taken = new Map(kept.map((name) => [name.toLowerCase(), 2]));
  return tools.map((tool) => ({
    name: names.get(tool.name) ?? operationName(tool.name, 'tool', 'call', taken),
    tool,
  }));
}

export function fromTool({ name, tool }: ListedTool, connection: string): OperationOf<'mcp'> | { problem: string } {
  const { annotations = {}, title, description = '' } = tool;
  const input = schemaOf(tool.inputSchema, 'request');
  const output = tool.outputSchema === undefined ? null : schemaOf(tool.outputSchema, 'response');
  const problem = input.problem ?? output?.problem ?? null;
  if (problem !== null) return { problem };
  if (tool.name.length > 200) return { problem: 'The name of the tool is too long.' };
  const reads = annotations.readOnlyHint === true;
  const isRepeatable = reads || annotations.idempotentHint === true;
  const call: McpCall = {
    kind: 'mcp',
    tool: tool.name,
    arguments: 'rest',
    answer: output ? 'data' : 'text',
  };
  return {
    connection,
    name,
    title:
      visibleText(title ?? annotations.title ?? tool.name)
        .trim()
        .slice(0, 100) || name,
    description: visibleText(description).slice(0, 2_000),
    call,
    // Without fields of its own, a tool gets none.
    input: { ...input.schema, type: 'object', properties: input.schema.properties ?? {} },
    output: output?.schema ?? {},
    effect: reads ? 'none' : 'irreversible',
    options: isRepeatable ? {} : { retry: { maximumAttempts: 1 } },
  };
}

export interface ReadAgain {
  operation: OperationOf<'mcp'>;
  /** Null: it is new. Empty: nothing changed. Otherwise what changed, for people. */
  changes: string[] | null;
}

/** [MT3] */
export function toolReadAgain(read: OperationOf<'mcp'>, existing: Operation | undefined): ReadAgain {
  if (existing?.call.kind !== 'mcp') return { operation: read, changes: null };
  const call: McpCall = { ...existing.call, tool: read.call.tool };
  const operation: OperationOf<'mcp'> = { ...existing, call, input: read.input, output: read.output };
  return {
    operation,
    changes: [
      ...(existing.call.tool === call.tool ? [] : [`tool: ${existing.call.tool} → ${call.tool}`]),
      ...fieldChanges('input', existing.input, read.input),
      ...fieldChanges('answer', existing.output, read.output),
    ],
  };
}

function schemaOf(schema: unknown, direction: 'request' | 'response') {
  // References of a schema lead inside the schema itself.
  const reader = new SchemaReader(record(schema));
  return { schema: reader.schema(schema, direction), problem: reader.problem };
}
