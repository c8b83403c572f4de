import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { AnswerUnreadable } from './body';
import { ResponseTooLarge, send, type Received } from './send';

/** What is received from a service that answers so. The limit is 1,000 bytes. */
async function received(answer: RequestListener): Promise<Received> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await send({
      url: new URL(`http://127.0.0.1:${port}/`),
      method: 'GET',
      headers: {},
      body: null,
      signal: new AbortController().signal,
      maxResponseBytes: 1_000,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const answered = (status: number, headers: Record<string, string>, body: string | Buffer) =>
  received((_, response) => response.writeHead(status, headers).end(body));

test.each<[string, string, Buffer, string]>([
  ['no charset', 'application/json', Buffer.from('"Grüße 発送"'), '"Grüße 発送"'],
  ['UTF-8', 'application/json; charset=utf-8', Buffer.from('"Grüße"'), '"Grüße"'],
  ['Latin-1', 'application/json; charset=iso-8859-1', Buffer.from('"Grüße"', 'latin1'), '"Grüße"'],
  ['a quoted name', 'text/plain; format=flowed; Charset="ISO-8859-1"', Buffer.from('Grüße', 'latin1'), 'Grüße'],
  ['UTF-16', 'text/plain;charset=utf-16le', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
  ['an unknown charset', 'application/json; charset=x-own', Buffer.from('"Grüße"'), '"Grüße"'],
  ['a byte order mark', 'application/json', Buffer.from('\uFEFF{"a":1}'), '{"a":1}'],
])('[HCS1] an answer with %s is read', async (_, contentType, bytes, text) => {
  expect((await answered(200, { 'content-type': contentType }, bytes)).text).toBe(text);
});

test.each<[string, string, Buffer, string]>([
  ['a picture', 'image/png', Buffer.from([0x89, 0x50, 0xff, 0xfe]), 'data:image/png;base64,iVD//g=='],
  ['bytes without a type', '', Buffer.from([0xff, 0x00]), 'data:application/octet-stream;base64,/wA='],
  ['a picture that is a text', 'image/svg+xml', Buffer.from('<svg/>'), '<svg/>'],
  ['a text without a type', '', Buffer.from('Grüße'), 'Grüße'],
  ['a text that is not in its charset', 'text/plain; charset=utf-8', Buffer.from('Stra\xdfe', 'latin1'), 'Stra\uFFFDe'],
])('[HCS2] %s is received', async (_, contentType, bytes, text) => {
  const headers: Record<string, string> = contentType === '' ? {} : { 'content-type': contentType };
  expect((await answered(200, headers, bytes)).text).toBe(text);
});

const json = { 'content-type': 'application/json' };
test.each([
  ['gzip', gzipSync('{"a":1}')],
  ['deflate', deflateSync('{"a":1}')],
  ['br', brotliCompressSync('{"a":1}')],
  ['br, gzip', gzipSync(brotliCompressSync('{"a":1}'))],
  ['identity', Buffer.from('{"a":1}')],
])('[HCS3] an answer that is compressed with %s is read', async (encoding, body) => {
  expect((await answered(200, { ...json, 'content-encoding': encoding }, body)).text).toBe('{"a":1}');
});

test.each<[string, string, Buffer, new () => Error]>([
  ['a bomb', 'gzip', gzipSync(Buffer.alloc(50_000_000)), ResponseTooLarge as never],
  ['another encoding than it says', 'gzip', Buffer.from('{"a":1}'), AnswerUnreadable as never],
  ['an answer that is cut', 'gzip', gzipSync('{"a":1}').subarray(0, 15), AnswerUnreadable as never],
  ['an unknown encoding', 'zstd', Buffer.from('{"a":1}'), AnswerUnreadable as never],
])('[HCS3] %s is refused in words', async (_, encoding, body, kind) => {
  await expect(answered(200, { ...json, 'content-encoding': encoding }, body)).rejects.toBeInstanceOf(kind);
  // Where the status says what happened, it is heard.
  expect(await answered(402, { ...json, 'content-encoding': encoding }, body)).toMatchObject({ status: 402 });
});

test('[HSN1] a status that is no success is heard, whatever becomes of its body', async () => {
  expect((await answered(402, json, 'x'.repeat(5_000))).status).toBe(402);
  const cut = await received((_, response) => {
    response.writeHead(402, { ...json, 'content-length': '100' }).write('{"error":');
    setImmediate(() => response.destroy());
  });
  expect(cut).toMatchObject({ status: 402 });
  await expect(answered(200, json, 'x'.repeat(5_000))).rejects.toBeInstanceOf(ResponseTooLarge);
});

test('[HSN2] a service that changes to another protocol ends the call at once', async () => {
  const switched = received((request) => {
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\n');
  });
  await expect(switched).rejects.toThrow('the service changed to another protocol');
});
