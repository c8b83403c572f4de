/**
 * The groups in which lists show what a step can call. Pure.
 *
 * Rules
 * [COG1] An operation is in the group of its connection, which is called by its title.
 * [COG2] Connections with the same title also show their names.
 */
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';

export interface ConnectionGroup {
  /** Of the connection. */
  name: string;
  title: string;
}

/** Null for what belongs to no connection. */
export function connectionGroups(catalogue: Catalogue): (activity: CatalogueActivity) => ConnectionGroup | null {
  const titles = new Map<string, string>();
  for (const { name, sha, isBrief, connectionTitle } of Object.values(catalogue)) {
    const connection = connectionOf(name);
    if (connection !== null && (sha !== undefined || isBrief)) titles.set(connection, connectionTitle ?? connection);
  }
  const counts = new Map<string, number>();
  for (const title of titles.values()) counts.set(title, (counts.get(title) ?? 0) + 1);
  return ({ name }) => {
    const connection = connectionOf(name);
    const title = connection === null ? undefined : titles.get(connection);
    if (connection === null || title === undefined) return null;
    return { name: connection, title: counts.get(title) === 1 ? title : `${title} (${connection})` };
  };
}

/** Operations are named after their connection: 'bank.charge'. */
function connectionOf(activity: string): string | null {
  const dot = activity.indexOf('.');
  return dot < 0 ? null : activity.slice(0, dot);
}
