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
 * The copy for runs of a workflow type; null if that version calls no such operation. A revision is a compatible fix of
 * its version, so the copy of the newest revision is used.
 */
export async function readFrozen(
  database: Database,
  workflowType: string,
  activity: string
): Promise<FrozenOperation | null> {
  const { rows } = await database.query<{ definition: FrozenOperation }>(
    `SELECT definition FROM worker.version_operation WHERE workflow_type = $1 AND activity = $2
     ORDER BY split_part(revision, '.', 2)::int DESC LIMIT 1`,
    [workflowType, activity]
  );
  return rows[0]?.definition ?? null;
}
