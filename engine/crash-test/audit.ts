/**
 * A record of all writers, made by the database itself: triggers on the engine's tables, which the test creates. They
 * record for every transaction that writes the epoch under which its connection was opened, and for every takeover
 * the epoch that it took. PostgreSQL stamps both at their commit (`track_commit_timestamp`). A stale commit is a
 * commit of epoch n after n + 1 was taken.
 */
import type pg from 'pg';

const WRITTEN = ['execution', 'history', 'visibility', 'current_execution', 'namespace'];

const RECORDS = `
CREATE SCHEMA audit;
CREATE TABLE audit.written (xid xid8 NOT NULL, epoch bigint, writer text NOT NULL, relation text NOT NULL, count int NOT NULL);
CREATE TABLE audit.takeover (xid xid8 NOT NULL, epoch bigint NOT NULL, holder text NOT NULL);

CREATE FUNCTION audit.note_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.written
  SELECT pg_current_xact_id(), substring(current_setting('application_name') from 'epoch (\\d+)')::bigint,
         current_setting('application_name'), TG_TABLE_NAME, count(*)
  FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION audit.note_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.takeover VALUES (pg_current_xact_id(), NEW.epoch, NEW.holder);
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER UPDATE ON engine.lease FOR EACH ROW EXECUTE FUNCTION audit.note_takeover();

CREATE TABLE audit.deleted (run_key bigint NOT NULL, workflow_id text NOT NULL, run_id text NOT NULL, events int NOT NULL);
CREATE FUNCTION audit.note_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit.deleted VALUES (OLD.run_key, OLD.workflow_id, OLD.run_id, OLD.next_event_id - 1);
  RETURN NULL;
END $$;
CREATE TRIGGER audit_delete AFTER DELETE ON engine.execution FOR EACH ROW EXECUTE FUNCTION audit.note_deletion();
`;

export interface AuditReport {
  commits: number;
  takeovers: number;
  /** Descriptions of the commits of an epoch that had already been taken over. */
  stale: string[];
  /** Writers whose connection has no epoch in its name. */
  unnamed: string[];
}

/** Called before any engine starts. Needs a server with `track_commit_timestamp`. */
export async function installAudit(pool: pg.Pool): Promise<void> {
  await pool.query(RECORDS);
  for (const table of WRITTEN) {
    for (const act of ['INSERT', 'UPDATE']) {
      await pool.query(
        `CREATE TRIGGER audit_${act.toLowerCase()} AFTER ${act} ON engine.${table} REFERENCING NEW TABLE AS changed
         FOR EACH STATEMENT EXECUTE FUNCTION audit.note_write()`
      );
    }
  }
}

export async function readAudit(pool: pg.Pool): Promise<AuditReport> {
  const counts = await pool.query<{ commits: number; takeovers: number }>(
    `SELECT (SELECT count(DISTINCT xid) FROM audit.written)::int AS commits, (SELECT count(*) FROM audit.takeover)::int AS takeovers`
  );
  const stale = await pool.query<{ epoch: number; what: string; late: number }>(
    `SELECT w.epoch::int AS epoch, string_agg(w.count || ' of ' || w.relation, ', ' ORDER BY w.relation) AS what,
            extract(epoch FROM pg_xact_commit_timestamp(w.xid::xid) - pg_xact_commit_timestamp(t.xid::xid))::float * 1000 AS late
     FROM audit.written w JOIN audit.takeover t ON t.epoch = w.epoch + 1
     WHERE pg_xact_commit_timestamp(w.xid::xid) > pg_xact_commit_timestamp(t.xid::xid)
     GROUP BY w.xid, w.epoch, t.xid ORDER BY w.xid`
  );
  const unnamed = await pool.query<{ writer: string }>('SELECT DISTINCT writer FROM audit.written WHERE epoch IS NULL');
  return {
    commits: counts.rows[0]?.commits ?? 0,
    takeovers: counts.rows[0]?.takeovers ?? 0,
    stale: stale.rows.map(
      ({ epoch, what, late }) =>
        `epoch ${epoch} wrote ${what}, ${late.toFixed(1)} ms after epoch ${epoch + 1} was taken`
    ),
    unnamed: unnamed.rows.map(({ writer }) => `a writer names no epoch: '${writer}'`),
  };
}

/** The number of events that were written so far, those of deleted runs included. */
export async function countEvents(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ events: number }>(
    `SELECT (SELECT coalesce(sum(next_event_id - 1), 0) FROM engine.execution)::int
          + (SELECT coalesce(sum(events), 0) FROM audit.deleted)::int AS events`
  );
  return rows[0]?.events ?? 0;
}

export interface DeletedRuns {
  runIds: Set<string>;
  /** What is wrong with them. */
  problems: string[];
}

/** Nothing is left of a deleted run, and its key was never given again. */
export async function readDeleted(pool: pg.Pool): Promise<DeletedRuns> {
  const { rows } = await pool.query<{ workflowId: string; runId: string; times: number; left: string[] }>(
    `SELECT workflow_id AS "workflowId", run_id AS "runId", count(*)::int AS times,
       array_remove(ARRAY[
         CASE WHEN EXISTS (SELECT FROM engine.execution e WHERE e.run_key = d.run_key) THEN 'execution' END,
         CASE WHEN EXISTS (SELECT FROM engine.history h WHERE h.run_key = d.run_key) THEN 'history' END,
         CASE WHEN EXISTS (SELECT FROM engine.visibility v WHERE v.run_key = d.run_key) THEN 'visibility' END,
         CASE WHEN EXISTS (SELECT FROM engine.current_execution c WHERE c.run_key = d.run_key) THEN 'current' END], NULL) AS left
     FROM audit.deleted d GROUP BY run_key, workflow_id, run_id ORDER BY run_key`
  );
  return {
    runIds: new Set(rows.map(({ runId }) => runId)),
    problems: rows.flatMap(({ workflowId, times, left }) => [
      ...(times === 1 ? [] : [`${workflowId} was deleted ${times} times`]),
      ...left.map((table) => `${workflowId} was deleted, and the table ${table} has its key`),
    ]),
  };
}

/** Closed runs that others still have to hear from, or whose effects are not counted yet. */
export async function runsUnderWay(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ workflowId: string }>(
    `SELECT workflow_id AS "workflowId" FROM engine.execution WHERE status <> 1 AND wake_at IS NOT NULL`
  );
  return rows.map(({ workflowId }) => workflowId);
}

/** The number of commits made under an epoch so far. */
export async function commitsOf(pool: pg.Pool, epoch: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(DISTINCT xid)::int AS count FROM audit.written WHERE epoch = $1',
    [epoch]
  );
  return rows[0]?.count ?? 0;
}
