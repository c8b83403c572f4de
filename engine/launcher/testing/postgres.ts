/** Vitest global setup: one PostgreSQL for the test run, in a temporary folder that is removed afterwards. */
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../postgres';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the server of the run. A test creates its own database in it. */
    databaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(path.join(tmpdir(), 'backstitch-test-'));
  await chmod(dir, 0o755);
  const server = await startPostgres({ dataDir: path.join(dir, 'postgres'), settings: { max_connections: '300' } });
  project.provide('databaseUrl', server.url);
  return async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
