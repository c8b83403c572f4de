/** [FW] Requests through a proxy are recognised, in spite of Next's own headers and of headers that a client sends. */
import { expect, test } from 'vitest';
import { headersOf } from '../live/sockets';
import { isForwarded, markForwarded } from './forwarded';

/** What Next adds to every request before a handler sees it. */
const NEXT = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost:3000', 'x-forwarded-proto': 'http' };
function seen(sent: Record<string, string>): boolean {
  const request = { headers: { ...sent } };
  markForwarded(request);
  Object.assign(request.headers, NEXT);
  return isForwarded(headersOf(request as Parameters<typeof headersOf>[0]));
}

test('[FW1] a direct request is not forwarded, although Next adds headers of its own', () => {
  expect(seen({})).toBe(false);
});
test.each(['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'])(
  '[FW2] %s shows that the request came through a proxy',
  (name) => {
    expect(seen({ [name]: '10.0.0.1' })).toBe(true);
  }
);
test('[FW3] a client cannot pretend that its request is direct', () => {
  expect(seen({ 'x-forwarded-for': '10.0.0.1', 'x-backstitch-forwarded': 'no' })).toBe(true);
});
