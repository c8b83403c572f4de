'use client';

/** Redis streams in Settings. */
import { Field, Input, Select } from '@/components/ui/field';
import type { RedisCall } from '@/engine/flow/connections/kinds/redis';
import { PairsField, pairsOf, recordOf, type Pair } from '../pairs-field';
import type { CallProps, KindForm, SettingsProps } from './kind-form';
import { Part } from './part';
import { SecretFields } from './secret-fields';

interface RedisModel extends Pick<RedisCall, 'stream' | 'keysKeptFor' | 'answer'> {
  /** 'rest' or 'own'. */
  which: string;
  fields: Pair[];
  maxLength: string;
}

const WHICH = [
  { value: 'rest', label: 'All fields of the input', description: 'Each becomes a field of the message.' },
  { value: 'own', label: 'Fields that I name' },
];
const ANSWERS = [
  { value: 'added', label: 'Adds a message' },
  { value: 'lookup', label: 'A look-up: was it added?', description: 'By the key of the step, in the same stream.' },
];

function Settings({ connection, settings, value, errorAt, onChange, onValue }: SettingsProps<'redis'>) {
  const at = (field: string) => errorAt(`/connection/settings/${field}`);
  const figure = (field: 'port' | 'database', label: string, least: number) => (
    <Field label={label} required error={at(field)}>
      <Input
        type="number"
        min={least}
        value={settings[field]}
        onChange={({ target }) => onChange({ ...settings, [field]: Number(target.value) })}
      />
    </Field>
  );
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_7rem_7rem]">
        <Field label="Host" required error={at('host')}>
          <Input
            autoComplete="off"
            className="font-mono text-sm"
            placeholder="redis.example.com"
            value={settings.host}
            onChange={({ target }) => onChange({ ...settings, host: target.value.trim() })}
          />
        </Field>
        {figure('port', 'Port', 1)}
        {figure('database', 'Database', 0)}
      </div>
      <Field label="Login" required>
        <Select
          options={[
            { value: 'password', label: 'With a password' },
            { value: 'none', label: 'None' },
          ]}
          value={settings.secret === '' ? 'none' : 'password'}
          onValueChange={(login) =>
            onChange(
              login === 'none'
                ? { ...settings, user: '', secret: '' }
                : { ...settings, secret: `${connection || 'connection'}-password` }
            )
          }
        />
      </Field>
      {settings.secret === '' ? null : (
        <>
          <Field label="User" help="The default user, if it is empty." error={at('user')}>
            <Input
              autoComplete="off"
              value={settings.user}
              onChange={({ target }) => onChange({ ...settings, user: target.value.trim() })}
            />
          </Field>
          <SecretFields
            label="Password"
            name={settings.secret}
            value={value}
            errorAt={errorAt}
            onName={(secret) => onChange({ ...settings, secret })}
            onValue={onValue}
          />
        </>
      )}
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

function Message({ model, errorAt, onChange }: CallProps<RedisModel>) {
  const isLookup = model.answer === 'lookup';
  return (
    <Part
      title={isLookup ? 'The look-up' : 'The message'}
      description="{field} is replaced by a field of the input, and is always only text."
    >
      <Field label="What it does" required>
        <Select
          options={ANSWERS}
          value={model.answer}
          onValueChange={(next) => {
            const answer = next as RedisCall['answer'];
            onChange(
              { answer, ...(answer === 'lookup' ? { which: 'rest' } : {}) },
              answer === 'lookup' ? 'none' : 'irreversible'
            );
          }}
        />
      </Field>
      <Field
        label="Stream"
        required
        error={errorAt('stream', '/call/stream')}
        help={isLookup ? 'As in the operation that adds the message.' : undefined}
      >
        <Input
          className="font-mono text-sm"
          placeholder="orders"
          value={model.stream}
          onChange={({ target }) => onChange({ stream: target.value })}
        />
      </Field>
      {isLookup ? null : (
        <>
          <Field label="Fields" required error={errorAt('fields', '/call/fields')}>
            <Select options={WHICH} value={model.which} onValueChange={(which) => onChange({ which })} />
          </Field>
          {model.which === 'rest' ? null : (
            <PairsField
              label="Fields of the message"
              add="Add a field"
              valueHint="{field}"
              pairs={model.fields}
              onChange={(fields) => onChange({ fields })}
            />
          )}
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Keys are kept for"
          required
          error={errorAt('keysKeptFor', '/call/keysKeptFor')}
          help="A repeated attempt within this time adds nothing. A server that forgets keys may add it twice."
        >
          <Input
            placeholder="7d"
            value={model.keysKeptFor}
            onChange={({ target }) => onChange({ keysKeptFor: target.value.trim() })}
          />
        </Field>
        {isLookup ? null : (
          <Field
            label="Messages in the stream"
            required
            error={errorAt('maxLength', '/call/maxLength')}
            help="About so many newest ones remain; 0 for all."
          >
            <Input
              inputMode="numeric"
              value={model.maxLength}
              onChange={({ target }) => onChange({ maxLength: target.value.trim() })}
            />
          </Field>
        )}
      </div>
    </Part>
  );
}

function write({ which, fields, maxLength, ...call }: RedisModel) {
  if (!/^\d{1,10}$/.test(maxLength)) return { problems: { maxLength: 'A whole number; 0 for all.' } };
  const written: RedisCall = {
    kind: 'redis',
    ...call,
    fields: which === 'rest' ? 'rest' : recordOf(fields),
    maxLength: Number(maxLength),
  };
  return { call: written };
}

export const redis: KindForm<'redis', RedisModel> = {
  label: 'Redis stream',
  description: 'Messages for consumers of a stream.',
  newSettings: { host: '', port: 6_379, database: 0, user: '', secret: 'redis-password', tls: 'verify' },
  named: (settings, connection) =>
    settings.secret === 'redis-password' && connection !== ''
      ? { ...settings, secret: `${connection}-password` }
      : settings,
  secretOf: ({ secret }) => secret,
  Settings,
  firstOperation: 'Name a stream, and choose the fields of the message. A second operation looks it up.',
  // A message that a consumer has read cannot be taken back.
  newEffect: 'irreversible',
  read: (call) => ({
    stream: call?.stream ?? '',
    which: call === null || call.fields === 'rest' ? 'rest' : 'own',
    fields: call === null || call.fields === 'rest' ? [] : pairsOf(call.fields),
    maxLength: String(call?.maxLength ?? 0),
    keysKeptFor: call?.keysKeptFor ?? '7d',
    answer: call?.answer ?? 'added',
  }),
  write,
  Call: Message,
  output: null,
};
