/**
 * The range of start times: its words, its presets, and the content of a `datetime-local` field in the time zone of
 * the reader.
 */
import type { Zone } from '@/engine/flow/values/format';

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
  if (beforeMs === null) return `Started from ${short(afterMs!, zone)}`;
  if (afterMs === null) return `Started before ${short(beforeMs, zone)}`;
  return `Started ${short(afterMs, zone)} – ${short(beforeMs, zone)}`;
}

function short(ms: number, timeZone: Zone): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
}

/** '2026-11-21T06:15', in UTC or in the browser's own zone. */
export function toField(ms: number | null, zone: Zone): string {
  if (ms === null) return '';
  const shift = zone === 'UTC' ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - shift).toISOString().slice(0, 16);
}
/** Null if the text is not a complete date and time. */
export function fromField(text: string, zone: Zone): number | null {
  const ms = Date.parse(zone === 'UTC' ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : ms;
}
