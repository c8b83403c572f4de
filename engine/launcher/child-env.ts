/**
 * The variables of the launcher's environment that each child process receives: those that it reads, and no secret
 * that it does not need. A name that is not in this table reaches no child.
 */
import { namedForCode } from './own-code';

export type RoleName = 'engine' | 'web' | 'shop';

/** Variables of the system, which every process receives. */
const SYSTEM =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|NODE_ENV|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|BACKSTITCH_LOG_LEVEL)$/;
/** How the database is reached. */
const DATABASE = /^(DATABASE_URL|PG[A-Z]+)$/;

const READS: Record<RoleName, readonly RegExp[]> = {
  engine: [
    DATABASE,
    /^(https?_proxy|no_proxy)$/i,
    /^BACKSTITCH_(DATA_DIR|ENGINE_ADDRESS|NAMESPACE|KEYS|REQUIRE_KEYS|PUBLIC_ADDRESS|METRICS_ADDRESS|TLS_CERTIFICATE|TLS_KEY|CONNECTIONS|HTTP_ALLOW|PRIVATE_CONNECTIONS|WEB_URL|INTERNAL_TOKEN|EVENT_DAYS|SUGGEST_NEW_RUN_EVENTS)$/,
    /^BACKSTITCH_ACTIVITIES(_ENV|_MEMORY_MB)?$/,
    // The export of traces; its headers may have a secret, which no other process gets.
    /^OTEL_(SERVICE_NAME|EXPORTER_OTLP_.*)$/,
  ],
  web: [
    DATABASE,
    /^(PORT|TEMPORAL_ADDRESS|REDIS_URL|BETTER_AUTH_SECRET)$/,
    /^BACKSTITCH_(HOST|WEB_URL|ENGINE_ADDRESS|NAMESPACE|KEY|INTERNAL_TOKEN|TRUSTED_PROXIES|FIRST_ACCOUNT_TOKEN)$/,
    /^BACKSTITCH_(SHOP|SHOP_PORT|CONNECTIONS|HTTP_ALLOW|PRIVATE_CONNECTIONS|SMTP_.*|OIDC_.*)$/,
  ],
  shop: [DATABASE, /^BACKSTITCH_SHOP_PORT$/],
};

export function environmentOf(role: RoleName, env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const reads = [SYSTEM, ...READS[role]];
  // The engine hands them on to the operator's own code, and to nothing else.
  const forCode = new Set(role === 'engine' ? namedForCode(env) : []);
  const given = Object.entries(env).filter(([name]) => forCode.has(name) || reads.some((each) => each.test(name)));
  return { ...Object.fromEntries(given), NODE_ENV: env.NODE_ENV };
}
