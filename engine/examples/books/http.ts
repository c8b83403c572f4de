/**
 * What every example service needs of HTTP. They listen on the loopback interface only and take JSON only, so that no
 * page in a browser can write to them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './exactly-once';

const BODY_LIMIT_BYTES = 64 * 1024;
export const FORWARD_KEY = 'idempotency-forward-key';

export class BadRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string
  ) {
    super(message);
  }
}

export interface Served {
  url: string;
  close(): Promise<void>;
}

/** `port`: 0 picks a free one. Rejects if the port is in use. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { port, onError }: { port: number; onError?: (error: unknown) => void }
): Promise<Served> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof BadRequest)
        return send(response, error.status, { error: error.code, message: error.message });
      onError?.(error);
      unavailable(response, 'The service cannot reach its database.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function keyOf(request: IncomingMessage, header: string): string {
  const key = request.headers[header];
  if (typeof key !== 'string' || key === '' || key.length > 1_000)
    throw new BadRequest(400, 'InvalidRequest', `Send the header ${header}, 1 to 1,000 characters.`);
  return key;
}

/** The JSON of the body. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new BadRequest(415, 'InvalidRequest', 'Send JSON, with content-type: application/json.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new BadRequest(413, 'InvalidRequest', 'At most 64 KiB.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadRequest(400, 'InvalidRequest', 'The body is not JSON.');
  }
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (answer.repeated) response.setHeader('idempotency-replayed', 'true');
  send(response, answer.status, answer.body);
}

export function unavailable(response: ServerResponse, message: string): void {
  send(response, 503, { error: 'Unavailable', message });
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
