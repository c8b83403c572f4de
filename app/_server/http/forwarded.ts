/**
 * Whether a request came through a proxy. A proxy on this machine that is not named as trusted would make everybody look as if they
 * were here. Next adds such headers to every request itself, so the server looks before it hands a request to Next, and writes down
 * what it saw in a header that no client can set.
 */
import type { IncomingMessage } from 'node:http';

const ADDED_BY_PROXIES = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];
const SEEN_HEADER = 'x-backstitch-forwarded';

/** Call it before anything else sees the request. */
export function markForwarded({ headers }: Pick<IncomingMessage, 'headers'>): void {
  headers[SEEN_HEADER] = ADDED_BY_PROXIES.some((name) => headers[name] !== undefined) ? 'yes' : 'no';
}

/** Without a mark the headers are those that were sent: nobody stands between. */
export function isForwarded(headers: Headers): boolean {
  const seen = headers.get(SEEN_HEADER);
  return seen === null ? ADDED_BY_PROXIES.some((name) => headers.has(name)) : seen === 'yes';
}
