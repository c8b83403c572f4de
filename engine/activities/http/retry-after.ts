/** The time at which a service wants the next attempt: the header Retry-After (RFC 9110, 10.2.3). */
import type { IncomingHttpHeaders } from 'node:http';

/** The longest delay that is accepted, because a service may delay a step but must not stop it. */
const LONGEST_MS = 60 * 60_000;

/**
 * Milliseconds after the answer; undefined without the header. A date is compared with the service's own clock if the
 * answer contains one.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs = Date.now()): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - (Date.parse(headers.date ?? '') || nowMs);
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}
