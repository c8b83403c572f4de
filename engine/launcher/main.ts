/**
 * The launcher behind `npm start`: builds, starts the embedded PostgreSQL, migrates, starts the roles, says where to look, and
 * keeps it all running until Ctrl-C. It holds no state: after kill -9 of anything the next start carries on.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { migrate } from '../../prisma/migrate';
import { buildIfChanged, hasWeb } from './build';
import { Child } from './children';
import { lockFolder, waitForFolder } from './folder-lock';
import { startPostgres, type PostgresServer } from './postgres';
import { installationSecrets, keyDigest } from './secrets';

const USAGE = `npm start [-- options]

  --port N           the web app's port (3000)
  --engine-port N    the engine's gRPC port (7233)
  --shop-port N      the example shop's port (3100)
  --no-shop          without the example's services
  --data DIR         data folder (.backstitch/data)
  --build-only       build and stop

DATABASE_URL names a PostgreSQL of your own; unset, one is started in the data folder.`;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '3000' },
    'engine-port': { type: 'string' },
    'shop-port': { type: 'string', default: process.env.BACKSTITCH_SHOP_PORT ?? '3100' },
    'no-shop': { type: 'boolean', default: process.env.BACKSTITCH_SHOP === 'off' },
    data: { type: 'string', default: process.env.BACKSTITCH_DATA_DIR ?? '.backstitch/data' },
    'build-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const POSTGRES_CHECK_MS = 500;
const root = process.cwd();
const children: Child[] = [];
let postgres: PostgresServer | null = null;
let guard: NodeJS.Timeout | undefined;
let release: (() => Promise<void>) | undefined;
let stopping = false;

function say(line: string): void {
  if (!stopping) console.log(`  ${line}`);
}

async function timed<T>(what: string, work: () => Promise<T>, done: (result: T) => string): Promise<T> {
  const from = performance.now();
  const result = await work();
  const seconds = (performance.now() - from) / 1000;
  say(`${what.padEnd(10)} ${done(result)}  (${seconds.toFixed(1)} s)`);
  return result;
}

async function start(): Promise<void> {
  console.log('\nBackstitch\n');
  const dataDir = path.resolve(options.data);
  const logDir = path.join(dataDir, 'logs');
  await mkdir(logDir, { recursive: true });
  if (!options['build-only']) release = await lockFolder(dataDir);

  await timed(
    'build',
    async () => {
      const done = await waitForFolder(path.join(root, '.backstitch/build'));
      const onProgress = (line: string) => say(`build      ${line} …`);
      return buildIfChanged({ root, env: process.env, onProgress }).finally(done);
    },
    (built) => (built ? 'done' : 'up to date')
  );
  if (options['build-only']) return;

  let databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) {
    const folder = path.join(dataDir, 'postgres');
    postgres = await timed(
      'postgres',
      () => startPostgres({ dataDir: folder, onProgress: (line) => say(`postgres   ${line} …`) }),
      (server) => (server.reused ? 'found running' : 'started')
    );
    guard = guardPostgres(folder);
    databaseUrl = postgres.url;
  }
  const url = databaseUrl;
  await timed(
    'database',
    () => migrate(url, { onProgress: (line) => say(`database   ${line}`) }),
    (applied) => (applied.length ? `${applied.length} migrations applied` : 'up to date')
  );

  const secrets = await installationSecrets(dataDir);
  const webUrl = process.env.BACKSTITCH_WEB_URL ?? `http://127.0.0.1:${options.port}`;
  const connections = [process.env.BACKSTITCH_CONNECTIONS];
  if (!options['no-shop']) connections.push(`shop=http://127.0.0.1:${options['shop-port']}`);
  const enginePort = options['engine-port'];
  const address = enginePort ? `127.0.0.1:${enginePort}` : (process.env.BACKSTITCH_ENGINE_ADDRESS ?? '127.0.0.1:7233');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: url,
    PORT: options.port,
    BACKSTITCH_DATA_DIR: dataDir,
    BACKSTITCH_ENGINE_ADDRESS: address,
    BACKSTITCH_WEB_URL: webUrl,
    BACKSTITCH_SHOP_PORT: options['shop-port'],
    BACKSTITCH_CONNECTIONS: connections.filter(Boolean).join(','),
    BACKSTITCH_INTERNAL_TOKEN: process.env.BACKSTITCH_INTERNAL_TOKEN ?? secrets.internalToken,
    BACKSTITCH_KEYS:
      process.env.BACKSTITCH_KEYS ??
      JSON.stringify([{ name: 'web', role: 'decide', sha256: keyDigest(secrets.webKey) }]),
    BACKSTITCH_KEY: process.env.BACKSTITCH_KEY ?? secrets.webKey,
    BETTER_AUTH_SECRET: process.env.BETTER_AUTH_SECRET ?? secrets.authSecret,
  };
  const child = (name: string, execArgv?: string[]) => {
    const made = new Child(
      {
        name,
        file: path.join(root, '.backstitch/build', `${name}.mjs`),
        env,
        logFile: path.join(logDir, `${name}.log`),
        execArgv,
      },
      say
    );
    children.push(made);
    return timed(
      name,
      () => made.start(),
      (address) => address
    );
  };
  const starting = [child('engine', ['--max-semi-space-size=32'])];
  if (!options['no-shop']) starting.push(child('shop'));
  if (hasWeb(root)) starting.push(child('web'));
  await Promise.all(starting);
  const where = hasWeb(root) ? `Open http://localhost:${options.port}` : `The engine answers on ${address}`;
  console.log(`\n  ${where}    Ctrl-C stops everything; logs are in ${path.relative(root, logDir)}\n`);
}

/** A server that dies is started again, as every other process is; the others wait for it meanwhile. */
function guardPostgres(dataDir: string): NodeJS.Timeout {
  let mending = false;
  return setInterval(() => {
    if (mending || stopping || !postgres || postgres.alive()) return;
    mending = true;
    say('postgres has ended, starting it again');
    startPostgres({ dataDir })
      .then((server) => {
        postgres = server;
        say('postgres serves again');
      })
      .catch((error: unknown) => say(`postgres: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => (mending = false));
  }, POSTGRES_CHECK_MS);
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  clearInterval(guard);
  // The web first, so that nobody is answered by half a product; the database last.
  for (const child of [...children].reverse()) await child.stop();
  await postgres?.stop();
  await release?.();
  process.exit(code);
}

if (options.help) {
  console.log(USAGE);
} else {
  process.on('SIGINT', () => {
    if (!stopping) console.log('\n  stopping …');
    void stop(0);
  });
  process.on('SIGTERM', () => void stop(0));
  start().catch((error: unknown) => {
    console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
    void stop(1);
  });
}
