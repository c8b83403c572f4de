/**
 * The range of start times: its words, its presets, and the content of a `datetime-local` field in the time zone of
 * the reader.
 */
import { formatShort, type Zone } from '@/engine/flow/values/format';
import { fromLocalField, toLocalField } from '@/engine/flow/zones';

const HOUR_MS = 3_600_000;
/** `ms` before now; null: any time. */
export const PRESETS: readonly { label: string; ms: number | null }[] = [
  { label: 'Any time', ms: null },
  { label: 'Last hour', ms: HOUR_MS },
  { label: 'Last 24 hours', ms: 24 * HOUR_MS },
  { label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
];

/** `Started any time`, `Started from 21 Nov, 06:15`, `Started 20 Nov, 06:15 – 21 Nov, 06:15`. */
export function startedWords(afterMs: number | null, beforeMs: number | null, zone: Zone): string {
  if (afterMs === null && beforeMs === null) return 'Started any time';
  if (beforeMs === null) return `Started from ${formatShort(afterMs!, zone)}`;
  if (afterMs === null) return `Started before ${formatShort(beforeMs, zone)}`;
  return `Started ${formatShort(afterMs, zone)} – ${formatShort(beforeMs, zone)}`;
}

/** '2026-11-21T06:15', in the zone of the reader. */
export const toField = (ms: number | null, zone: Zone): string => (ms === null ? '' : toLocalField(ms, zone));
/** Null if the text is not a complete date and time. */
export const fromField = fromLocalField;
