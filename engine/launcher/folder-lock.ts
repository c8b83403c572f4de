/**
 * Allows one launcher per data folder, and knows which launchers run what was built in a folder. A lock is a listening Unix socket: it disappears with its process, however
 * the process ends, and a process id that the system has reused cannot be mistaken for the holder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const USERS = 'users';
const WAIT_MS = 200;
const ANSWER_MS = 2_000;

/** Resolves to a function that releases the folder. Throws if another launcher has it. */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const socket = socketOf(dataDir);
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

/** Notes that this process runs what was built in the folder. Resolves to a function that takes the note back. */
export async function useBuild(folder: string): Promise<() => Promise<void>> {
  const note = path.join(folder, USERS, String(process.pid));
  await mkdir(path.dirname(note), { recursive: true });
  const release = await lockFolder(note);
  await writeFile(note, '');
  return async () => {
    await rm(note, { force: true });
    await release();
  };
}

/** The ids of other processes that run what was built in the folder. Notes of processes that are gone are removed. */
export async function usersOfBuild(folder: string): Promise<string[]> {
  const notes = await readdir(path.join(folder, USERS)).catch(() => []);
  const users = await Promise.all(
    notes.map(async (note) => {
      const file = path.join(folder, USERS, note);
      if (await askHolder(socketOf(file))) return note;
      await rm(file, { force: true });
      return null;
    })
  );
  return users.filter((user) => user !== null && user !== String(process.pid)) as string[];
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

/** Socket paths must be short, and paths of project folders may be long. */
function socketOf(folder: string): string {
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12);
  return path.join(tmpdir(), `backstitch-${process.getuid?.() ?? 0}-${name}.lock`);
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
