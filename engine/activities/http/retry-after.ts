/** When a service asks to be tried again: the header Retry-After (RFC 9110, 10.2.3). */
import type { IncomingHttpHeaders } from 'node:http';

/** A service may put a step off, not park it. */
const LONGEST_MS = 60 * 60_000;

/** Milliseconds from the answer on; undefined where it does not say. A date is held against the service's own clock, if it tells. */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs = Date.now()): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - (Date.parse(headers.date ?? '') || nowMs);
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}
