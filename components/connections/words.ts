/** The words for connections and operations on screens. */
import type { Connection, Operation } from '@/app/_contract/connections';

type Auth = Connection['settings']['auth'];

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

export function addressWords({ settings }: Connection): string {
  return typeof settings.address === 'string'
    ? settings.address
    : `'${settings.address.environment}' in the configuration of the engine`;
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
