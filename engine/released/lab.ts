/**
 * The service that the flow `kept` calls. The path and `way` in the body determine its answer; it records every call.
 * `old` is its behaviour while the data of a release was made: slow, silent or broken where a run was to be left open.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  path: string;
  way: string;
  /** Header Idempotency-Key. */
  key: string | null;
  /** Header Idempotency-Forward-Key. */
  forwardKey: string | null;
  /** Header Authorization. */
  authorization: string | null;
  body: Record<string, unknown>;
}
export interface Lab {
  url: string;
  calls: Call[];
  close(): Promise<void>;
}

export async function openLab(mode: 'old' | 'mended'): Promise<Lab> {
  const calls: Call[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString() || '{}') as Record<string, unknown>;
      const header = (name: string) => (request.headers[name] as string | undefined) ?? null;
      const path = request.url ?? '';
      const way = String(body.way);
      calls.push({
        path,
        way,
        key: header('idempotency-key'),
        forwardKey: header('idempotency-forward-key'),
        authorization: header('authorization'),
        body,
      });
      const answer = mode === 'old' ? oldAnswer(path, way) : 200;
      if (answer === 'silent') return;
      response.writeHead(answer, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer === 200 ? { id: `${way}-${calls.length}` } : { message: 'not now' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function oldAnswer(path: string, way: string): number | 'silent' {
  if (path === '/do/busy') return 503;
  if (path === '/do/slow' || path === '/do/pay') return 'silent';
  if (path === '/undo/reserve' && way === 'broken-unwinding') return 'silent';
  if (path === '/undo/reserve' && way !== 'broken-undone') return 503;
  return 200;
}
