/** Which published versions call a connection: said before somebody archives it. */
import type pg from 'pg';

export interface ConnectionUse {
  flow: string;
  title: string;
  /** Ascending. Retired ones too: their open runs go on. */
  versions: number[];
  /** True if the newest version of the flow is among them. */
  newest: boolean;
}

/** Steps call its operations, or describe a request themselves and name it. Sorted by flow. */
export async function usesOf(pool: pg.Pool, connection: string): Promise<ConnectionUse[]> {
  const { rows } = await pool.query<ConnectionUse>(
    `WITH used AS (
       SELECT DISTINCT flow, version FROM worker.version_operation WHERE split_part(activity, '.', 1) = $1
       UNION
       SELECT DISTINCT flow, version FROM worker.flow_version WHERE document::text ~ $2
     )
     SELECT flow, array_agg(version ORDER BY version) AS versions,
       (SELECT max(v.version) FROM worker.flow_version v WHERE v.flow = used.flow) = max(version) AS newest,
       (SELECT v.title FROM worker.flow_version v WHERE v.flow = used.flow ORDER BY v.version DESC LIMIT 1) AS title
     FROM used GROUP BY flow ORDER BY flow`,
    [connection, `"connection"\\s*:\\s*"${literal(connection)}"`]
  );
  return rows;
}

/** Whatever is asked for: a name of a connection has no character that means something in a pattern, but a request may. */
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
