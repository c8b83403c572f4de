'use client';

/**
 * The operator's own folder of TypeScript activities in Settings: what is in it is shown, and changed in the folder.
 */
import type { CodeCall } from '@/engine/flow/connections/kinds/code';
import type { CallProps, KindForm } from './kind-form';
import { Part } from './part';

function Call({ model }: CallProps<CodeCall>) {
  return (
    <Part
      title="The function"
      description="It is in the folder of activities. What it takes and returns are its types."
    >
      <p className="font-mono text-sm [overflow-wrap:anywhere]">{model.function}</p>
      {model.keyField === undefined ? null : (
        <p className="text-sm text-ink-2">
          Its field <code className="font-mono text-xs">{model.keyField}</code> receives the key of the step.
        </p>
      )}
      {model.forwardKeyField === undefined ? null : (
        <p className="text-sm text-ink-2">
          Its field <code className="font-mono text-xs">{model.forwardKeyField}</code> receives the key of the step that
          it undoes or looks up.
        </p>
      )}
    </Part>
  );
}

export const code: KindForm<'code', CodeCall> = {
  label: 'Your own code',
  description: 'Functions of a folder of TypeScript files.',
  newSettings: { folder: '/' },
  secretOf: () => '',
  Settings: ({ settings }) => (
    <p className="text-sm text-ink-2">
      The folder is <code className="font-mono text-xs [overflow-wrap:anywhere]">{settings.folder}</code>. The operator
      names it when the product is started.
    </p>
  ),
  firstOperation: 'Every async function that a file of the folder exports is an operation.',
  newEffect: 'irreversible',
  read: (call) => call ?? { kind: 'code', function: 'unnamed' },
  write: (call) => ({ call }),
  Call,
  output: 'Schema of what is returned',
};
