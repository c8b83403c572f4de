/** The words for connections and operations on screens. */
import type { Connection, Operation } from '@/app/_contract/connections';
import type { HttpAuth } from '@/engine/flow/connections/http';

type Auth = HttpAuth;

export const AUTH_WORDS: Record<Auth['kind'], string> = {
  none: 'No authentication',
  bearer: 'Bearer token',
  basic: 'User name and password',
  apiKey: 'API key',
  oauth2: 'OAuth 2 client credentials',
  hmac: 'HMAC signature',
};

export const EFFECT_WORDS: Record<Operation['effect'], string> = {
  none: 'No effect',
  reversible: 'Can be undone',
  irreversible: 'Cannot be undone',
};

export const KIND_WORDS: Record<Connection['kind'], string> = { http: 'HTTP', sql: 'PostgreSQL', mail: 'Mail' };

export function addressWords(connection: Connection): string {
  if (connection.kind === 'sql') {
    const { host, port, database } = connection.settings;
    return `${host}:${port}/${database}`;
  }
  if (connection.kind === 'mail') return `${connection.settings.host}:${connection.settings.port}`;
  const { settings } = connection;
  return typeof settings.address === 'string'
    ? settings.address
    : `'${settings.address.environment}' in the configuration of the engine`;
}

/** How it authenticates. */
export function authWords(connection: Connection): string {
  if (connection.kind === 'http') return AUTH_WORDS[connection.settings.auth.kind];
  const { user, tls } = connection.settings;
  return `${user === '' ? 'No login' : `User ${user}`}, ${tls === 'off' ? 'without encryption' : 'over TLS'}`;
}

/** What an operation does, in one line: 'POST /payments'. */
export function callWords({ call }: Operation): { verb: string; text: string } {
  if (call.kind === 'http') return { verb: call.method, text: call.path };
  if (call.kind === 'mail') return { verb: 'MAIL', text: `${call.to.join(', ')}: ${call.subject}` };
  const text = call.statement.trim().replace(/\s+/g, ' ');
  return { verb: (/^\w+/.exec(text)?.[0] ?? 'SQL').toUpperCase(), text };
}

/** 'charge a card' → 'chargeACard'. */
export function nameFor(title: string): string {
  const words = title
    .normalize('NFKD')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word, index) =>
      index === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1)
    );
  return words
    .join('')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63);
}

/** 'Billing API' → 'billing-api'. */
export function connectionNameFor(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return slug.replace(/^[^a-z]+|-+$/g, '').slice(0, 63);
}
