/**
 * A real Temporal server for recordings: `temporal server start-dev` with its database in memory, on free ports of this
 * machine. The binary is kept in the user's cache folder, by version. It is built only when somebody records, and only
 * where Go is; tests never download anything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Wire } from './wire';

/** The newest `temporal` whose module can be installed by `go install`; a later one has `replace` lines. */
export const CLI_VERSION = '1.5.1';
/** Of the server inside it: the folder of what is recorded. */
export const SERVER_VERSION = '1.29.1';
const FOLDER = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
  'backstitch',
  `temporal-cli-${CLI_VERSION}`
);
const BINARY = path.join(FOLDER, 'temporal');
const READY_MS = 30_000;

/** The path of the binary, or null where nobody has built it. */
export const findBinary = (): string | null => (existsSync(BINARY) ? BINARY : null);

/** Takes minutes. Throws where Go is missing. */
export function buildBinary(): string {
  mkdirSync(FOLDER, { recursive: true });
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOBIN: FOLDER };
  const built = spawnSync('go', ['install', `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`], {
    env,
    stdio: 'inherit',
  });
  if (built.error)
    throw new Error('Go is not on this machine, so no Temporal server can be built.', { cause: built.error });
  if (built.status !== 0) throw new Error(`go install ended with ${built.status}`);
  return BINARY;
}

export interface RealServer {
  address: string;
  stop(): Promise<void>;
}

export async function startServer(binary: string): Promise<RealServer> {
  const [port, uiPort] = [await freePort(), await freePort()];
  const server = spawn(
    binary,
    [
      'server',
      'start-dev',
      '--headless',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--ui-port',
      String(uiPort),
    ].concat([
      '--log-level',
      'error',
      '--dynamic-config-value',
      'system.forceSearchAttributesCacheRefreshOnRead=true',
      '--dynamic-config-value',
      'frontend.namespaceRPS.visibility=1000',
    ]),
    { stdio: 'ignore' }
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const address = `127.0.0.1:${port}`;
  const wire = new Wire(address);
  try {
    const latest = Date.now() + READY_MS;
    for (;;) {
      const answer = await wire.call('DescribeNamespace', { namespace: 'default' }, 1_000);
      if ('ok' in answer) return { address, stop };
      if (Date.now() > latest || server.exitCode !== null) {
        await stop();
        throw new Error(`the Temporal server is not ready: ${answer.says}`);
      }
      await sleep(100);
    }
  } finally {
    wire.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
