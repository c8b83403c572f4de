/**
 * The product as `npm start` starts it, for one test run: free ports, a temporary data folder, its own PostgreSQL;
 * stopped and removed afterwards. Two test runs at the same time do not affect each other.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Long enough for a build on a busy machine. */
const START_MS = 300_000;
const STOP_MS = 40_000;

export interface Product {
  /** http://127.0.0.1:port of the web. */
  url: string;
  ports: Ports;
  engineAddress: string;
  dataDir: string;
  /** The launcher's process id. */
  pid: number;
  /** The output of the launcher so far. */
  said(): string;
  /** Ctrl-C. Resolves to the exit code and keeps the data folder. */
  stop(): Promise<number | null>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

export interface ProductOptions {
  /** The earlier product, which is started again on the same data and ports. */
  again?: Product;
  /** Some of it may need the address of the web. */
  env?: Record<string, string> | ((url: string) => Promise<Record<string, string>>);
  /** Further options of the launcher. */
  options?: readonly string[];
  /** How many web processes; the others are on the ports after that of the first. */
  webs?: number;
  /** Fills a new data folder before the first start. */
  prepare?: (dataDir: string) => Promise<void>;
}

/** Rejects with the output of the launcher if the product does not start. */
export async function startProduct({
  again,
  env = {},
  options = [],
  webs = 1,
  prepare,
}: ProductOptions = {}): Promise<Product> {
  const dataDir = again?.dataDir ?? (await temporaryFolder());
  if (!again) await prepare?.(dataDir);
  const ports = again?.ports ?? (await freePorts(webs));
  const url = `http://127.0.0.1:${ports.web}`;
  const own = typeof env === 'function' ? await env(url) : env;
  const args = ['--port', ports.web, '--engine-port', ports.engine, '--shop-port', ports.shop, '--data', dataDir];
  if (webs > 1) args.push('--webs', webs);
  const launcher = spawn(process.execPath, ['engine/launcher/start.mjs', ...args.map(String), ...options], {
    cwd: ROOT,
    env: { ...withoutOurs(process.env), BACKSTITCH_LOG_LEVEL: 'debug', ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const log = createWriteStream(path.join(dataDir, 'launcher.log'), { flags: 'a' });
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      log.write(chunk);
    });
  }
  await new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`The product did not start.\n${said}`)), START_MS);
    const check = () => {
      if (!said.includes('Open http')) return;
      clearTimeout(tooLong);
      resolve();
    };
    launcher.stdout.on('data', check);
    launcher.once('exit', (code) => {
      clearTimeout(tooLong);
      reject(new Error(`The product ended (exit ${code}) before it served.\n${said}`));
    });
  });

  const stop = () => stopLauncher(launcher);
  return {
    url,
    ports,
    engineAddress: `127.0.0.1:${ports.engine}`,
    dataDir,
    pid: launcher.pid ?? 0,
    said: () => said,
    stop,
    async remove() {
      await stop();
      log.end();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function stopLauncher(launcher: ChildProcess): Promise<number | null> {
  if (launcher.exitCode !== null || launcher.signalCode !== null) return launcher.exitCode;
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error('The launcher did not stop.')), STOP_MS);
    launcher.once('exit', (code) => {
      clearTimeout(tooLong);
      resolve(code);
    });
    launcher.kill('SIGINT');
  });
}

/** PostgreSQL may run as another user, who needs access. */
async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'backstitch-journey-'));
  await chmod(dir, 0o755);
  return dir;
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = Object.entries(env).filter(
    ([name]) =>
      !/^(BACKSTITCH_|DATABASE_URL$|REDIS_URL$|PORT$|TEMPORAL_ADDRESS$|BETTER_AUTH_|NODE_ENV$|NODE_OPTIONS$)/.test(name)
  );
  return Object.fromEntries(foreign) as NodeJS.ProcessEnv;
}

interface Ports {
  web: number;
  engine: number;
  shop: number;
}
async function freePorts(webs: number): Promise<Ports> {
  for (;;) {
    // All ports are held at the same time, so that they differ.
    const servers = await Promise.all([0, 0, 0].map(listen));
    const [web = 0, engine = 0, shop = 0] = servers.map((server) => (server?.address() as AddressInfo).port);
    const further = await Promise.all(Array.from({ length: webs - 1 }, (_, at) => listen(web + at + 1)));
    const held = [...servers, ...further].flatMap((server) => server ?? []);
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
    if (!further.includes(null)) return { web, engine, shop };
  }
}
/** On any port if it is 0. Null if it is taken. */
function listen(port: number) {
  return new Promise<ReturnType<typeof createServer> | null>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
