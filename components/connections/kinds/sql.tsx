'use client';

/** PostgreSQL databases in Settings. */
import { Field, Select, Textarea } from '@/components/ui/field';
import type { SqlCall } from '@/engine/flow/connections/sql';
import type { CallProps, KindForm } from './kind-form';
import { Part } from './part';
import { SqlSettingsFields } from './sql-settings';

const ROWS = [
  { value: 'none', label: 'How many rows were changed' },
  { value: 'one', label: 'The first row' },
  { value: 'all', label: 'All rows', description: 'At most 1,000.' },
  { value: 'lookup', label: 'A look-up: did it happen?', description: 'It did if there is a row.' },
];

function Statement({ model, errorAt, onChange }: CallProps<SqlCall>) {
  return (
    <Part
      title="The statement"
      description="{field} is a parameter: its value is never part of the text. One statement, in a transaction of its own."
    >
      <Field
        label="SQL"
        required
        error={errorAt('statement', '/call/statement')}
        help="{idempotencyKey} is the key of the step, the same for all attempts: store it, and a repeated call changes nothing."
      >
        <Textarea
          rows={8}
          spellCheck={false}
          className="font-mono text-xs"
          placeholder="INSERT INTO booking (key, amount) VALUES ({idempotencyKey}, {amount}) ON CONFLICT (key) DO NOTHING"
          value={model.statement}
          onChange={({ target }) => onChange({ statement: target.value })}
        />
      </Field>
    </Part>
  );
}

export const sql: KindForm<'sql', SqlCall> = {
  label: 'PostgreSQL database',
  description: 'Statements with parameters.',
  newSettings: { host: '', port: 5_432, database: '', user: '', secret: '', tls: 'verify' },
  named: (settings, connection) =>
    settings.secret === '' ? { ...settings, secret: `${connection || 'connection'}-password` } : settings,
  secretOf: ({ secret }) => secret,
  Settings: SqlSettingsFields,
  firstOperation: 'Write a statement, with its values as parameters.',
  newEffect: 'reversible',
  read: (call) => call ?? { kind: 'sql', statement: '', answer: 'one' },
  write: (call) => ({ call }),
  Call: Statement,
  Answer: ({ model, onChange }) => (
    <Field label="The output of a step is" required>
      <Select
        options={ROWS}
        value={model.answer}
        onValueChange={(answer) => onChange({ answer: answer as SqlCall['answer'] })}
      />
    </Field>
  ),
  output: 'Schema of a row',
};
