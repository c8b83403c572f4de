/**
 * The resume token: the position of a watcher in each input of a run. Event ids mean the same in every process.
 * Version numbers of the parts that are replaced whole are valid only for the watch that gave them (`epoch`); another
 * watch sends these parts again.
 */
export interface Position {
  epoch: string;
  lastEventId: number;
  /** The version of summary, pending activities and workflow task, which come from one describe. */
  described: number;
  nodes: number;
}

export function writeToken({ epoch, lastEventId, described, nodes }: Position): string {
  return `${epoch}.${lastEventId}.${described}.${nodes}`;
}

/** Null if the text is not a token. */
export function readToken(token: string): Position | null {
  const match = /^([A-Za-z0-9]{1,40})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(token);
  if (!match) return null;
  const [, epoch = '', lastEventId, described, nodes] = match;
  return { epoch, lastEventId: Number(lastEventId), described: Number(described), nodes: Number(nodes) };
}
