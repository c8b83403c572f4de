/**
 * Allows one launcher per data folder. The lock is a listening Unix socket: it disappears with its process, however
 * the process ends, and a process id that the system has reused cannot be mistaken for the holder.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const WAIT_MS = 200;
const ANSWER_MS = 2_000;

/** Resolves to a function that releases the folder. Throws if another launcher has it. */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  // Socket paths must be short, and paths of project folders may be long.
  const name = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12);
  const socket = path.join(tmpdir(), `backstitch-${process.getuid?.() ?? 0}-${name}.lock`);
  const holder = await askHolder(socket);
  if (holder !== null) {
    throw new Error(
      `Backstitch already runs on ${dataDir} (process ${holder}). Stop it first, or use another folder with --data.`
    );
  }
  await rm(socket, { force: true });
  const server = createServer((caller) => caller.end(String(process.pid)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** As `lockFolder`, but waits until the folder is free: two starts of one checkout build one after the other. */
export async function waitForFolder(folder: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch {
      await delay(WAIT_MS);
    }
  }
}

/** The process id of the listener; null if there is none. A holder that hangs still holds the folder. */
function askHolder(socket: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const caller = connect(socket);
    caller.setTimeout(ANSWER_MS, () => {
      caller.destroy();
      resolve('unknown: it does not answer');
    });
    caller.on('data', (chunk) => (said += chunk.toString()));
    caller.once('end', () => resolve(said));
    caller.once('error', () => resolve(null));
  });
}
