'use client';

/** The form of a connection. Values of secrets are stored by themselves, and are never read back. */
import { useState } from 'react';
import type { Connection, ConnectionRow, ConnectionList } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import type { HttpSettings } from '@/engine/flow/connections/http';
import type { SqlSettings } from '@/engine/flow/connections/sql';
import { AuthFields } from './auth-fields';
import { PairsField, pairsOf, recordOf } from './pairs-field';
import type { MailSettings } from '@/engine/flow/connections/mail';
import { MailSettingsFields } from './mail-settings-fields';
import { SqlSettingsFields } from './sql-settings-fields';
import { connectionNameFor } from './words';

const OTHER = 'other';

const NEW_HTTP: HttpSettings = { address: '', headers: {}, auth: { kind: 'none' }, testPath: '/' };
const NEW_SQL: SqlSettings = { host: '', port: 5_432, database: '', user: '', secret: '', tls: 'verify' };
const NEW_MAIL: MailSettings = { host: '', port: 587, tls: 'starttls', user: '', secret: '', from: '' };
const KINDS = [
  { value: 'http', label: 'HTTP service', description: 'An API with JSON.' },
  { value: 'sql', label: 'PostgreSQL database', description: 'Statements with parameters.' },
  { value: 'mail', label: 'Mail server', description: 'SMTP.' },
];

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
  const before = row?.connection ?? null;
  const beforeOptions = before?.options ?? {};
  const [kind, setKind] = useState<Connection['kind']>(before?.kind ?? 'http');
  const [title, setTitle] = useState(before?.title ?? '');
  const [named, setNamed] = useState<string | null>(before?.name ?? null);
  const name = named ?? connectionNameFor(title);
  const [settings, setSettings] = useState(before?.kind === 'http' ? before.settings : NEW_HTTP);
  const [typedSql, setSql] = useState(before?.kind === 'sql' ? before.settings : NEW_SQL);
  const sql = before || typedSql.secret !== '' ? typedSql : { ...typedSql, secret: `${name || 'connection'}-password` };
  const [typedMail, setMail] = useState(before?.kind === 'mail' ? before.settings : NEW_MAIL);
  // A mail server without a login has no secret.
  const mail = {
    ...typedMail,
    secret: typedMail.user === '' ? '' : typedMail.secret || `${name || 'connection'}-password`,
  };
  const [headers, setHeaders] = useState(pairsOf(settings.headers));
  const [allow, setAllow] = useState((before?.allow ?? []).join('\n'));
  const [timeout, setTimeout] = useState(beforeOptions.startToCloseTimeout ?? '');
  const [attempts, setAttempts] = useState(String(beforeOptions.retry?.maximumAttempts ?? ''));
  const [secretValue, setSecretValue] = useState('');
  const put = useSend();
  const secret = useSend(['secrets']);
  const failure = secret.failure ?? put.failure;
  const errorAt = (at: string) => failure?.problems?.find((each) => each.at.startsWith(at))?.message ?? null;
  const { auth, address } = settings;

  const save = async () => {
    // The value first: a connection never names a secret that could not be stored.
    const secretName =
      kind === 'sql' ? sql.secret : kind === 'mail' ? mail.secret : auth.kind === 'none' ? '' : auth.secret;
    if (secretName !== '' && secretValue !== '') {
      if (!(await secret.send(routes.secrets(), { name: secretName, value: secretValue }))) return;
      setSecretValue('');
    }
    const { startToCloseTimeout: _, retry, ...options } = beforeOptions;
    const { maximumAttempts: _attempts, ...pauses } = retry ?? {};
    const limited = attempts === '' ? pauses : { ...pauses, maximumAttempts: Number(attempts) };
    const common = {
      name,
      title: title.trim(),
      allow: kind === 'http' ? allow.split(/[\s,]+/).filter(Boolean) : [],
      options: {
        ...options,
        ...(timeout === '' ? {} : { startToCloseTimeout: timeout }),
        ...(Object.keys(limited).length > 0 ? { retry: limited } : {}),
      },
    };
    const connection: Connection =
      kind === 'sql'
        ? { ...common, kind, settings: sql }
        : kind === 'mail'
          ? { ...common, kind, settings: mail }
          : { ...common, kind, settings: { ...settings, headers: recordOf(headers) } };
    const saved = await put.send<ConnectionRow>(routes.connections(), { connection, base: row?.revision ?? 0 });
    if (saved) onSaved(saved);
  };

  return (
    <FormDialog
      title={row ? `Change '${row.connection.title}'` : 'New connection'}
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
      {row ? null : (
        <Field label="Kind" required>
          <Select options={KINDS} value={kind} onValueChange={(next) => setKind(next as Connection['kind'])} />
        </Field>
      )}
      <Field label="Title" required error={errorAt('/connection/title')}>
        <Input autoComplete="off" maxLength={100} value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field
        label="Name"
        required
        help={
          row
            ? 'The name is in histories, so it cannot be changed.'
            : 'The first part of every call: billing.chargeCard.'
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
      {kind === 'mail' ? (
        <MailSettingsFields
          settings={mail}
          value={secretValue}
          errorAt={errorAt}
          onChange={setMail}
          onValue={setSecretValue}
        />
      ) : kind === 'sql' ? (
        <SqlSettingsFields
          settings={sql}
          value={secretValue}
          errorAt={errorAt}
          onChange={setSql}
          onValue={setSecretValue}
        />
      ) : (
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
        </>
      )}
      <details className="group rounded-md border border-hairline px-3 py-2">
        <summary className="cursor-pointer text-sm font-medium">More</summary>
        <div className="mt-3 flex flex-col gap-4">
          {kind === 'http' ? (
            <>
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
            </>
          ) : null}
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
