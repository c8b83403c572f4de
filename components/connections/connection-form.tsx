'use client';

/** The form of a connection. Values of secrets are stored by themselves, and are never read back. */
import { useState } from 'react';
import type { Connection, ConnectionRow, ConnectionList } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import type { Kind } from '@/engine/flow/connections/kinds/table';
import { formOf, KIND_OPTIONS } from './kinds/table';
import { connectionNameFor } from './words';

/** So that there is room for what a secret is: '…-password'. */
const LONGEST_IN_SECRETS = 50;

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
  const form = formOf(kind);
  // What was typed for another kind is kept while somebody looks around.
  const [typed, setTyped] = useState<Partial<Record<Kind, never>>>({});
  const given = typed[kind] ?? ((before?.settings ?? form.newSettings) as never);
  const settings = before ? given : ((form.named?.(given, name.slice(0, LONGEST_IN_SECRETS)) ?? given) as never);
  const [allow, setAllow] = useState((before?.allow ?? []).join('\n'));
  const [timeout, setTimeout] = useState(beforeOptions.startToCloseTimeout ?? '');
  const [attempts, setAttempts] = useState(String(beforeOptions.retry?.maximumAttempts ?? ''));
  const [secretValue, setSecretValue] = useState('');
  const put = useSend();
  const secret = useSend(['secrets']);
  const failure = secret.failure ?? put.failure;
  const errorAt = (at: string) => failure?.problems?.find((each) => each.at.startsWith(at))?.message ?? null;

  const save = async () => {
    // The value first: a connection never names a secret that could not be stored.
    const secretName = form.secretOf(settings);
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
      allow: form.hasOrigins ? allow.split(/[\s,]+/).filter(Boolean) : [],
      options: {
        ...options,
        ...(timeout === '' ? {} : { startToCloseTimeout: timeout }),
        ...(Object.keys(limited).length > 0 ? { retry: limited } : {}),
      },
    };
    const connection = { ...common, kind, settings } as Connection;
    const saved = await put.send<ConnectionRow>(routes.connections(), { connection, base: row?.revision ?? 0 });
    if (saved) onSaved(saved);
  };

  const fields = {
    connection: name,
    environment,
    settings,
    value: secretValue,
    errorAt,
    onChange: (next: unknown) => setTyped((now) => ({ ...now, [kind]: next as never })),
    onValue: setSecretValue,
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
          <Select options={KIND_OPTIONS} value={kind} onValueChange={(next) => setKind(next as Connection['kind'])} />
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
      <form.Settings {...fields} />
      <details className="group rounded-md border border-hairline px-3 py-2">
        <summary className="cursor-pointer text-sm font-medium">More</summary>
        <div className="mt-3 flex flex-col gap-4">
          {form.More ? <form.More {...fields} /> : null}
          {form.hasOrigins ? (
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
