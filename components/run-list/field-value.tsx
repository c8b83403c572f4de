'use client';

import { Instant } from '@/components/ui/time';
import type { FieldValue } from '@/engine/run-view/searchable';
import type { SearchableType } from '@/engine/flow/searchable';

/** The value of a searchable field in one line. */
export function SearchableValue({ type, value }: { type: SearchableType; value: FieldValue | undefined }) {
  if (value === undefined) return <span className="text-ink-2">–</span>;
  if (Array.isArray(value)) return <span className="wrap-anywhere">{value.join(', ')}</span>;
  if (typeof value === 'boolean') return <span>{value ? 'yes' : 'no'}</span>;
  if (type === 'Datetime' && typeof value === 'string') {
    const atMs = Date.parse(value);
    return Number.isNaN(atMs) ? <span>{value}</span> : <Instant atMs={atMs} to="minute" />;
  }
  return <span className={typeof value === 'number' ? 'figures' : 'wrap-anywhere'}>{String(value)}</span>;
}
