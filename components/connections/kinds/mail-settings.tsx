'use client';

/** Where a mail server is, and as whom steps send. */
import { Field, Input, Select } from '@/components/ui/field';
import type { MailSettings } from '@/engine/flow/connections/mail';
import type { SettingsProps } from './kind-form';
import { SECRET_HELP } from './secret-fields';

/** The usual port of each way. */
const PORTS = { implicit: 465, starttls: 587, off: 25 } as const;

export function MailSettingsFields({ settings, value, errorAt, onChange, onValue }: SettingsProps<'mail'>) {
  const at = (field: string) => errorAt(`/connection/settings/${field}`);
  const text = (field: 'host' | 'user' | 'from', label: string, placeholder: string, optional = false) => (
    <Field label={label} required={!optional} error={at(field)}>
      <Input
        autoComplete="off"
        className="font-mono text-sm"
        placeholder={placeholder}
        value={settings[field]}
        onChange={({ target }) => onChange({ ...settings, [field]: target.value.trim() })}
      />
    </Field>
  );
  return (
    <>
      <Field label="Encryption" required>
        <Select
          options={[
            { value: 'starttls', label: 'STARTTLS', description: 'The usual port is 587.' },
            { value: 'implicit', label: 'TLS from the beginning', description: 'The usual port is 465.' },
            { value: 'off', label: 'None', description: 'Only inside a network that you trust.' },
          ]}
          value={settings.tls}
          onValueChange={(next) => {
            const tls = next as MailSettings['tls'];
            onChange({ ...settings, tls, port: PORTS[tls] });
          }}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
        {text('host', 'Host', 'smtp.example.com')}
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
      {text('from', 'From', 'orders@example.com')}
      <div className="grid gap-4 sm:grid-cols-2">
        {text('user', 'User', 'orders@example.com', true)}
        <Field label="Password" help={SECRET_HELP} error={errorAt('/value')}>
          <Input
            type="password"
            autoComplete="new-password"
            value={value}
            onChange={({ target }) => onValue(target.value)}
          />
        </Field>
      </div>
    </>
  );
}
