import { expect, test } from 'vitest';
import { NONCE_HEADER, secure } from './security-headers';

function answered({ webUrl = 'http://127.0.0.1:3000', production = true, sent = {} as Record<string, string> } = {}) {
  const request = { headers: { ...sent } as Record<string, string | undefined> };
  const headers = new Headers();
  secure({ webUrl: new URL(webUrl), production }, request, {
    setHeader(name, value) {
      headers.set(name, String(value));
      return this as never;
    },
  });
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    })
  );
  return { request, headers, policy };
}

test('[HSH1] a script runs only if this server sent it or if it carries the nonce of the same answer', () => {
  const { policy, request } = answered();
  const nonce = request.headers[NONCE_HEADER] ?? '';
  expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  expect(policy.get('script-src')).toEqual(["'self'", `'nonce-${nonce}'`]);
  expect(policy.get('script-src-attr')).toEqual(["'none'"]);
  expect(policy.get('object-src')).toEqual(["'none'"]);
  expect(policy.get('base-uri')).toEqual(["'none'"]);
  expect(answered().request.headers[NONCE_HEADER]).not.toBe(nonce);
});

test('[HSH2] Next reads the same policy from the request, and no policy that a caller sent', () => {
  const sent = {
    'content-security-policy': "script-src 'nonce-mine'",
    'content-security-policy-report-only': "script-src 'nonce-mine'",
    [NONCE_HEADER]: 'mine',
  };
  const { request, headers } = answered({ sent });
  expect(request.headers['content-security-policy']).toBe(headers.get('content-security-policy'));
  expect(JSON.stringify(request.headers)).not.toContain('mine');
});

test('[HSH3] no other site can frame an answer, guess its type, read it or learn its address', () => {
  const { policy, headers } = answered();
  expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test('[HSH4] HTTPS is made permanent behind HTTPS, and not mentioned over plain HTTP', () => {
  const secured = answered({ webUrl: 'https://backstitch.example' });
  expect(secured.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
  expect(secured.policy.has('upgrade-insecure-requests')).toBe(true);
  const plain = answered();
  expect(plain.headers.has('strict-transport-security')).toBe(false);
  expect(plain.policy.has('upgrade-insecure-requests')).toBe(false);
});

test('[HSH5] only the development server allows eval', () => {
  expect(answered().policy.get('script-src')).not.toContain("'unsafe-eval'");
  expect(answered({ production: false }).policy.get('script-src')).toContain("'unsafe-eval'");
});
