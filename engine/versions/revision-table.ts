/**
 * The revisions of published versions in the database (schema `worker`): which one is live, and every switch from one to
 * another. A revision itself is a row of `flow_version` (version-table.ts). Rows are written once and never changed.
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
}
export interface StoredSwitch extends RevisionSwitch {
  flow: string;
  version: number;
  atMs: number;
}

type Database = pg.Pool | pg.PoolClient;

export async function insertSwitch(database: Database, row: RevisionSwitch): Promise<void> {
  await database.query(
    `INSERT INTO worker.revision_switch (workflow_type, revision, replaced, by, note, holding, breaking)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [row.workflowType, row.revision, row.replaced, row.by, row.note, row.holding, row.breaking]
  );
}

/** Newest first. */
export async function listSwitches(database: Database, flow: string): Promise<StoredSwitch[]> {
  const { rows } = await database.query<StoredSwitch>(
    `SELECT v.flow, v.version, s.workflow_type AS "workflowType", s.revision, s.replaced, s.by, s.note, s.holding,
       s.breaking, (extract(epoch FROM s.at) * 1000)::float AS "atMs"
     FROM worker.revision_switch s
     JOIN worker.flow_version v ON v.workflow_type = s.workflow_type AND v.revision = s.revision
     WHERE v.flow = $1 ORDER BY s.id DESC`,
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
