/**
 * A lease whose holder is frozen. The holder's session keeps the advisory lock as long as its connection lives, and the connection of
 * a stopped process, or of a machine that lost its network, can live for hours. So the holder says something on that session every two
 * seconds, and who waits for the lock ends a session that says nothing for fifteen. That is about liveness alone: a holder that goes
 * on later meets the fence (design D5).
 *
 * Invariants:
 * - Time is the database's: no clock of two machines is compared.
 * - Only a session whose last statement was such a heartbeat is ended, so an engine of an earlier version, which sends none, is safe.
 * - Two looks in a row must see it frozen: after an outage of the database the holder speaks before the second.
 */
import pg from 'pg';

/** Long enough for a holder that is busy, or whose database was restarted. */
export const FROZEN_MS = 15_000;
const BEAT_MS = 2_000;
/** So often who waits looks within the time after which a holder counts as frozen. */
const LOOKS = 7;
const LOOK_LIMIT_MS = 2_000;
const BEAT = 'SELECT 1 /* backstitch heartbeat */';
/** The statement that waits for the lock. Its end is the first heartbeat. */
export const TAKE_LOCK = 'SELECT pg_advisory_lock($1) /* heartbeats follow */';

const HOLDERS = `
  SELECT a.pid, a.application_name AS holder, a.query = ANY ($3) AND
    extract(epoch FROM clock_timestamp() - greatest(a.query_start, a.state_change)) * 1000 > $2 AS frozen
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The holder's part. One heartbeat at a time: a database that hangs is not asked again and again. */
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
  /** Hears once who holds the lock. */
  onWait: (holder: string) => void;
}

/** The part of who waits: looks until it is stopped. */
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
      // The database is away: who waits for the lock hears of it on its own connection.
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
