/**
 * [U] An upgrade loses no data. For each released revision that is stored beside this file:
 * [REL1] today's migrations apply to its tables, and keep every row;
 * [REL2] every history that it stored is correct, and its side state is read;
 * [REL3] every history replays on the bundle that it published;
 * [REL4] a run's side state is written in the new version and read back unchanged;
 * [REL5] every document that it published is read;
 * [REL6] every account keeps its role for all flows and its groups; one with an unknown role may view everything, as
 *        before;
 * [REL7] every version is the same content as when it was published, whatever format documents have now.
 * The journey e2e/8-upgrade.spec.ts checks the screens and that open runs are finished.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { STATUS } from '../run-name';
import type { FlowManifest } from '../flow/manifest';
import { readFlow } from '../flow/read';
import { storedManifest } from '../flow/stored';
import { byName } from '../flow/values/name-order';
import type { HistoryEvent } from '../history';
import { checkHistory, encodeSide, readExpectation, rebuildRun } from '../history';
import { temporal } from '../proto';
import type { HistoryBatch, LeasedStore, StoredRun } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { contentShaOf } from '../versions/build';
import { VersionRegistry } from '../versions/registry';
import { Replayer } from '../worker/replay';
import { migrate } from '../../prisma/migrate';
import { readReleased, RELEASED, restoreReleased, type ReleasedData } from './released';

interface StoredRow {
  flow: string;
  version: number;
  manifest: FlowManifest;
  content_sha: string;
}
interface Kept {
  name: string;
  stored: StoredRun;
  batches: HistoryBatch[];
  events: HistoryEvent[];
}

describe.each(RELEASED)('revision %s', (revision) => {
  let data: ReleasedData;
  let pool: pg.Pool;
  let store: PostgresStore;
  let lease: LeasedStore;
  const kept: Kept[] = [];

  beforeAll(async () => {
    data = await readReleased(revision);
    const url = new URL(inject('databaseUrl'));
    const name = `released_${randomBytes(6).toString('hex')}`;
    const server = new pg.Client({ connectionString: url.href });
    await server.connect();
    await server.query(`CREATE DATABASE ${name}`);
    await server.end();
    url.pathname = `/${name}`;
    await restoreReleased(url.href, data);
    // The release had one account of each role, without groups: groups and an unknown role are added.
    await execute(
      url.href,
      `UPDATE app."user" SET groups = '{finance,"Dispatch, north",""}' WHERE id = 'kept-approver';
       UPDATE app."user" SET groups = '{finance,finance}' WHERE id = 'kept-viewer';
       UPDATE app."user" SET role = 'owner' WHERE id = 'kept-operator'`
    );
    await migrate(url.href);
    pool = new pg.Pool({ connectionString: url.href });
    store = new PostgresStore({ url: url.href });
    lease = await store.acquire('test');
    for (const { name: run, workflowId, runId } of data.runs) {
      const stored = await lease.findRun('default', workflowId, runId);
      if (!stored) throw new Error(`${run} is not there`);
      const batches = await lease.readHistory(stored.runKey, 1, stored.nextEventId);
      const events = batches.flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events);
      kept.push({ name: run, stored, batches, events: events as HistoryEvent[] });
    }
  }, 60_000);
  afterAll(async () => {
    await lease.release();
    await store.close();
    await pool.end();
  });

  it('[REL1] keeps every row', async () => {
    for (const [table, rows] of Object.entries(data.tables)) {
      const { rows: counted } = await pool.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
      // Taking the lease and reading namespaces adds no row, because both exist already.
      expect(counted[0]?.count, table).toBe(rows.length);
    }
  });

  it('[REL2] every history is correct, to the byte', () => {
    const open = kept.filter(({ stored }) => stored.status === STATUS.running);
    expect([kept.length, open.length]).toEqual([data.runs.length, 12]);
    for (const { name, stored, batches } of kept) {
      expect(checkHistory(batches, readExpectation(stored)), name).toEqual([]);
    }
  });

  it('[REL3] every history replays on the bundle that was published', async () => {
    const registry = new VersionRegistry(pool);
    await registry.load();
    for (const type of new Set(registry.workflowTypes())) {
      const replayer = new Replayer(registry.find(type)!);
      const ofType = kept.filter(({ events }) => typeOf(events) === type);
      expect(ofType.length, type).toBeGreaterThan(0);
      for (const { name, stored, events } of ofType) {
        const refusal = await replayer.replay({ events }, { workflowId: stored.workflowId }).then(
          () => null,
          (error: unknown) => `${name}: ${String(error)}`
        );
        expect(refusal).toBeNull();
      }
      await replayer.close();
    }
  }, 60_000);

  it('[REL4] side state is written in the new version and read back', () => {
    for (const { name, stored, events } of kept) {
      const state = rebuildRun(stored, events);
      const side = encodeSide(state);
      expect(encodeSide(rebuildRun({ ...stored, side }, events)), name).toEqual(side);
    }
  });

  it('[REL5] every document can be read', () => {
    for (const row of data.tables['worker.flow_version'] ?? []) {
      const { flow, document } = JSON.parse(row) as { flow: string; document: unknown };
      const read = readFlow(document);
      expect(
        read.diagnostics.filter(({ severity }) => severity === 'error'),
        flow
      ).toEqual([]);
    }
  });

  it('[REL7] every version is the same content as when it was published', () => {
    // Contents are compared with the first number, so the stored sha of a first version is the one of its content.
    for (const row of data.tables['worker.flow_version'] ?? []) {
      const { flow, version, manifest, ...stored } = JSON.parse(row) as StoredRow;
      expect(version).toBe(1);
      expect(contentShaOf(storedManifest(manifest)), flow).toBe(stored.content_sha);
    }
  });

  it('[REL6] every account keeps its role for all flows, and its groups', async () => {
    const { rows: grants } = await pool.query<{ email: string; role: string; flow: string | null }>(
      `SELECT u.email, g.role, g.flow FROM app."user" u LEFT JOIN app.role_grant g ON g.person_id = u.id ORDER BY u.email`
    );
    const own = { email: data.account.email, role: 'admin', flow: null };
    const others = ['approver', 'designer', 'operator', 'viewer'].map((role) => {
      const unknown = role === 'operator';
      return { email: `${role}@example.com`, role: unknown ? 'viewer' : role, flow: null };
    });
    expect(grants).toEqual([own, ...others].sort((a, b) => byName(a.email, b.email)));

    const { rows: groups } = await pool.query('SELECT name FROM app.person_group ORDER BY name');
    expect(groups).toEqual([{ name: 'Dispatch, north' }, { name: 'finance' }]);
    const { rows: members } = await pool.query(
      'SELECT group_name, person_id FROM app.group_member ORDER BY group_name, person_id'
    );
    expect(members).toEqual([
      { group_name: 'Dispatch, north', person_id: 'kept-approver' },
      { group_name: 'finance', person_id: 'kept-approver' },
      { group_name: 'finance', person_id: 'kept-viewer' },
    ]);
    // A group gives no role by itself, so nobody gets more permissions.
    const { rows: ofGroups } = await pool.query('SELECT 1 FROM app.role_grant WHERE group_name IS NOT NULL');
    expect(ofGroups).toEqual([]);
  });
});

async function execute(connectionString: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statements);
  await client.end();
}

const typeOf = (events: readonly HistoryEvent[]) =>
  events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';
