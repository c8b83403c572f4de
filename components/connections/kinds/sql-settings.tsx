'use client';

/** Where a database is, and as whom steps connect. */
import { Field, Input, Select } from '@/components/ui/field';
import type { SettingsProps } from './kind-form';
import { SecretFields } from './secret-fields';

export function SqlSettingsFields({ settings, value, errorAt, onChange, onValue }: SettingsProps<'sql'>) {
  const at = (field: string) => errorAt(`/connection/settings/${field}`);
  const text = (field: 'host' | 'database' | 'user', label: string, placeholder: string) => (
    <Field label={label} required error={at(field)}>
      <Input
        autoComplete="off"
        className="font-mono text-sm"
        placeholder={placeholder}
        value={settings[field]}
        onChange={({ target }) => onChange({ ...settings, [field]: target.value })}
      />
    </Field>
  );
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
        {text('host', 'Host', 'db.example.com')}
        <Field label="Port" required error={at('port')}>
          <Input
            type="number"
            min={1}
            max={65_535}
            value={settings.port}
            onChange={({ target }) => onChange({ ...settings, port: Number(target.value) })}
          />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        {text('database', 'Database', 'orders')}
        {text('user', 'User', 'backstitch')}
      </div>
      <SecretFields
        label="Password"
        name={settings.secret}
        value={value}
        errorAt={errorAt}
        onName={(secret) => onChange({ ...settings, secret })}
        onValue={onValue}
      />
      <Field label="Encryption" required>
        <Select
          options={[
            { value: 'verify', label: 'TLS, with a valid certificate' },
            { value: 'off', label: 'None', description: 'Only inside a network that you trust.' },
          ]}
          value={settings.tls}
          onValueChange={(tls) => onChange({ ...settings, tls: tls === 'off' ? 'off' : 'verify' })}
        />
      </Field>
    </>
  );
}
