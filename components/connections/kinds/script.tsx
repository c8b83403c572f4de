'use client';

/** Scripts in Settings. */
import { ScriptField } from '@/components/designer/inspector/expressions/script-field';
import { Field, Input } from '@/components/ui/field';
import type { ScriptCall } from '@/engine/flow/connections/kinds/script';
import type { CallProps, KindForm, SettingsProps } from './kind-form';
import { Part } from './part';

const FIRST = `// 'input' is what the step fills in. What is returned is the output.
const total = input.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
return { total };`;

function Settings({ settings, errorAt, onChange }: SettingsProps<'script'>) {
  const figure = (field: 'timeoutMs' | 'memoryMb', label: string, help: string, most: number) => (
    <Field label={label} required help={help} error={errorAt(`/connection/settings/${field}`)}>
      <Input
        type="number"
        min={1}
        max={most}
        value={settings[field]}
        onChange={({ target }) => onChange({ ...settings, [field]: Number(target.value) })}
      />
    </Field>
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {figure('timeoutMs', 'Time of a script, in ms', 'A script that takes longer is stopped. At most 30,000.', 30_000)}
      {figure('memoryMb', 'Memory of a script, in MB', 'A script that needs more is stopped. At most 256.', 256)}
    </div>
  );
}

function Code({ model, errorAt, onChange }: CallProps<ScriptCall>) {
  return (
    <Part
      title="The script"
      description="JavaScript, run apart from everything else: no network, no files, no timers. Numbers beyond the precision of JavaScript are { $exact: '…' }."
    >
      <ScriptField
        label="Code"
        help="The body of an async function of 'input'. An error that it throws fails the step; the name of the error can be caught in a flow."
        error={errorAt('code', '/call/code')}
        text={model.code}
        onChange={(code) => onChange({ code })}
      />
    </Part>
  );
}

const LINES = {
  type: 'array' as const,
  items: {
    type: 'object' as const,
    required: ['price', 'quantity'],
    properties: { price: { type: 'number' as const }, quantity: { type: 'number' as const } },
  },
};

export const script: KindForm<'script', ScriptCall> = {
  label: 'Scripts',
  description: 'JavaScript that computes, with limits of time and memory.',
  newSettings: { timeoutMs: 5_000, memoryMb: 64 },
  secretOf: () => '',
  Settings,
  firstOperation: 'Write a script: it gets what a step fills in, and returns the output.',
  newEffect: 'none',
  newInput: { type: 'object', required: ['lines'], properties: { lines: LINES } },
  newOutput: { type: 'object', required: ['total'], properties: { total: { type: 'number' } } },
  read: (call) => call ?? { kind: 'script', code: FIRST },
  write: (call) => ({ call }),
  Call: Code,
  output: 'Schema of what is returned',
};
