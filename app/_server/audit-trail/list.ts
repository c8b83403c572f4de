/**
 * The audit trail, the newest first. A page continues after the last row of the previous one (by its time and id), so
 * that rows written in between cause neither repeats nor gaps.
 */
import { AUDIT_PAGE, type AuditPage, type AuditQuery, type AuditRow } from '@/app/_contract/audit';
import { type Prisma, type AuditEntry } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { csvLine } from '../http/csv';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

export async function listAudit(
  web: Pick<Web, 'database'>,
  actor: Actor,
  query: AuditQuery,
  take = AUDIT_PAGE
): Promise<AuditPage> {
  demand(actor, 'audit.read');
  const rows = await web.database.auditEntry.findMany({
    where: { AND: [...filtersOf(query), ...(query.pageToken ? [after(query.pageToken)] : [])] },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: take + 1,
  });
  const last = rows.length > take ? rows[take - 1] : undefined;
  return {
    rows: rows.slice(0, take).map(rowOf),
    nextPageToken: last ? Buffer.from(`${last.at.getTime()}/${last.id}`).toString('base64url') : null,
    readAtMs: Date.now(),
  };
}

/** The maximum of one export. More rows are exported in parts, by the filter of time. */
export const EXPORTED_MOST = 100_000;
const COLUMNS = ['time', 'who', 'who id', 'operation', 'target', 'reason', 'outcome', 'from', 'via', 'details'];

/** The filtered trail as CSV (RFC 4180), in parts that are read as fast as the receiver takes them. */
export async function exportAudit(
  web: Pick<Web, 'database' | 'log'>,
  actor: Actor,
  query: AuditQuery
): Promise<AsyncGenerator<string>> {
  demand(actor, 'audit.export');
  // An export is recorded in the audit trail, with its filters.
  const details = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  return audited(web, actor, { operation: 'audit.export', target: 'audit', details }, () =>
    Promise.resolve(csv(web, actor, query))
  );
}

async function* csv(web: Pick<Web, 'database'>, actor: Actor, query: AuditQuery): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let pageToken: string | undefined;
  for (let written = 0; written < EXPORTED_MOST;) {
    const page = await listAudit(web, actor, { ...query, pageToken }, 1_000);
    yield page.rows.map((row) => csvLine(cellsOf(row))).join('');
    written += page.rows.length;
    if (!page.nextPageToken) return;
    pageToken = page.nextPageToken;
  }
}

function cellsOf(row: AuditRow): string[] {
  const { actorName, actorId, operation, target, reason, outcome, fromAddress, via, details } = row;
  const time = new Date(row.atMs).toISOString();
  const end = outcome ?? 'no answer';
  return [
    time,
    actorName,
    actorId,
    operation,
    target,
    reason ?? '',
    end,
    fromAddress ?? '',
    via ?? '',
    JSON.stringify(details),
  ];
}

/** Prisma hands text on to LIKE as it is: its wildcards are what somebody typed, nothing more. */
const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function filtersOf({ who, operation, target, outcome, afterMs, beforeMs }: AuditQuery): Prisma.AuditEntryWhereInput[] {
  const clauses: Prisma.AuditEntryWhereInput[] = [];
  if (who) clauses.push({ OR: [{ actorId: who }, { actorName: { contains: literally(who), mode: 'insensitive' } }] });
  if (operation)
    clauses.push(operation.includes('.') ? { operation } : { operation: { startsWith: `${literally(operation)}.` } });
  if (target) clauses.push({ target: { startsWith: literally(target), mode: 'insensitive' } });
  if (outcome === 'done') clauses.push({ outcome: 'done' });
  if (outcome === 'open') clauses.push({ outcome: null });
  if (outcome === 'refused') clauses.push({ outcome: { not: 'done' } }, { NOT: { outcome: null } });
  if (afterMs !== undefined) clauses.push({ at: { gte: new Date(afterMs) } });
  if (beforeMs !== undefined) clauses.push({ at: { lt: new Date(beforeMs) } });
  return clauses;
}

function after(token: string): Prisma.AuditEntryWhereInput {
  const [ms, id] = Buffer.from(token, 'base64url').toString().split('/');
  if (!ms || !/^\d{1,16}$/.test(ms) || !/^[0-9a-f-]{36}$/.test(id ?? '')) {
    throw new Refusal('badRequest', 'The token for the next page of the list is damaged.');
  }
  const at = new Date(Number(ms));
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

function rowOf(entry: AuditEntry): AuditRow {
  const { reason, ...details } = entry.details as AuditRow['details'];
  return {
    id: entry.id,
    atMs: entry.at.getTime(),
    actorId: entry.actorId,
    actorName: entry.actorName,
    operation: entry.operation,
    target: entry.target,
    reason: typeof reason === 'string' && reason !== '' ? reason : null,
    details,
    outcome: entry.outcome,
    fromAddress: entry.fromAddress,
    via: entry.via,
  };
}
