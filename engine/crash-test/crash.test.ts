/** The short form of `npm run test:crash`, and tests that show that it can fail. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../../prisma/migrate';
import { startPostgres } from '../launcher/postgres';
import { PostgresStore } from '../store/postgres/store';
import { installAudit, readAudit } from './audit';
import { runCrashTest } from './crash-test';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

test('[CTC1] killed engines and PostgreSQL lose nothing acknowledged, and a stale engine is fenced', async () => {
  const seed = Number(process.env.CRASH_SEED ?? 20_261_121);
  const options = { runs: 24, engineKills: 2, postgresKills: 1, takeovers: 1, seed };
  const report = await runCrashTest(root, options, { say: () => {}, progress: () => {} });
  expect(report.violations, `seed ${seed}; logs: ${report.folder}`).toEqual([]);
  expect(report.broken).toBe(4);
  expect(report.staleCommits).toBe(0);
  // By a refused commit, or by the answer to its question whether the lease is still its own: whichever comes first.
  expect(report.fenced).toBe(1);
  // Children and the next runs of chains come on top.
  expect(report.replayed).toBeGreaterThan(options.runs);
  expect(report.deleted).toBeGreaterThan(0);
  const { starts, resets, batches, schedules, times, triggers } = report.acknowledged;
  expect(
    [starts, resets, batches, schedules, times, triggers].every(Boolean),
    JSON.stringify(report.acknowledged)
  ).toBe(true);
  // Two engines were killed, one was taken over, and the test itself took the lease at the end.
  expect(report.epochs).toBeGreaterThanOrEqual(5);
  const { completed, unwound } = report.outcomes;
  expect([completed, unwound].every(Boolean), JSON.stringify(report.outcomes)).toBe(true);
}, 300_000);

test('[CTC2] the audit finds a commit of a replaced epoch and a writer without a name', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-audit-'));
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, 'postgres');
  const server = await startPostgres({ dataDir, settings: { track_commit_timestamp: 'on' } });
  const { url } = server;
  await migrate(url);
  const pool = new pg.Pool({ connectionString: url });
  await installAudit(pool);
  const insert = `INSERT INTO engine.namespace VALUES ($1, $1, '', 1, '{}')`;
  const write = async (name: string, application_name: string) => {
    const client = new pg.Client({ connectionString: url, application_name });
    await client.connect();
    await client.query(insert, [name]);
    await client.end();
  };
  const first = await new PostgresStore({ url }).acquire('one');
  const record = {
    id: 'x',
    description: '',
    ownerEmail: '',
    data: {},
    retentionDays: 1,
    retentionEnforced: false,
    isDeprecated: false,
    removeAt: null,
    searchAttributes: {},
  };
  await first.writeNamespace({ ...record, name: 'in-time' });
  const second = await new PostgresStore({ url }).acquire('two');
  await second.writeNamespace({ ...record, name: 'in-time-too' });
  await expect(first.writeNamespace({ ...record, name: 'late' })).rejects.toThrow(/held by another/);
  expect(await readAudit(pool)).toEqual({ commits: 2, takeovers: 2, stale: [], unnamed: [] });

  await write('past-the-fence', `backstitch engine epoch ${first.epoch} one`);
  await write('nobody', 'somebody');
  const { stale, unnamed } = await readAudit(pool);
  expect(stale).toEqual([expect.stringMatching(/^epoch 1 wrote 1 of namespace, .* after epoch 2 was taken$/)]);
  expect(unnamed).toEqual(["a writer names no epoch: 'somebody'"]);

  await Promise.all([first.release(), second.release(), pool.end()]);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
