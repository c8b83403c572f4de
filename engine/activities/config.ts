/**
 * What the activities of the catalogue may reach, read from the configuration of the process. A wrong configuration
 * is rejected at the start, with the name of the setting and what to write instead.
 */
export interface ActivityConfig {
  /** Named base URLs. A step may contain a name instead of an address. */
  connections: ReadonlyMap<string, URL>;
  /** Further origins, e.g. 'https://api.example.com', 'https://*.example.com' (public addresses only), 'https://*'. */
  allow: readonly OriginPattern[];
  /** False: connections that people make in the browser may not have private addresses. */
  privateConnections: boolean;
  web: { url: URL; token: string | null };
}

export interface OriginPattern {
  protocol: 'http:' | 'https:';
  /** In lower case. With `anyHostBelow` the part after '*.', or '' for every host. */
  host: string;
  /** As URL.port: '' is the default port of the protocol. */
  port: string;
  anyHostBelow: boolean;
}

/** A setting that cannot be used. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads BACKSTITCH_CONNECTIONS, BACKSTITCH_HTTP_ALLOW, BACKSTITCH_PRIVATE_CONNECTIONS, BACKSTITCH_WEB_URL and
 * BACKSTITCH_INTERNAL_TOKEN. Throws ConfigError.
 */
export function readActivityConfig(env: Readonly<Record<string, string | undefined>>): ActivityConfig {
  return {
    connections: parseConnections(env.BACKSTITCH_CONNECTIONS ?? ''),
    allow: parseAllow(env.BACKSTITCH_HTTP_ALLOW ?? ''),
    privateConnections: env.BACKSTITCH_PRIVATE_CONNECTIONS !== 'off',
    web: {
      url: httpUrl('BACKSTITCH_WEB_URL', env.BACKSTITCH_WEB_URL || 'http://127.0.0.1:3000'),
      token: env.BACKSTITCH_INTERNAL_TOKEN || null,
    },
  };
}

/** 'shop=http://127.0.0.1:3100,billing=https://billing.example.com/v2'. A name given twice keeps its last address. */
export function parseConnections(text: string): Map<string, URL> {
  const connections = new Map<string, URL>();
  for (const entry of list(text)) {
    const [, name, address] = /^([a-z][a-z0-9-]{0,62})=(.+)$/.exec(entry) ?? [];
    if (!name || !address) {
      throw new ConfigError(
        `BACKSTITCH_CONNECTIONS: '${entry}' is not name=https://host. Names: small letters, digits, dashes.`
      );
    }
    connections.set(name, httpUrl('BACKSTITCH_CONNECTIONS', address));
  }
  return connections;
}

export function parseAllow(text: string): OriginPattern[] {
  return list(text).map(parseOrigin);
}

/** 'https://api.example.com' or 'https://*.example.com'. Throws ConfigError. */
export function parseOrigin(entry: string): OriginPattern {
  const [, protocol, stars, rest] = /^(https?):\/\/(\*(?:\.|(?=[:/]|$)))?(.*)$/i.exec(entry) ?? [];
  if (!protocol)
    throw new ConfigError(`BACKSTITCH_HTTP_ALLOW: '${entry}' is not an origin like https://api.example.com.`);
  const url = httpUrl('BACKSTITCH_HTTP_ALLOW', `${protocol}://${stars === '*' ? `any${rest}` : rest}`);
  if (url.pathname !== '/' || url.search) {
    throw new ConfigError(
      `BACKSTITCH_HTTP_ALLOW: '${entry}' has a path. Only whole origins can be allowed: write ${url.origin}.`
    );
  }
  return {
    protocol: url.protocol as OriginPattern['protocol'],
    host: stars === '*' ? '' : url.hostname,
    port: url.port,
    anyHostBelow: stars !== undefined,
  };
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

function httpUrl(setting: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`${setting}: '${text}' is not an http or https URL.`);
  if (url.username || url.password) {
    throw new ConfigError(
      `${setting}: ${url.origin} contains a password. Store it as a secret and name the secret in the step.`
    );
  }
  return url;
}
