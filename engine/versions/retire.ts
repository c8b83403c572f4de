/**
 * Retiring a version: it starts no new runs, and its open runs go on. The version itself is never changed, so a
 * retirement can be taken back at any time.
 *
 * Invariant: a flow keeps at least one version that starts runs, unless the person says that it need not. Retirements
 * of one flow take turns, also with publishing, so that two people cannot retire the last two versions at the same
 * moment.
 */
import type pg from 'pg';
import { workflowType } from '../flow/document';
import { inTurn } from './publish';
import type { Publisher } from './publish';
import type { VersionRegistry } from './registry';

export interface Retirement {
  flow: string;
  /** Null: all that are not retired yet, which `evenLast` does not concern. */
  version: number | null;
  by: string;
  reason: string;
  /** Also if no other version of the flow starts runs. */
  evenLast: boolean;
}

/** 'last': refused, because no other version starts runs. 'unknown': there is no such version. */
export type RetireOutcome = 'done' | 'last' | 'unknown';

export async function retireVersion(
  pool: pg.Pool,
  registry: Pick<VersionRegistry, 'load'>,
  { flow, version, by, reason, evenLast }: Retirement
): Promise<RetireOutcome> {
  let changed: number[] = [];
  const outcome = await inTurn(pool, flow, async (tx): Promise<RetireOutcome> => {
    const { known, retired } = await servedVersions(tx, flow);
    if (known.size === 0 || (version !== null && !known.has(version))) return 'unknown';
    // A second request does not replace who retired it and when.
    changed = [...(version === null ? known : [version])].filter((each) => !retired.has(each));
    if (version !== null && !evenLast && changed.length > 0 && known.size - retired.size === 1) return 'last';
    await tx.query(
      `INSERT INTO worker.retired_version (flow, version, reason, retired_by) SELECT $1, unnest($2::int[]), $3, $4
       ON CONFLICT DO NOTHING`,
      [flow, changed, reason, by]
    );
    return 'done';
  });
  if (outcome === 'done') for (const each of changed) await registry.load(workflowType(flow, each));
  return outcome;
}

/**
 * Takes a retirement back. The searchable fields of the versions are registered again, because they may have been
 * removed meanwhile; if they cannot be, nothing changes, and the problems are returned. `version` null: if every version is retired, the last
 * retirement, which is that of all versions that were retired together; what was retired before that remains so.
 */
export async function unretireVersion(
  pool: pg.Pool,
  registry: Pick<VersionRegistry, 'load'>,
  publisher: Pick<Publisher, 'registerFieldsOf'>,
  flow: string,
  version: number | null
): Promise<UnretireOutcome> {
  let changed: number[] = [];
  const register = () => Promise.all(changed.map((each) => publisher.registerFieldsOf(flow, each)));
  try {
    const isKnown = await inTurn(pool, flow, async (tx) => {
      const { known, retired } = await servedVersions(tx, flow);
      if (known.size === 0 || (version !== null && !known.has(version))) return false;
      if (version === null && retired.size < known.size) return true;
      const { rows } = await tx.query<{ version: number }>(
        `DELETE FROM worker.retired_version WHERE flow = $1 AND (version = $2 OR $2::int IS NULL AND retired_at =
           (SELECT max(retired_at) FROM worker.retired_version WHERE flow = $1)) RETURNING version`,
        [flow, version]
      );
      changed = rows.map((row) => row.version);
      const problems = (await register()).flat();
      if (problems.length > 0) throw new CannotRegister(problems);
      return true;
    });
    if (!isKnown) return 'unknown';
  } catch (error) {
    if (error instanceof CannotRegister) return { problems: error.problems };
    throw error;
  }
  // A removal may not have seen that the versions are no longer retired.
  await register();
  for (const each of changed) await registry.load(workflowType(flow, each));
  return 'done';
}

/** 'unknown': there is no such version. */
export type UnretireOutcome = 'done' | 'unknown' | { problems: string[] };

/** Rolls the transaction back. */
class CannotRegister extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join(' '));
  }
}

async function servedVersions(tx: pg.PoolClient, flow: string) {
  const known = await tx.query<{ version: number }>(
    `SELECT DISTINCT version FROM worker.flow_version WHERE flow = $1`,
    [flow]
  );
  const retired = await tx.query<{ version: number }>(`SELECT version FROM worker.retired_version WHERE flow = $1`, [
    flow,
  ]);
  const numbers = ({ rows }: { rows: { version: number }[] }) => new Set(rows.map(({ version }) => version));
  return { known: numbers(known), retired: numbers(retired) };
}
