'use client';

/** MCP servers in Settings. */
import { Field, Input, Select } from '@/components/ui/field';
import type { McpCall } from '@/engine/flow/connections/kinds/mcp';
import { AddressAndAuth } from './http-settings';
import type { CallProps, KindForm, SettingsProps } from './kind-form';
import { MappingField, mappingIn, mappingText, NOT_JSON, type MappingModel } from './mapping-field';
import { Part } from './part';

interface McpModel extends MappingModel, Pick<McpCall, 'tool' | 'answer'> {}

const ARGUMENTS = [
  { value: 'rest', label: 'All fields of the input' },
  { value: 'mapping', label: 'JSON that I write' },
];
const ANSWERS = [
  { value: 'data', label: 'Its data', description: 'The structured content, or the JSON of its text.' },
  { value: 'text', label: 'Its text' },
];

function Settings(props: SettingsProps<'mcp'>) {
  return (
    <AddressAndAuth
      {...props}
      label="Address"
      help="Of a server that speaks Streamable HTTP. Servers that are started as programs cannot be connected."
      placeholder="https://tools.example.com/mcp"
    />
  );
}

function ToolCall({ model, errorAt, onChange }: CallProps<McpModel>) {
  return (
    <Part
      title="The tool"
      description="The key of the step is sent beside the arguments, as backstitch/idempotency-key. Few tools read it: after a lost answer a step asks what happened."
    >
      <Field label="Tool" required error={errorAt('tool', '/call/tool')}>
        <Input
          className="font-mono text-sm"
          placeholder="create_issue"
          value={model.tool}
          onChange={({ target }) => onChange({ tool: target.value.trim() })}
        />
      </Field>
      <MappingField
        label="Arguments"
        options={ARGUMENTS}
        model={model}
        at="/call/arguments"
        errorAt={errorAt}
        onChange={onChange}
      />
    </Part>
  );
}

function write({ body, mapping, tool, answer }: McpModel) {
  const written = body === 'mapping' ? mappingIn(mapping) : null;
  if (body === 'mapping' && !written) return { problems: { mapping: NOT_JSON } };
  const call: McpCall = { kind: 'mcp', tool, arguments: written ?? 'rest', answer };
  return { call };
}

export const mcp: KindForm<'mcp', McpModel> = {
  label: 'MCP server',
  description: 'Tools of a server that speaks the Model Context Protocol.',
  newSettings: { address: '', auth: { kind: 'none' } },
  secretOf: ({ auth }) => (auth.kind === 'none' ? '' : auth.secret),
  Settings,
  hasOrigins: true,
  firstOperation: 'Read the tools of the server, and choose which of them flows may call.',
  newEffect: 'irreversible',
  newOptions: { retry: { maximumAttempts: 1 } },
  read: (call) => ({
    tool: call?.tool ?? '',
    answer: call?.answer ?? 'text',
    body: typeof call?.arguments === 'object' ? 'mapping' : 'rest',
    mapping: mappingText(call?.arguments),
  }),
  write,
  Call: ToolCall,
  Answer: ({ model, onChange }) => (
    <Field label="The output of a step is" required>
      <Select
        options={ANSWERS}
        value={model.answer}
        onValueChange={(answer) => onChange({ answer: answer as McpCall['answer'] })}
      />
    </Field>
  ),
  output: 'Schema of the data',
};
