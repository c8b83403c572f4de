/**
 * The operator's own folder of activities, from the environment of the engine: BACKSTITCH_ACTIVITIES names the folder,
 * BACKSTITCH_ACTIVITIES_ENV the variables that its code gets, separated by commas.
 */
import path from 'node:path';
import { ConfigError } from '../activities/config';

export interface OwnCodeConfig {
  /** An absolute path. */
  folder: string;
  env: Record<string, string | undefined>;
  memoryMb: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs of the system. No secret is among them. */
const SYSTEM = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_ENV', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
const OF_THE_PRODUCT = /^(BACKSTITCH_.*|BETTER_AUTH_SECRET|DATABASE_URL|PG[A-Z]+)$/;
const USUAL_MEMORY_MB = 512;

/** Undefined if there is none. Throws ConfigError. */
export function readOwnCode(env: Environment): OwnCodeConfig | undefined {
  const { BACKSTITCH_ACTIVITIES: folder, BACKSTITCH_ACTIVITIES_MEMORY_MB: memory } = env;
  if (!folder) return undefined;
  const memoryMb = memory ? Number(memory) : USUAL_MEMORY_MB;
  if (!Number.isInteger(memoryMb) || memoryMb < 64)
    throw new ConfigError(`BACKSTITCH_ACTIVITIES_MEMORY_MB: '${memory}' is not a number of megabytes, at least 64.`);
  const names = [...SYSTEM, ...namedForCode(env)];
  const given = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { folder: path.resolve(folder), env: Object.fromEntries(given), memoryMb };
}

/** The variables that the operator names for the code. Throws ConfigError for one of the product itself. */
export function namedForCode({ BACKSTITCH_ACTIVITIES_ENV: text = '' }: Environment): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  for (const name of names)
    if (OF_THE_PRODUCT.test(name))
      throw new ConfigError(
        `BACKSTITCH_ACTIVITIES_ENV: '${name}' is a variable of the product itself. Give the value another name.`
      );
  return names;
}
