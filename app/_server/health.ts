/**
 * Which parts answer and which are away: the answer of `/api/health` and the state of the live sign. Each probe has a
 * deadline of its own, so that a database or an engine that hangs is reported as away and delays nobody.
 */
import type { Health } from '@/app/_contract/live';
import manifest from '@/package.json';
import { sqlStateOf } from './failure';
import type { Web } from './web';

const DEADLINE_MS = 2_000;
/** Requests at the same time, or shortly after, get the same answer, because anybody may call this. */
const FRESH_MS = 1_000;

type Asked = Pick<Web, 'database' | 'temporal'>;

export class HealthCheck {
  #last: { atMs: number; health: Promise<Health> } | null = null;

  constructor(
    private readonly web: Asked,
    private readonly now: () => number = () => performance.now()
  ) {}

  read(): Promise<Health> {
    const nowMs = this.now();
    if (!this.#last || nowMs - this.#last.atMs > FRESH_MS) this.#last = { atMs: nowMs, health: check(this.web) };
    return this.#last.health;
  }
}

async function check(web: Asked): Promise<Health> {
  const [database, engine] = await Promise.all([
    within(databaseOf(web)),
    within(
      web.temporal
        .withDeadline(Date.now() + DEADLINE_MS, () => web.temporal.workflowService.getSystemInfo({}))
        .then(() => 'up' as const)
    ),
  ]);
  return {
    ok: true,
    database: database?.state ?? 'away',
    ...(database?.sqlState ? { sqlState: database.sqlState } : {}),
    engine: engine ?? 'away',
    version: manifest.version,
  };
}

/**
 * More than `work_mem` holds, so that the server writes a temporary file, which fails on a full disk. Nothing is
 * stored.
 */
const SPILL_ROWS = 10_000;

/** Reads, then writes a temporary file that is removed at once. */
async function databaseOf({ database }: Asked): Promise<{ state: Health['database']; sqlState?: string }> {
  try {
    await database.$transaction([
      database.$executeRaw`SET LOCAL work_mem = '64kB'`,
      database.$queryRaw`SELECT count(*) FROM generate_series(1, ${SPILL_ROWS}::int)`,
    ]);
    return { state: 'up' };
  } catch (error) {
    const sqlState = sqlStateOf(error);
    if (sqlState && /^(53[^3]|58)/.test(sqlState)) return { state: 'cannotWrite', sqlState };
    return { state: 'away', ...(sqlState ? { sqlState } : {}) };
  }
}

/** Null if there is no answer in time. The query itself ends by its own time limit. */
function within<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), DEADLINE_MS);
    work.then(resolve, () => resolve(null)).finally(() => clearTimeout(timer));
  });
}
