/** The copies of operations with which versions were published. Rows are written once and never changed. */
import type pg from 'pg';
import type { FrozenOperation } from '../flow/connections/operation';

export interface FrozenCopy {
  /** 'shop.chargePayment' */
  activity: string;
  /** sha256, hex, of the definition. */
  sha: string;
  operation: FrozenOperation;
}

type Database = pg.Pool | pg.PoolClient;

export async function insertFrozen(
  database: Database,
  version: { flow: string; version: number; revision: string; workflowType: string },
  copies: readonly FrozenCopy[]
): Promise<void> {
  for (const { activity, sha, operation } of copies)
    await database.query(
      `INSERT INTO worker.version_operation (flow, version, revision, workflow_type, activity, sha, definition)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [version.flow, version.version, version.revision, version.workflowType, activity, sha, JSON.stringify(operation)]
    );
}

/**
 * The copy of the revision that scheduled a step; null if that revision calls no such operation. A revision '' is the
 * first one: the steps of runs whose tasks name no revision were scheduled when there was no other.
 */
export async function readFrozen(
  database: Database,
  workflowType: string,
  revision: string | null,
  activity: string
): Promise<FrozenOperation | null> {
  const { rows } = await database.query<{ definition: FrozenOperation }>(
    `SELECT definition FROM worker.version_operation WHERE workflow_type = $1 AND activity = $3
     AND ($2::text IS NULL OR revision = coalesce(nullif($2, ''), (SELECT v.revision FROM worker.flow_version v WHERE v.workflow_type = $1
       ORDER BY split_part(v.revision, '.', 2)::int LIMIT 1)))
     ORDER BY split_part(revision, '.', 2)::int DESC LIMIT 1`,
    [workflowType, revision, activity]
  );
  return rows[0]?.definition ?? null;
}

/** All copies of a version. */
export async function operationsFrozenFor(
  database: Database,
  workflowType: string
): Promise<Pick<FrozenCopy, 'sha' | 'operation'>[]> {
  const { rows } = await database.query<Pick<FrozenCopy, 'sha' | 'operation'>>(
    `SELECT DISTINCT ON (activity) sha, definition AS operation FROM worker.version_operation WHERE workflow_type = $1
     ORDER BY activity, split_part(revision, '.', 2)::int DESC`,
    [workflowType]
  );
  return rows;
}
