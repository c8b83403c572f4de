/** The environment of the web process, read once. Secrets are in this object only, which is never logged. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { z } from 'zod';
import { ROLE_NAMES, type Role } from '@/engine/permissions/permissions';
import { parseProxies } from './http/client-address';

export interface WebConfig {
  databaseUrl: string;
  port: number;
  host: string;
  webUrl: URL;
  /** gRPC address of the WorkflowService. */
  engineAddress: string;
  /** gRPC address of backstitch.v1: the bundled engine, also if runs are on another cluster. */
  versionsAddress: string;
  /**
   * True if runs are on a cluster that is not the bundled engine: there are no hints, and the cluster does not accept
   * our keys.
   */
  foreignCluster: boolean;
  namespace: string;
  key: string | undefined;
  internalToken: string;
  authSecret: string;
  /** By which services of examples are found (engine/examples/registry.ts). */
  environment: Readonly<Record<string, string | undefined>>;
  /** The token with which somebody on another machine can create the first account; null: only on this machine. */
  firstAccountToken: string | null;
  /** Null: no mail is sent. */
  smtp: { url: string; from: string } | null;
  /** The OpenID Connect provider by which people may sign in; null: there is none. */
  oidc: {
    issuer: URL;
    clientId: string;
    clientSecret: string;
    /** What people call it. */
    name: string;
    /** Hosts beside that of the issuer, with their ports, that it may name in its discovery document. */
    hosts: readonly string[];
    /** Whoever has a verified address of one of these may come in without an invitation. */
    domains: readonly string[];
    /** Their role; null: none. */
    role: Role | null;
  } | null;
  redisUrl: string | undefined;
  /** The proxies whose report about the address of a caller is trusted. */
  proxies: BlockList;
  logLevel: string;
  production: boolean;
}

function proxiesOf(text: string, { addIssue }: Pick<z.RefinementCtx, 'addIssue'>): BlockList {
  try {
    return parseProxies(text);
  } catch (error) {
    addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const listOf = (each: RegExp, what: string) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter(Boolean)
    )
    .refine((parts) => parts.every((part) => each.test(part)), `must be ${what}, separated by commas`);

const environmentSchema = z.object({
  DATABASE_URL: z.string().min(1, 'must name the PostgreSQL database of the web process'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  BACKSTITCH_HOST: z.string().default('0.0.0.0'),
  BACKSTITCH_WEB_URL: z.url().optional(),
  BACKSTITCH_ENGINE_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_ADDRESS: z.string().optional(),
  BACKSTITCH_NAMESPACE: z.string().default('default'),
  BACKSTITCH_KEY: z.string().optional(),
  BACKSTITCH_INTERNAL_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  BETTER_AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  REDIS_URL: z.string().optional(),
  BACKSTITCH_FIRST_ACCOUNT_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  /** smtp://user:password@host:587 */
  BACKSTITCH_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/./, 'must be an address like smtp://user:password@mail.example.com:587')
    .optional(),
  BACKSTITCH_SMTP_FROM: z.string().optional(),
  BACKSTITCH_OIDC_ISSUER: z
    .url()
    .transform((text) => new URL(text))
    .refine(
      ({ protocol, hostname }) => protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)),
      'must be an address with https'
    )
    .optional(),
  BACKSTITCH_OIDC_CLIENT_ID: z.string().optional(),
  BACKSTITCH_OIDC_CLIENT_SECRET: z.string().optional(),
  /** A file with the secret, in place of the variable. */
  BACKSTITCH_OIDC_CLIENT_SECRET_FILE: z.string().optional(),
  BACKSTITCH_OIDC_NAME: z.string().trim().max(40).optional(),
  BACKSTITCH_OIDC_HOSTS: listOf(/^[a-z0-9.-]+(:\d+)?$/, 'names of hosts'),
  BACKSTITCH_OIDC_DOMAINS: listOf(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'domains like example.com'),
  BACKSTITCH_OIDC_ROLE: z.enum(ROLE_NAMES).optional(),
  /** Addresses and networks, separated by commas. */
  BACKSTITCH_TRUSTED_PROXIES: z.string().default('').transform(proxiesOf),
  BACKSTITCH_LOG_LEVEL: z.string().default('info'),
  NODE_ENV: z.string().optional(),
});

/** Throws with the name of a variable that is missing. */
function oidcOf(read: z.infer<typeof environmentSchema>): WebConfig['oidc'] {
  const issuer = read.BACKSTITCH_OIDC_ISSUER;
  if (!issuer) return null;
  const clientId = read.BACKSTITCH_OIDC_CLIENT_ID;
  if (!clientId) throw new Error('The web cannot start. BACKSTITCH_OIDC_CLIENT_ID is missing.');
  return {
    issuer,
    clientId,
    clientSecret: clientSecretOf(read),
    name: read.BACKSTITCH_OIDC_NAME ?? issuer.host,
    hosts: read.BACKSTITCH_OIDC_HOSTS,
    domains: read.BACKSTITCH_OIDC_DOMAINS,
    role: read.BACKSTITCH_OIDC_ROLE ?? null,
  };
}

function clientSecretOf(read: z.infer<typeof environmentSchema>): string {
  const given = read.BACKSTITCH_OIDC_CLIENT_SECRET;
  const file = read.BACKSTITCH_OIDC_CLIENT_SECRET_FILE;
  if (given) return given;
  if (!file)
    throw new Error(
      'The web cannot start. BACKSTITCH_OIDC_CLIENT_SECRET or BACKSTITCH_OIDC_CLIENT_SECRET_FILE is missing.'
    );
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Error('The web cannot start. The file of BACKSTITCH_OIDC_CLIENT_SECRET_FILE cannot be read.');
  }
}

/** Throws with the names of the variables that are missing or wrong, never with their values. */
export function readConfig(env: NodeJS.ProcessEnv): WebConfig {
  const parsed = environmentSchema.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  );
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The web cannot start. ${problems.join('; ')}`);
  }
  const read = parsed.data;
  const production = read.NODE_ENV === 'production';
  if (production && !read.BETTER_AUTH_SECRET) throw new Error('The web cannot start. BETTER_AUTH_SECRET is missing.');
  return {
    databaseUrl: read.DATABASE_URL,
    port: read.PORT,
    host: read.BACKSTITCH_HOST,
    webUrl: new URL(read.BACKSTITCH_WEB_URL ?? `http://127.0.0.1:${read.PORT}`),
    engineAddress: read.TEMPORAL_ADDRESS ?? read.BACKSTITCH_ENGINE_ADDRESS,
    versionsAddress: read.BACKSTITCH_ENGINE_ADDRESS,
    foreignCluster: read.TEMPORAL_ADDRESS !== undefined,
    namespace: read.BACKSTITCH_NAMESPACE,
    key: read.BACKSTITCH_KEY,
    // Without a configured token the internal endpoints refuse every caller: nobody can present a random one.
    internalToken: read.BACKSTITCH_INTERNAL_TOKEN ?? randomBytes(32).toString('hex'),
    authSecret: read.BETTER_AUTH_SECRET ?? randomBytes(32).toString('hex'),
    environment: env,
    redisUrl: read.REDIS_URL,
    firstAccountToken: read.BACKSTITCH_FIRST_ACCOUNT_TOKEN ?? null,
    smtp: read.BACKSTITCH_SMTP_URL
      ? { url: read.BACKSTITCH_SMTP_URL, from: read.BACKSTITCH_SMTP_FROM ?? 'Backstitch <backstitch@localhost>' }
      : null,
    oidc: oidcOf(read),
    proxies: read.BACKSTITCH_TRUSTED_PROXIES,
    logLevel: read.BACKSTITCH_LOG_LEVEL,
    production,
  };
}
