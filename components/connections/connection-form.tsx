'use client';

/** The form of a connection. Values of secrets are stored by themselves, and are never read back. */
import { useState } from 'react';
import type { Connection, ConnectionRow, ConnectionList } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { AuthFields } from './auth-fields';
import { PairsField, pairsOf, recordOf } from './pairs-field';
import { connectionNameFor } from './words';

const OTHER = 'other';

const empty: Connection = {
  name: '',
  title: '',
  kind: 'http',
  settings: { address: '', headers: {}, auth: { kind: 'none' }, testPath: '/' },
  allow: [],
  options: {},
};

export function ConnectionForm({
  row,
  environment,
  onClose,
  onSaved,
}: {
  /** Null: a new one. */
  row: ConnectionRow | null;
  environment: ConnectionList['environment'];
  onClose: () => void;
  onSaved: (row: ConnectionRow) => void;
}) {
  const before = row?.connection ?? empty;
  const [title, setTitle] = useState(before.title);
  const [named, setNamed] = useState<string | null>(row ? before.name : null);
  const name = named ?? connectionNameFor(title);
  const [settings, setSettings] = useState(before.settings);
  const [headers, setHeaders] = useState(pairsOf(before.settings.headers));
  const [allow, setAllow] = useState(before.allow.join('\n'));
  const [timeout, setTimeout] = useState(before.options.startToCloseTimeout ?? '');
  const [attempts, setAttempts] = useState(String(before.options.retry?.maximumAttempts ?? ''));
  const [secretValue, setSecretValue] = useState('');
  const put = useSend();
  const secret = useSend(['secrets']);
  const failure = secret.failure ?? put.failure;
  const errorAt = (at: string) => failure?.problems?.find((each) => each.at.startsWith(at))?.message ?? null;
  const { auth, address } = settings;

  const save = async () => {
    // The value first: a connection never names a secret that could not be stored.
    if (auth.kind !== 'none' && secretValue !== '') {
      if (!(await secret.send(routes.secrets(), { name: auth.secret, value: secretValue }))) return;
      setSecretValue('');
    }
    const { startToCloseTimeout: _, retry, ...options } = before.options;
    const { maximumAttempts: _attempts, ...pauses } = retry ?? {};
    const limited = attempts === '' ? pauses : { ...pauses, maximumAttempts: Number(attempts) };
    const connection: Connection = {
      name,
      title: title.trim(),
      kind: 'http',
      settings: { ...settings, headers: recordOf(headers) },
      allow: allow.split(/[\s,]+/).filter(Boolean),
      options: {
        ...options,
        ...(timeout === '' ? {} : { startToCloseTimeout: timeout }),
        ...(Object.keys(limited).length > 0 ? { retry: limited } : {}),
      },
    };
    const saved = await put.send<ConnectionRow>(routes.connections(), { connection, base: row?.revision ?? 0 });
    if (saved) onSaved(saved);
  };

  return (
    <FormDialog
      title={row ? `Change '${before.title}'` : 'New connection'}
      description={
        row
          ? 'Address, authentication and secrets apply to the next call of every run.'
          : 'A service that steps call: its address, and how to authenticate there.'
      }
      action={row ? 'Save' : 'Create the connection'}
      pending={put.pending || secret.pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <Field label="Title" required error={errorAt('/connection/title')}>
        <Input autoComplete="off" maxLength={100} value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field
        label="Name"
        required
        help={
          row
            ? 'The name is in histories, so it cannot be changed.'
            : 'The first part of every call: shop.chargePayment.'
        }
        error={errorAt('/connection/name')}
      >
        <Input
          autoComplete="off"
          className="font-mono text-sm"
          disabled={row !== null}
          value={name}
          onChange={({ target }) => setNamed(target.value)}
        />
      </Field>
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
            onValueChange={(value) =>
              setSettings({ ...settings, address: value === OTHER ? '' : { environment: value } })
            }
          />
        </Field>
      ) : null}
      {typeof address === 'string' ? (
        <Field
          label="Base address"
          required
          help="Every call of this connection is below it."
          error={errorAt('/connection/settings/address')}
        >
          <Input
            type="url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://api.example.com/v1"
            className="font-mono text-sm"
            value={address}
            onChange={({ target }) => setSettings({ ...settings, address: target.value.trim() })}
          />
        </Field>
      ) : null}
      <AuthFields
        connection={name}
        auth={auth}
        value={secretValue}
        errorAt={errorAt}
        onChange={(next) => setSettings({ ...settings, auth: next })}
        onValue={setSecretValue}
      />
      <details className="group rounded-md border border-hairline px-3 py-2">
        <summary className="cursor-pointer text-sm font-medium">More</summary>
        <div className="mt-3 flex flex-col gap-4">
          <PairsField
            label="Headers"
            add="Add a header"
            help="Sent with every call."
            pairs={headers}
            onChange={setHeaders}
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
              onChange={({ target }) => setSettings({ ...settings, testPath: target.value })}
            />
          </Field>
          <Field
            label="Further allowed origins"
            help="One a line, for redirects: https://files.example.com, https://*.example.com. Everything else is refused."
            error={errorAt('/connection/allow')}
          >
            <Textarea
              rows={2}
              className="font-mono text-sm"
              value={allow}
              onChange={({ target }) => setAllow(target.value)}
            />
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Timeout of a call"
              help="30s if it is empty."
              error={errorAt('/connection/options/startToCloseTimeout')}
            >
              <Input placeholder="30s" value={timeout} onChange={({ target }) => setTimeout(target.value.trim())} />
            </Field>
            <Field
              label="Attempts"
              help="5 if it is empty; 0 for no limit."
              error={errorAt('/connection/options/retry')}
            >
              <Input
                type="number"
                min={0}
                placeholder="5"
                value={attempts}
                onChange={({ target }) => setAttempts(target.value)}
              />
            </Field>
          </div>
        </div>
      </details>
    </FormDialog>
  );
}
