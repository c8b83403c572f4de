import { expect, test } from 'vitest';
import { ConfigError, parseAllow, parseConnections, readActivityConfig } from './config';

test('[ACCO1] connections have names and base URLs; without configuration nothing is allowed', () => {
  const connections = parseConnections(' shop=http://127.0.0.1:3100, billing=https://billing.example.com/v2?x=1 ,');
  expect([...connections].map(([name, url]) => [name, url.href])).toEqual([
    ['shop', 'http://127.0.0.1:3100/'],
    ['billing', 'https://billing.example.com/v2?x=1'],
  ]);
  const nothing = readActivityConfig({});
  expect([nothing.connections.size, nothing.allow.length, nothing.web.token]).toEqual([0, 0, null]);
});

test.each(['shop', 'Shop=http://x', 'shop=ftp://x', 'shop=//x', 'shop=http://user:secret@x'])(
  '[ACCO2] a connection that cannot be used is refused with the name of its setting: %s',
  (text) => {
    expect(() => parseConnections(text)).toThrow(ConfigError);
    expect(() => parseConnections(text)).toThrow(/^BACKSTITCH_CONNECTIONS/);
  }
);

test('[ACCO3] an error about a setting does not repeat its password', () => {
  expect(() => parseConnections('shop=http://user:hunter22@x')).toThrow(/^((?!hunter22).)*$/s);
});

test('[ACCO4] an allowed origin is exact, or covers all names below a domain or all hosts of a protocol', () => {
  expect(parseAllow('https://API.example.com,https://*.example.com:8443,http://*')).toEqual([
    { protocol: 'https:', host: 'api.example.com', port: '', anyHostBelow: false },
    { protocol: 'https:', host: 'example.com', port: '8443', anyHostBelow: true },
    { protocol: 'http:', host: '', port: '', anyHostBelow: true },
  ]);
});

test.each(['example.com', 'https://example.com/path', 'https://', 'file:///etc/passwd'])(
  '[ACCO5] an invalid origin is refused: %s',
  (text) => expect(() => parseAllow(text)).toThrow(/^BACKSTITCH_HTTP_ALLOW/)
);
