/**
 * The resume token: where a watcher stands in each of a run's inputs. Event ids mean the same in every process; the versions of
 * what is replaced whole count only in the watch that gave them (`epoch`), and are sent again by any other.
 */
export interface Position {
  epoch: string;
  lastEventId: number;
  /** Of summary, pending activities and workflow task: they come from one describe. */
  described: number;
  nodes: number;
}

export function writeToken({ epoch, lastEventId, described, nodes }: Position): string {
  return `${epoch}.${lastEventId}.${described}.${nodes}`;
}

/** Null for what is no token. */
export function readToken(token: string): Position | null {
  const match = /^([A-Za-z0-9]{1,40})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(token);
  if (!match) return null;
  const [, epoch = '', lastEventId, described, nodes] = match;
  return { epoch, lastEventId: Number(lastEventId), described: Number(described), nodes: Number(nodes) };
}
