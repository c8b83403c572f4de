/**
 * The chain of the audit trail. The database appends a link for each entry that is written and for each that ends, with
 * the hash of the link before it (the triggers of the migration `app_audit_chain`), and refuses to change or remove
 * either. Whoever gets around that leaves traces, which are read here:
 *
 * [CHAIN1] a changed, removed or inserted entry is named;
 * [CHAIN2] a changed, removed or inserted link is named;
 * [CHAIN3] the end cannot be cut off unseen by somebody who has written down an earlier head, nor can all be written
 *   anew.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AuditCheck, AuditFault, AuditHead } from '@/app/_contract/audit';
import { readJson } from '@/engine/flow/values/json';

/** Reads rows of the database: the same statements for the web process and for the command. */
export type ReadRows = <Row>(sql: string, ...values: (bigint | number)[]) => Promise<Row[]>;

/** A link with its entry as it is now; all of the entry's columns are null if it is gone. */
interface LinkRow {
  seq: bigint | string;
  entry: string;
  ended: boolean;
  content: string;
  hash: string;
  id: string | null;
  at: Date;
  actor_id: string;
  actor_name: string;
  operation: string;
  target: string;
  details: string;
  from_address: string | null;
  via: string | null;
  outcome: string | null;
  ended_at: Date | null;
}

const PAGE = 2_000;
const FAULTS_MOST = 20;

/**
 * Checks the chain from its first link to the newest of now. `witness`: a head of an earlier check, which must still be
 * in it. `onProgress` is called after each page with the number of checked links.
 */
export async function checkChain(
  read: ReadRows,
  witness: AuditHead | null = null,
  onProgress: (checked: number) => void = () => {}
): Promise<AuditCheck> {
  const [newest] = await read<{ seq: bigint | string }>('SELECT seq FROM app.audit_link ORDER BY seq DESC LIMIT 1');
  const last = BigInt(newest?.seq ?? 0);
  const faults: AuditFault[] = [];
  let found = 0;
  const fault = (seq: bigint, entry: string | null, what: string) => {
    found++;
    if (faults.length < FAULTS_MOST) faults.push({ link: Number(seq), entry, what });
  };
  let seq = 0n;
  let hash = '';
  let entries = 0;
  let held = witness === null || (witness.link === 0 && witness.hash === '');
  for (;;) {
    const rows = await read<LinkRow>(LINKS, seq, last, PAGE);
    for (const row of rows) {
      const at = BigInt(row.seq);
      if (at !== seq + 1n) fault(seq + 1n, null, missing(seq + 1n, at - 1n));
      if (row.hash !== hashOf(hash, row.content)) fault(at, row.entry, 'This link was changed, or the one before it.');
      else if (!says(row)) fault(at, row.entry, row.id === null ? 'The entry was removed.' : 'The entry was changed.');
      if (!row.ended) entries++;
      seq = at;
      hash = row.hash;
      if (witness?.link === Number(at)) {
        held = witness.hash === hash;
        if (!held) fault(at, null, 'This link is not the one of the earlier check: all before it was written anew.');
      }
    }
    onProgress(Number(seq));
    if (rows.length < PAGE) break;
  }
  if (!held && witness && witness.link > Number(seq))
    fault(
      seq,
      null,
      `The trail ends before link ${witness.link}, which an earlier check has seen: its end was cut off.`
    );
  for (const { id, outcome } of await read<{ id: string; outcome: string | null }>(UNLINKED, FAULTS_MOST + 1))
    fault(0n, id, outcome === null ? 'This entry has no link.' : 'This entry, or its outcome, has no link.');
  return { entries, head: { link: Number(seq), hash }, faults, found, held };
}

/** A head as people write it down: '4812:9f3a…'. Null if it is none. */
export function readHead(text: string): AuditHead | null {
  const [, link, hash] = /^\s*(\d{1,15}):([0-9a-f]{64})\s*$/.exec(text) ?? [];
  return link && hash ? { link: Number(link), hash } : null;
}

function missing(from: bigint, to: bigint): string {
  return from === to ? `Link ${from} was removed.` : `Links ${from} to ${to} were removed.`;
}

const hashOf = (before: string, content: string) => createHash('sha256').update(`${before}\n${content}`).digest('hex');

/** True if the entry is as the link says. */
function says(row: LinkRow): boolean {
  if (row.id === null) return false;
  const wanted = row.ended
    ? { id: row.id, outcome: row.outcome, endedAt: row.ended_at?.toISOString() ?? null }
    : {
        id: row.id,
        at: row.at.toISOString(),
        actorId: row.actor_id,
        actorName: row.actor_name,
        operation: row.operation,
        target: row.target,
        details: readJson(row.details),
        fromAddress: row.from_address,
        via: row.via,
      };
  try {
    return isDeepStrictEqual(readJson(row.content), wanted);
  } catch {
    return false;
  }
}

const LINKS = `
  SELECT link.seq, link.entry, link.ended, link.content, link.hash, entry.id, entry.at, entry.actor_id, entry.actor_name,
    entry.operation, entry.target, entry.details::text AS details, entry.from_address, entry.via, entry.outcome, entry.ended_at
  FROM app.audit_link link LEFT JOIN app.audit entry ON entry.id = link.entry
  WHERE link.seq > $1 AND link.seq <= $2 ORDER BY link.seq LIMIT $3`;
/** An entry of just now may be newer than the links that were read, but it has its links in the same commit. */
const UNLINKED = `
  SELECT entry.id, entry.outcome FROM app.audit entry
  WHERE NOT EXISTS (SELECT 1 FROM app.audit_link link WHERE link.entry = entry.id AND NOT link.ended)
    OR entry.outcome IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM app.audit_link link WHERE link.entry = entry.id AND link.ended)
  LIMIT $1`;
