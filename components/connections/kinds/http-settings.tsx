'use client';

/** Where an HTTP service is, and how requests authenticate there. */
import { useState } from 'react';
import { Field, Input, Select } from '@/components/ui/field';
import type { HttpAuth, Place } from '@/engine/flow/connections/http';
import { PairsField, pairsOf, recordOf } from '../pairs-field';
import { AuthFields } from './auth-fields';
import type { SettingsProps } from './kind-form';

const OTHER = 'other';

export function HttpSettingsFields(props: SettingsProps<'http'>) {
  return (
    <AddressAndAuth
      {...props}
      label="Base address"
      help="Every call of this connection is below it."
      placeholder="https://api.example.com/v1"
    />
  );
}

/** For services of which only the place and the authentication are asked. */
export function AddressAndAuth<Settings extends { address: Place; auth: HttpAuth }>({
  label,
  help,
  placeholder,
  connection,
  environment,
  settings,
  value,
  errorAt,
  onChange,
  onValue,
}: Pick<SettingsProps<'http'>, 'connection' | 'environment' | 'value' | 'errorAt' | 'onValue'> & {
  label: string;
  help: string;
  placeholder: string;
  settings: Settings;
  onChange: (settings: Settings) => void;
}) {
  const { address, auth } = settings;
  return (
    <>
      {environment.length > 0 ? (
        <Field label="Where it is" required>
          <Select
            options={[
              { value: OTHER, label: 'At an address that I enter' },
              ...environment.map((each) => ({
                value: each.name,
                label: `'${each.name}' in the configuration`,
                description: each.address,
              })),
            ]}
            value={typeof address === 'string' ? OTHER : address.environment}
            onValueChange={(next) => onChange({ ...settings, address: next === OTHER ? '' : { environment: next } })}
          />
        </Field>
      ) : null}
      {typeof address === 'string' ? (
        <AddressField
          label={label}
          help={help}
          placeholder={placeholder}
          address={address}
          errorAt={errorAt}
          onChange={(next) => onChange({ ...settings, address: next })}
        />
      ) : null}
      <AuthFields
        connection={connection}
        auth={auth}
        value={value}
        errorAt={errorAt}
        onChange={(next) => onChange({ ...settings, auth: next })}
        onValue={onValue}
      />
    </>
  );
}

export function AddressField({
  label,
  help,
  placeholder,
  address,
  errorAt,
  onChange,
}: {
  label: string;
  help: string;
  placeholder: string;
  address: string;
  errorAt: (at: string) => string | null;
  onChange: (address: string) => void;
}) {
  return (
    <Field label={label} required help={help} error={errorAt('/connection/settings/address')}>
      <Input
        type="url"
        inputMode="url"
        autoComplete="off"
        placeholder={placeholder}
        className="font-mono text-sm"
        value={address}
        onChange={({ target }) => onChange(target.value.trim())}
      />
    </Field>
  );
}

export function HttpMore({ settings, errorAt, onChange }: SettingsProps<'http'>) {
  const [headers, setHeaders] = useState(() => pairsOf(settings.headers));
  return (
    <>
      <PairsField
        label="Headers"
        add="Add a header"
        help="Sent with every call."
        pairs={headers}
        onChange={(next) => {
          setHeaders(next);
          onChange({ ...settings, headers: recordOf(next) });
        }}
      />
      <Field
        label="What 'Test' reads"
        required
        help="A path below the address. It is read with GET."
        error={errorAt('/connection/settings/testPath')}
      >
        <Input
          className="font-mono text-sm"
          value={settings.testPath}
          onChange={({ target }) => onChange({ ...settings, testPath: target.value })}
        />
      </Field>
    </>
  );
}
