import { expect, test } from 'vitest';
import { ConfigError, parseAllow, parseConnections, readActivityConfig } from './config';

test('[C1] connections are names and base URLs; nothing configured allows nothing', () => {
  const connections = parseConnections(' shop=http://127.0.0.1:3100, billing=https://billing.example.com/v2?x=1 ,');
  expect([...connections].map(([name, url]) => [name, url.href])).toEqual([
    ['shop', 'http://127.0.0.1:3100/'],
    ['billing', 'https://billing.example.com/v2?x=1'],
  ]);
  const nothing = readActivityConfig({});
  expect([nothing.connections.size, nothing.allow.length, nothing.web.token]).toEqual([0, 0, null]);
});

test.each(['shop', 'Shop=http://x', 'shop=ftp://x', 'shop=//x', 'shop=http://user:secret@x'])(
  '[C2] a connection that cannot be used is refused by the name of its setting: %s',
  (text) => {
    expect(() => parseConnections(text)).toThrow(ConfigError);
    expect(() => parseConnections(text)).toThrow(/^BACKSTITCH_CONNECTIONS/);
  }
);

test('[C3] a password in a setting is not repeated in the complaint', () => {
  expect(() => parseConnections('shop=http://user:hunter22@x')).toThrow(/^((?!hunter22).)*$/s);
});

test('[C4] allowed origins: exact, below a domain, every host of a protocol', () => {
  expect(parseAllow('https://API.example.com,https://*.example.com:8443,http://*')).toEqual([
    { protocol: 'https:', host: 'api.example.com', port: '', anyHostBelow: false },
    { protocol: 'https:', host: 'example.com', port: '8443', anyHostBelow: true },
    { protocol: 'http:', host: '', port: '', anyHostBelow: true },
  ]);
});

test.each(['example.com', 'https://example.com/path', 'https://', 'file:///etc/passwd'])(
  '[C5] an origin that is none is refused: %s',
  (text) => expect(() => parseAllow(text)).toThrow(/^BACKSTITCH_HTTP_ALLOW/)
);
