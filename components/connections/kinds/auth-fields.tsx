'use client';

/** How a connection authenticates. The value of the secret is written here, and is never shown again. */
import { Field, Input, Select } from '@/components/ui/field';
import type { HttpAuth } from '@/engine/flow/connections/http';
import { AUTH_WORDS } from '@/engine/flow/connections/kinds/http';
import { SecretFields } from './secret-fields';

type Auth = HttpAuth;

const KINDS = Object.entries(AUTH_WORDS).map(([value, label]) => ({ value, label }));

/** A new authentication of a kind. The name of the secret follows from the connection. */
function authOf(kind: Auth['kind'], secret: string): Auth {
  switch (kind) {
    case 'none':
      return { kind };
    case 'bearer':
      return { kind, secret };
    case 'basic':
      return { kind, username: '', secret };
    case 'apiKey':
      return { kind, in: 'header', name: 'X-Api-Key', secret };
    case 'oauth2':
      return { kind, tokenUrl: '', clientId: '', secret, clientAuth: 'basic', scope: '', audience: '' };
    case 'hmac':
      return {
        kind,
        secret,
        algorithm: 'sha256',
        header: 'X-Signature',
        timestampHeader: 'X-Timestamp',
        encoding: 'hex',
        signs: 'time.body',
        prefix: '',
      };
  }
}

const SECRET_WORDS: Record<Exclude<Auth['kind'], 'none'>, string> = {
  bearer: 'Token',
  basic: 'Password',
  apiKey: 'Key',
  oauth2: 'Client secret',
  hmac: 'Signing secret',
};

export function AuthFields({
  connection,
  auth,
  value,
  errorAt,
  onChange,
  onValue,
}: {
  /** The name of the connection. */
  connection: string;
  auth: Auth;
  /** What is typed as the new value of the secret. */
  value: string;
  errorAt: (at: string) => string | null;
  onChange: (auth: Auth) => void;
  onValue: (value: string) => void;
}) {
  const at = (field: string) => errorAt(`/connection/settings/auth/${field}`);
  const text = (
    field: string,
    label: string,
    set: (text: string) => Auth,
    now: string,
    more: { help?: string; optional?: boolean } = {}
  ) => (
    <Field label={label} required={!more.optional} help={more.help} error={at(field)}>
      <Input
        autoComplete="off"
        className="font-mono text-sm"
        value={now}
        onChange={({ target }) => onChange(set(target.value))}
      />
    </Field>
  );
  return (
    <div className="flex flex-col gap-4">
      <Field label="Authentication" required>
        <Select
          options={KINDS}
          value={auth.kind}
          onValueChange={(kind) => onChange(authOf(kind as Auth['kind'], `${connection || 'connection'}-secret`))}
        />
      </Field>
      {auth.kind === 'basic'
        ? text('username', 'User name', (username) => ({ ...auth, username }), auth.username)
        : null}
      {auth.kind === 'apiKey' ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Sent in" required>
            <Select
              options={[
                { value: 'header', label: 'A header' },
                { value: 'query', label: 'The query' },
              ]}
              value={auth.in}
              onValueChange={(place) => onChange({ ...auth, in: place === 'query' ? 'query' : 'header' })}
            />
          </Field>
          {text('name', auth.in === 'header' ? 'Header' : 'Parameter', (name) => ({ ...auth, name }), auth.name)}
        </div>
      ) : null}
      {auth.kind === 'oauth2' ? (
        <>
          {text(
            'tokenUrl',
            'Address for tokens',
            (tokenUrl) => ({ ...auth, tokenUrl: tokenUrl.trim() }),
            auth.tokenUrl
          )}
          {text('clientId', 'Client id', (clientId) => ({ ...auth, clientId }), auth.clientId)}
          <div className="grid gap-4 sm:grid-cols-2">
            {text('scope', 'Scope', (scope) => ({ ...auth, scope }), auth.scope, { optional: true })}
            {text('audience', 'Audience', (audience) => ({ ...auth, audience }), auth.audience, { optional: true })}
          </div>
          <Field label="The client authenticates" required>
            <Select
              options={[
                { value: 'basic', label: 'In the Authorization header' },
                { value: 'body', label: 'In the body' },
              ]}
              value={auth.clientAuth}
              onValueChange={(way) => onChange({ ...auth, clientAuth: way === 'body' ? 'body' : 'basic' })}
            />
          </Field>
        </>
      ) : null}
      {auth.kind === 'hmac' ? (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            {text('header', 'Header of the signature', (header) => ({ ...auth, header }), auth.header)}
            {text('prefix', 'Before the signature', (prefix) => ({ ...auth, prefix }), auth.prefix, { optional: true })}
            {text(
              'timestampHeader',
              'Header of the time',
              (timestampHeader) => ({ ...auth, timestampHeader }),
              auth.timestampHeader
            )}
            <Field label="Algorithm" required>
              <Select
                options={[
                  { value: 'sha256', label: 'SHA-256' },
                  { value: 'sha512', label: 'SHA-512' },
                ]}
                value={auth.algorithm}
                onValueChange={(algorithm) =>
                  onChange({ ...auth, algorithm: algorithm === 'sha512' ? 'sha512' : 'sha256' })
                }
              />
            </Field>
            <Field label="Encoding" required>
              <Select
                options={[
                  { value: 'hex', label: 'Hexadecimal' },
                  { value: 'base64', label: 'Base64' },
                ]}
                value={auth.encoding}
                onValueChange={(encoding) => onChange({ ...auth, encoding: encoding === 'base64' ? 'base64' : 'hex' })}
              />
            </Field>
            <Field label="What is signed" required>
              <Select
                options={[
                  { value: 'body', label: 'The body' },
                  { value: 'time.body', label: 'Time, dot, body' },
                  { value: 'request', label: 'Method, path, time and body', description: 'One a line.' },
                ]}
                value={auth.signs}
                onValueChange={(signs) => onChange({ ...auth, signs: signs as typeof auth.signs })}
              />
            </Field>
          </div>
        </>
      ) : null}
      {auth.kind === 'none' ? null : (
        <SecretFields
          label={SECRET_WORDS[auth.kind]}
          name={auth.secret}
          at="/connection/settings/auth/secret"
          value={value}
          errorAt={errorAt}
          onName={(secret) => onChange({ ...auth, secret })}
          onValue={onValue}
        />
      )}
    </div>
  );
}
