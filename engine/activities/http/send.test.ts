import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { send } from './send';

test.each<[string, string, Buffer, string]>([
  ['no charset', 'application/json', Buffer.from('"Grüße 発送"'), '"Grüße 発送"'],
  ['UTF-8', 'application/json; charset=utf-8', Buffer.from('"Grüße"'), '"Grüße"'],
  ['Latin-1', 'application/json; charset=iso-8859-1', Buffer.from('"Grüße"', 'latin1'), '"Grüße"'],
  ['a quoted name', 'text/plain; format=flowed; Charset="ISO-8859-1"', Buffer.from('Grüße', 'latin1'), 'Grüße'],
  ['UTF-16', 'text/plain;charset=utf-16le', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
  ['an unknown charset', 'application/json; charset=x-own', Buffer.from('"Grüße"'), '"Grüße"'],
  ['a byte order mark', 'application/json', Buffer.from('\uFEFF{"a":1}'), '{"a":1}'],
])('[HCS1] an answer with %s is read', async (_, contentType, bytes, text) => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': contentType }).end(bytes)
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const received = await send({
      url: new URL(`http://127.0.0.1:${port}/`),
      method: 'GET',
      headers: {},
      body: null,
      signal: new AbortController().signal,
      maxResponseBytes: 1_000,
    });
    expect(received.text).toBe(text);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
