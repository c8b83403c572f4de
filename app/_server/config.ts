/** The web process's environment, read once. Secrets live in this object only; it is never logged. */
import { randomBytes } from 'node:crypto';
import type { BlockList } from 'node:net';
import { z } from 'zod';
import { parseProxies } from './http/client-address';

export interface WebConfig {
  databaseUrl: string;
  port: number;
  host: string;
  webUrl: URL;
  /** gRPC of the WorkflowService. */
  engineAddress: string;
  /** Where backstitch.v1 answers: the bundled engine, also when runs live on another cluster. */
  versionsAddress: string;
  /** Runs live on a cluster that is not the bundled engine: no hints, no key of ours. */
  foreignCluster: boolean;
  namespace: string;
  key: string | undefined;
  internalToken: string;
  authSecret: string;
  shopUrl: URL | null;
  /** By which somebody elsewhere may make the first account; null: only on this machine. */
  firstAccountToken: string | null;
  /** Null: nothing is mailed. */
  smtp: { url: string; from: string } | null;
  redisUrl: string | undefined;
  /** Whose word about a caller's address is taken. */
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

const environmentSchema = z.object({
  DATABASE_URL: z.string().min(1, 'names the PostgreSQL database of the web process'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  BACKSTITCH_HOST: z.string().default('0.0.0.0'),
  BACKSTITCH_WEB_URL: z.url().optional(),
  BACKSTITCH_ENGINE_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_ADDRESS: z.string().optional(),
  BACKSTITCH_NAMESPACE: z.string().default('default'),
  BACKSTITCH_KEY: z.string().optional(),
  BACKSTITCH_INTERNAL_TOKEN: z.string().min(16, 'is at least 16 characters').optional(),
  BETTER_AUTH_SECRET: z.string().min(32, 'is at least 32 characters').optional(),
  BACKSTITCH_SHOP: z.string().optional(),
  BACKSTITCH_CONNECTIONS: z.string().default(''),
  BACKSTITCH_SHOP_PORT: z.coerce.number().int().default(3100),
  REDIS_URL: z.string().optional(),
  BACKSTITCH_FIRST_ACCOUNT_TOKEN: z.string().min(16, 'is at least 16 characters').optional(),
  /** smtp://user:password@host:587 */
  BACKSTITCH_SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/./, 'is an address like smtp://user:password@mail.example.com:587')
    .optional(),
  BACKSTITCH_SMTP_FROM: z.string().optional(),
  /** Addresses and networks, with commas. */
  BACKSTITCH_TRUSTED_PROXIES: z.string().default('').transform(proxiesOf),
  BACKSTITCH_LOG_LEVEL: z.string().default('info'),
  NODE_ENV: z.string().optional(),
});

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
  const shop = read.BACKSTITCH_CONNECTIONS.split(',')
    .find((each) => each.startsWith('shop='))
    ?.slice('shop='.length);
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
    // Nobody can present a token that was never told: the internal endpoints then refuse every caller.
    internalToken: read.BACKSTITCH_INTERNAL_TOKEN ?? randomBytes(32).toString('hex'),
    authSecret: read.BETTER_AUTH_SECRET ?? randomBytes(32).toString('hex'),
    shopUrl: read.BACKSTITCH_SHOP === 'off' ? null : new URL(shop ?? `http://127.0.0.1:${read.BACKSTITCH_SHOP_PORT}`),
    redisUrl: read.REDIS_URL,
    firstAccountToken: read.BACKSTITCH_FIRST_ACCOUNT_TOKEN ?? null,
    smtp: read.BACKSTITCH_SMTP_URL
      ? { url: read.BACKSTITCH_SMTP_URL, from: read.BACKSTITCH_SMTP_FROM ?? 'Backstitch <backstitch@localhost>' }
      : null,
    proxies: read.BACKSTITCH_TRUSTED_PROXIES,
    logLevel: read.BACKSTITCH_LOG_LEVEL,
    production,
  };
}
