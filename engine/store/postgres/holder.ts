/**
 * Detects a lease whose holder is frozen. The session of the holder keeps the advisory lock as long as its connection
 * exists, and the connection of a stopped process, or of a machine without a network, can exist for hours. So the
 * holder sends a heartbeat on that session every two seconds. An engine that waits for the lock ends a session
 * without a heartbeat for fifteen seconds. This concerns liveness only: a holder that continues later is fenced
 * (design D5).
 *
 * Invariants:
 * - Times are those of the database; the clocks of two machines are never compared.
 * - A session is ended only if its last statement was such a heartbeat. So an engine of an earlier version, which
 *   sends none, is safe.
 * - A session is ended only if two checks in a row find it frozen, because after an outage of the database the holder
 *   sends a heartbeat before the second check.
 */
import pg from 'pg';

/** Long enough for a holder that is busy, or whose database was restarted. */
export const FROZEN_MS = 15_000;
const BEAT_MS = 2_000;
/** The number of checks within the time after which a holder counts as frozen. */
const LOOKS = 7;
const LOOK_LIMIT_MS = 2_000;
const BEAT = 'SELECT 1 /* backstitch heartbeat */';
/** The statement that waits for the lock. The end of this statement is the first heartbeat. */
export const TAKE_LOCK = 'SELECT pg_advisory_lock($1) /* heartbeats follow */';

const HOLDERS = `
  SELECT a.pid, a.application_name AS holder, a.query = ANY ($3) AND
    extract(epoch FROM clock_timestamp() - greatest(a.query_start, a.state_change)) * 1000 > $2 AS frozen
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The engines that wait for the lock, with the names by which they asked: a killed one is gone with its connection. */
export const WAITING = `
  SELECT substr(a.application_name, length($2::text) + 1) AS holder,
    (extract(epoch FROM a.query_start) * 1000)::bigint AS since
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND NOT l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND starts_with(a.application_name, $2::text)
  ORDER BY a.query_start, a.pid`;

/** The part of the holder. It sends one heartbeat at a time, so that no requests pile up while the database hangs. */
export function beat(session: pg.Client): { stop(): void } {
  let asked = false;
  const say = () => {
    if (asked) return;
    asked = true;
    session
      .query(BEAT)
      // A session that breaks is noticed by its own events.
      .catch(() => {})
      .finally(() => (asked = false));
  };
  say();
  const timer = setInterval(say, BEAT_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

export interface WaitForHolder {
  url: string;
  lock: number;
  frozenMs: number;
  /** Called once with the name of the holder of the lock. */
  onWait: (holder: string) => void;
}

/** The part of the waiting engine: it checks the holder until it is stopped. */
export function endFrozenHolders({ url, lock, frozenMs, onWait }: WaitForHolder): { stop(): void } {
  let stopped = false;
  let told = false;
  let looking = false;
  let suspect: number | null = null;
  const look = async () => {
    const session = new pg.Client({
      connectionString: url,
      application_name: 'backstitch waits for the lease',
      connectionTimeoutMillis: LOOK_LIMIT_MS,
      query_timeout: LOOK_LIMIT_MS,
    });
    session.on('error', () => {});
    try {
      await session.connect();
      const values = [lock, frozenMs, [BEAT, TAKE_LOCK]];
      const { rows } = await session.query<{ pid: number; holder: string; frozen: boolean }>(HOLDERS, values);
      const [held] = rows;
      if (stopped || !held) return;
      if (!told) onWait(held.holder);
      told = true;
      if (held.frozen && held.pid === suspect) await session.query('SELECT pg_terminate_backend($1)', [held.pid]);
      suspect = held.frozen ? held.pid : null;
    } finally {
      void session.end().catch(() => {});
    }
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      // The database cannot be reached. The waiting engine notices this on its own connection.
      .catch(() => {})
      .finally(() => (looking = false));
  }, frozenMs / LOOKS);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
