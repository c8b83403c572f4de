/** The filters of the audit page in the URL of the page, read in the same way by the server and the browser. */
import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { AUDIT_LONGEST } from '@/app/_contract/audit';
import { parseAsInstant } from '@/components/ui/parse-instant';

export const OUTCOMES = ['done', 'refused', 'open'] as const;
export const auditParsers = {
  who: parseAsString,
  operation: parseAsString,
  target: parseAsString,
  outcome: parseAsStringLiteral(OUTCOMES),
  afterMs: parseAsInstant,
  beforeMs: parseAsInstant,
};
export interface AuditFilters {
  who: string | null;
  operation: string | null;
  target: string | null;
  outcome: (typeof OUTCOMES)[number] | null;
  afterMs: number | null;
  beforeMs: number | null;
}
export const readAuditFilters = createLoader(auditParsers);

/** The query string for the API: only active filters, always in the same order. */
export function auditSearch({ who, operation, target, outcome, afterMs, beforeMs }: AuditFilters): string {
  const search = new URLSearchParams();
  const set = (name: string, value: string | null | undefined, most: number) => {
    if (value?.trim()) search.set(name, value.trim().slice(0, most));
  };
  set('who', who, AUDIT_LONGEST.who);
  set('operation', operation, AUDIT_LONGEST.operation);
  set('target', target, AUDIT_LONGEST.target);
  set('outcome', outcome, 20);
  for (const [name, ms] of Object.entries({ afterMs, beforeMs }))
    if (ms !== null && ms >= 0 && ms <= 8.64e15) search.set(name, String(ms));
  return search.toString();
}
