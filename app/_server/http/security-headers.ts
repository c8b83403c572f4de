/**
 * The security headers of every answer: run only our scripts, allow no frames on other sites, send no referrer to
 * other sites. A page's own inline scripts (Next's data, the theme) have the nonce of their answer; Next reads it
 * from the policy on the request.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebConfig } from '../config';

/**
 * The nonce of the current answer, for inline scripts of our own. A header of this name from the caller is
 * overwritten.
 */
export const NONCE_HEADER = 'x-backstitch-nonce';
const POLICY_HEADER = 'content-security-policy';

export function secure(
  { webUrl, production }: Pick<WebConfig, 'webUrl' | 'production'>,
  request: Pick<IncomingMessage, 'headers'>,
  response: Pick<ServerResponse, 'setHeader'>
): void {
  const nonce = randomBytes(16).toString('base64');
  const https = webUrl.protocol === 'https:';
  const policy = contentSecurityPolicy(nonce, { https, production });
  request.headers[NONCE_HEADER] = nonce;
  request.headers[POLICY_HEADER] = policy;
  delete request.headers['content-security-policy-report-only'];
  const headers = {
    [POLICY_HEADER]: policy,
    'x-content-type-options': 'nosniff',
    // For browsers without support for frame-ancestors.
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    // Only for https: browsers ignore it on plain http.
    ...(https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function contentSecurityPolicy(nonce: string, { https, production }: { https: boolean; production: boolean }): string {
  const directives: Record<string, string[]> = {
    'default-src': ["'self'"],
    // Next's development server compiles in the browser.
    'script-src': ["'self'", `'nonce-${nonce}'`, ...(production ? [] : ["'unsafe-eval'"])],
    'script-src-attr': ["'none'"],
    // Positions on the canvas and widths of bars are style attributes, and a nonce cannot allow those.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(https ? { 'upgrade-insecure-requests': [] } : {}),
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}
