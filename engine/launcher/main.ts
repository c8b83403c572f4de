/**
 * The launcher behind `npm start`: builds, starts the embedded PostgreSQL, migrates, starts the roles, prints the
 * addresses, and keeps everything running until Ctrl-C. It holds no state: after kill -9 of any process the next
 * start continues.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { migrate } from '../../prisma/migrate';
import { buildIfChanged, hasWeb } from './build';
import { environmentOf, type RoleName } from './child-env';
import { Child } from './children';
import { lockFolder, useBuild, usersOfBuild, waitForFolder } from './folder-lock';
import { LogFile } from './log-file';
import { startPostgres, type PostgresServer } from './postgres';
import { PostgresGuard } from './postgres-guard';
import { engineKeys, installationSecrets, localEnv, writePrivate } from './secrets';
import { isTemporary } from '../temporary';
import { Watchdog } from './watchdog';

const USAGE = `npm start [-- options]

  --port N           the web app's port (3000)
  --webs N           web processes, on the ports from there on (1); several share the Redis of REDIS_URL
  --engine-port N    the engine's gRPC port (7233)
  --shop-port N      the example shop's port (3100)
  --no-shop          without the example's services
  --require-keys     clients on this machine need a key too
  --data DIR         data folder (.backstitch/data)
  --activities DIR   your own folder of TypeScript activities (none)
  --build-only       build and stop

DATABASE_URL selects your own PostgreSQL. If it is not set, one is started in the data folder.`;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '3000' },
    webs: { type: 'string', default: process.env.BACKSTITCH_WEBS ?? '1' },
    'engine-port': { type: 'string' },
    'shop-port': { type: 'string', default: process.env.BACKSTITCH_SHOP_PORT ?? '3100' },
    'no-shop': { type: 'boolean', default: process.env.BACKSTITCH_SHOP === 'off' },
    'require-keys': { type: 'boolean', default: process.env.BACKSTITCH_REQUIRE_KEYS === '1' },
    data: { type: 'string', default: process.env.BACKSTITCH_DATA_DIR ?? '.backstitch/data' },
    activities: { type: 'string', default: process.env.BACKSTITCH_ACTIVITIES },
    'build-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** How long the start waits for a database that cannot be reached. */
const FIRST_ACCOUNT_ASK_MS = 5_000;
const DATABASE_WAIT_MS = 60_000;
const DATABASE_RETRY_MS = 500;
/** One Ctrl-C can arrive twice, through npm and from the terminal. */
const SECOND_SIGNAL_MS = 1_000;
const WEBS_MOST = 16;
const root = process.cwd();
const children: Child[] = [];
const logs: LogFile[] = [];
const watchdog = new Watchdog();
let guard: PostgresGuard | undefined;
let release: (() => Promise<void>) | undefined;
let leaveBuild: (() => Promise<void>) | undefined;
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
  const webs = countOfWebs();
  const dataDir = path.resolve(options.data);
  const logDir = path.join(dataDir, 'logs');
  await mkdir(logDir, { recursive: true });
  if (!options['build-only']) release = await lockFolder(dataDir);

  await timed(
    'build',
    async () => {
      const folder = path.join(root, '.backstitch/build');
      const done = await waitForFolder(folder);
      try {
        const onProgress = (line: string) => say(`build      ${line} …`);
        const mayBuild = () => demandUnused(folder);
        const built = await buildIfChanged({ root, env: process.env, onProgress, mayBuild });
        if (!options['build-only']) leaveBuild = await useBuild(folder);
        return built;
      } finally {
        await done();
      }
    },
    (built) => (built ? 'done' : 'up to date')
  );
  if (options['build-only']) return;

  watchdog.start();

  let databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) {
    const folder = path.join(dataDir, 'postgres');
    const server: PostgresServer = await timed(
      'postgres',
      () => startPostgres({ dataDir: folder, onProgress: (line) => say(`postgres   ${line} …`) }),
      ({ reused }) => (reused ? 'found running' : 'started')
    );
    guard = new PostgresGuard(server, { dataDir: folder }, watchdog, say);
    databaseUrl = server.url;
  }
  const url = databaseUrl;
  await timed(
    'database',
    () => onceThere(() => migrate(url, { onProgress: (line) => say(`database   ${line}`) })),
    (applied) => (applied.length ? `${applied.length} migrations applied` : 'up to date')
  );

  const secrets = await installationSecrets(dataDir);
  const webUrl = process.env.BACKSTITCH_WEB_URL ?? `http://127.0.0.1:${options.port}`;
  const connections = [process.env.BACKSTITCH_CONNECTIONS];
  if (!options['no-shop']) {
    const address = `http://127.0.0.1:${options['shop-port']}`;
    connections.push(`shop=${address}`, `examples=${address}/services`);
  }
  const enginePort = options['engine-port'];
  const address = enginePort ? `127.0.0.1:${enginePort}` : (process.env.BACKSTITCH_ENGINE_ADDRESS ?? '127.0.0.1:7233');
  const webKey = process.env.BACKSTITCH_KEY ?? secrets.webKey;
  // Shown once, below, and not stored.
  const firstAccountToken = process.env.BACKSTITCH_FIRST_ACCOUNT_TOKEN ?? randomBytes(24).toString('base64url');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: url,
    BACKSTITCH_DATA_DIR: dataDir,
    BACKSTITCH_ACTIVITIES: options.activities && path.resolve(options.activities),
    BACKSTITCH_ENGINE_ADDRESS: address,
    BACKSTITCH_WEB_URL: webUrl,
    BACKSTITCH_SHOP: options['no-shop'] ? 'off' : process.env.BACKSTITCH_SHOP,
    BACKSTITCH_SHOP_PORT: options['shop-port'],
    BACKSTITCH_CONNECTIONS: connections.filter(Boolean).join(','),
    BACKSTITCH_INTERNAL_TOKEN: process.env.BACKSTITCH_INTERNAL_TOKEN ?? secrets.internalToken,
    BACKSTITCH_KEYS: engineKeys(secrets, webKey, process.env.BACKSTITCH_KEYS),
    BACKSTITCH_KEY: webKey,
    BACKSTITCH_REQUIRE_KEYS: options['require-keys'] ? '1' : '0',
    BACKSTITCH_FIRST_ACCOUNT_TOKEN: firstAccountToken,
    BETTER_AUTH_SECRET: process.env.BETTER_AUTH_SECRET ?? secrets.authSecret,
  };
  // A shell that has read local.env points to this engine, which is not another cluster.
  if (env.TEMPORAL_ADDRESS === address) delete env.TEMPORAL_ADDRESS;
  const localEnvFile = path.join(dataDir, 'local.env');
  await writePrivate(localEnvFile, localEnv(address, process.env.BACKSTITCH_NAMESPACE ?? 'default', secrets));

  const child = (role: RoleName, { name = role as string, port = options.port, execArgv = [] as string[] } = {}) => {
    const log = new LogFile(path.join(logDir, `${name}.log`), {
      onLost: (reason) => say(`${name.padEnd(10)} its log cannot be written (${reason}); lines are lost`),
    });
    logs.push(log);
    const file = path.join(root, '.backstitch/build', `${role}.mjs`);
    const made = new Child(
      { name, file, env: environmentOf(role, { ...env, PORT: port }), log, watchdog, execArgv },
      say
    );
    children.push(made);
    return timed(
      name,
      () => made.start(),
      (address) => address
    );
  };
  // The roles stop in reverse order: while the engine stops, the services still answer the calls that it has sent.
  const starting = options['no-shop'] ? [] : [child('shop')];
  starting.push(child('engine', { execArgv: ['--max-semi-space-size=32'] }));
  for (let at = 0; at < (hasWeb(root) ? webs : 0); at++)
    starting.push(child('web', { name: at === 0 ? 'web' : `web-${at + 1}`, port: String(Number(options.port) + at) }));
  await Promise.all(starting);
  if (hasWeb(root) && (await needsFirstAccount(`http://127.0.0.1:${options.port}`))) {
    say(
      `account    create the first account on this machine, or from another one at ${webUrl}/first-account#token=${firstAccountToken}`
    );
  }
  const where = hasWeb(root) ? `Open http://localhost:${options.port}` : `The engine answers on ${address}`;
  const shown = path.relative(root, localEnvFile);
  say(
    `clients    \`source ${shown.startsWith('..') ? localEnvFile : shown}\` sets the engine's address and a key in a shell`
  );
  const below = path.relative(root, logDir);
  console.log(`\n  ${where}    Ctrl-C stops everything; logs are in ${below.startsWith('..') ? logDir : below}\n`);
}

/** Throws if something that was built in the folder runs: a running Backstitch would lose its pages under its users. */
async function demandUnused(folder: string): Promise<void> {
  const users = await usersOfBuild(folder);
  if (users.length === 0) return;
  throw new Error(
    `Backstitch runs from this folder (process ${users.join(', ')}), and its sources have changed since, so it would have to ` +
      'be built again under it. Stop it first, or start from another copy of the folder.'
  );
}

/** Throws if several are wanted that could not know of each other. */
function countOfWebs(): number {
  const webs = Number(options.webs);
  if (!Number.isInteger(webs) || webs < 1 || webs > WEBS_MOST)
    throw new Error(`--webs ${options.webs}: a number from 1 to ${WEBS_MOST} is needed.`);
  if (webs > 1 && !process.env.REDIS_URL)
    throw new Error(
      `--webs ${webs}: several web processes need a Redis to reach each other; REDIS_URL has its address.`
    );
  return webs;
}

/** False also if the web does not answer, because its page explains what to do as well. */
async function needsFirstAccount(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/api/first-account`, { signal: AbortSignal.timeout(FIRST_ACCOUNT_ASK_MS) });
    return answer.ok && ((await answer.json()) as { exists?: boolean }).exists === false;
  } catch {
    return false;
  }
}

/** During the start the database may be unreachable for a moment, because any process may be killed at any time. */
async function onceThere<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + DATABASE_WAIT_MS;
  let said = '';
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTemporary(error) || performance.now() > giveUpAt || stopping) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== said) say(`database   ${reason || 'does not answer'}; retrying …`);
      said = reason;
      await delay(DATABASE_RETRY_MS);
    }
  }
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  watchdog.stop();
  // The web is stopped first, so that no user sees a half-stopped product. The database is stopped last.
  for (const child of [...children].reverse()) await child.stop();
  await guard?.stop();
  await Promise.all(logs.map((log) => log.close()));
  await leaveBuild?.();
  await release?.();
  process.exit(code);
}

/** Ctrl-C starts the stop; a later second Ctrl-C ends it at once. PostgreSQL is stopped cleanly in both cases. */
function stopOnSignal(): void {
  let firstAtMs = -Infinity;
  process.on('SIGINT', () => {
    if (!stopping) {
      console.log('\n  stopping …   (press Ctrl-C again to kill processes that do not stop)');
      firstAtMs = performance.now();
      void stop(0);
    } else if (performance.now() - firstAtMs > SECOND_SIGNAL_MS) {
      for (const child of children) child.kill();
    }
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
}

if (options.help) {
  console.log(USAGE);
} else {
  // The reader of the output may have ended, or its disk may be full. The product must not end because of that.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  stopOnSignal();
  start().catch((error: unknown) => {
    console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
    void stop(1);
  });
}
