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

/** The number of commits made under an epoch so far. */
export async function commitsOf(pool: pg.Pool, epoch: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(DISTINCT xid)::int AS count FROM audit.written WHERE epoch = $1',
    [epoch]
  );
  return rows[0]?.count ?? 0;
}
