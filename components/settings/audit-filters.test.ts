/** [AF] Filters of the audit page, in its address and in the request to the server. */
import { expect, test } from 'vitest';
import { auditQuerySchema } from '@/app/_contract/audit';
import { auditSearch, type AuditFilters } from './audit-filters';

const none: AuditFilters = {
  who: null,
  operation: null,
  target: null,
  outcome: null,
  afterMs: null,
  beforeMs: null,
};

test('[AF1] only active filters are sent, always in the same order', () => {
  expect(auditSearch(none)).toBe('');
  expect(auditSearch({ ...none, who: '  ', target: 'a' })).toBe('target=a');
  expect(auditSearch({ ...none, beforeMs: 5, outcome: 'open', who: ' Ada ' })).toBe('who=Ada&outcome=open&beforeMs=5');
});

test('[AF2] the server accepts the query of every address', () => {
  const long = 'x'.repeat(5_000);
  const hostile: AuditFilters[] = [
    { ...none, who: long, operation: long, target: long },
    { ...none, afterMs: -1, beforeMs: 9e15 },
    { ...none, who: 'a&who=b', target: '%00' },
  ];
  for (const filters of hostile) {
    const asked = Object.fromEntries(new URLSearchParams(auditSearch(filters)));
    expect(auditQuerySchema.safeParse(asked).success).toBe(true);
  }
});
