/**
 * The revisions of published versions in the database (schema `worker`): which one is live, and every switch from one
 * to another. A revision itself is a row of `flow_version` (version-table.ts). Rows are written once and never changed.
 */
import type pg from 'pg';

/** One time when another revision of a version went live. */
export interface RevisionSwitch {
  workflowType: string;
  revision: string;
  /** The live revision before. */
  replaced: string;
  by: string;
  note: string;
  /** Open runs that could continue on the revision, and those that could not and stayed on theirs. */
  holding: number;
  breaking: number;
  /** The check through which it went live. */
  gateId: string;
}
export interface StoredSwitch extends Omit<RevisionSwitch, 'gateId'> {
  flow: string;
  version: number;
  atMs: number;
}

type Database = pg.Pool | pg.PoolClient;

const SWITCH = `v.flow, v.version, s.workflow_type AS "workflowType", s.revision, s.replaced, s.by, s.note, s.holding,
  s.breaking, (extract(epoch FROM s.at) * 1000)::float AS "atMs"`;
const OF_VERSION = `JOIN worker.flow_version v ON v.workflow_type = s.workflow_type AND v.revision = s.revision`;

export async function insertSwitch(database: Database, row: RevisionSwitch): Promise<void> {
  await database.query(
    `INSERT INTO worker.revision_switch (workflow_type, revision, replaced, by, note, holding, breaking, gate_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.workflowType, row.revision, row.replaced, row.by, row.note, row.holding, row.breaking, row.gateId]
  );
}

/** What went live through a check; null if nothing did. `again`: the revision had been live before. */
export async function readSwitch(
  database: Database,
  gateId: string
): Promise<(StoredSwitch & { again: boolean }) | null> {
  const { rows } = await database.query<StoredSwitch & { again: boolean }>(
    `SELECT ${SWITCH}, split_part(s.revision, '.', 2) = '0' OR EXISTS (SELECT FROM worker.revision_switch earlier
       WHERE earlier.workflow_type = s.workflow_type AND earlier.revision = s.revision AND earlier.id < s.id) AS again
     FROM worker.revision_switch s ${OF_VERSION} WHERE s.gate_id = $1`,
    [gateId]
  );
  return rows[0] ?? null;
}

/** Newest first. */
export async function listSwitches(database: Database, flow: string): Promise<StoredSwitch[]> {
  const { rows } = await database.query<StoredSwitch>(
    `SELECT ${SWITCH} FROM worker.revision_switch s ${OF_VERSION} WHERE v.flow = $1 ORDER BY s.id DESC`,
    [flow]
  );
  return rows;
}

/** The revisions of a version, the first one first, with the content of each. */
export async function listRevisions(
  database: Database,
  flow: string,
  version: number
): Promise<{ revision: string; contentSha: string }[]> {
  const { rows } = await database.query<{ revision: string; contentSha: string }>(
    `SELECT revision, content_sha AS "contentSha" FROM worker.flow_version
     WHERE flow = $1 AND version = $2 ORDER BY split_part(revision, '.', 2)::int`,
    [flow, version]
  );
  return rows;
}
