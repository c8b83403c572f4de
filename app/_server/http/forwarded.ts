/**
 * Whether a request came through a proxy. A proxy on this machine that is not configured as trusted would make every
 * caller look local. Next adds forwarding headers to every request itself, so the server checks before it passes a
 * request to Next, and records the result in a header that no client can set.
 */
import type { IncomingMessage } from 'node:http';

const ADDED_BY_PROXIES = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];
const SEEN_HEADER = 'x-backstitch-forwarded';

/** Call it before any other code reads the request. */
export function markForwarded({ headers }: Pick<IncomingMessage, 'headers'>): void {
  headers[SEEN_HEADER] = ADDED_BY_PROXIES.some((name) => headers[name] !== undefined) ? 'yes' : 'no';
}

/** Without the mark there were no forwarding headers, so there is no proxy. */
export function isForwarded(headers: Headers): boolean {
  const seen = headers.get(SEEN_HEADER);
  return seen === null ? ADDED_BY_PROXIES.some((name) => headers.has(name)) : seen === 'yes';
}
