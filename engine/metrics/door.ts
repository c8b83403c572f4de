/**
 * Where Prometheus reads the measurements of the engine: GET /metrics of an address of its own, because the web may be away
 * when they are needed most.
 *
 * [MTR4] Every caller needs a key with the permission 'metrics.read', also on this machine. An address that other machines
 *        reach needs TLS, since a key would be sent over it.
 */
import { status, Metadata } from '@grpc/grpc-js';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Caller } from '../permissions/caller';
import { may, whyNot } from '../permissions/permissions';
import { METRICS_TYPE } from './exposition';

export interface MetricsDoorOptions {
  /** `host:port`; port 0 takes a free one. */
  address: string;
  /** Needed unless the host is this machine. */
  tls?: { certificate: Buffer; privateKey: Buffer } | null;
  text(): Promise<string>;
  /** Rejects with an error that has a gRPC `code`. */
  authenticate(call: { metadata: Metadata; peer: string }): Promise<Caller>;
  onError?: (error: unknown) => void;
}

export interface MetricsDoor {
  address: string;
  close(): Promise<void>;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;
const MOST_CONNECTIONS = 50;

export async function openMetricsDoor(options: MetricsDoorOptions): Promise<MetricsDoor> {
  const { host, port } = hostAndPort(options.address);
  const { tls } = options;
  if (!LOOPBACK.test(host) && !tls) {
    throw new Error(
      `BACKSTITCH_METRICS_ADDRESS (${options.address}) can be reached from other machines, so it needs TLS: name the ` +
        'files of a certificate and its key in BACKSTITCH_TLS_CERTIFICATE and BACKSTITCH_TLS_KEY.'
    );
  }
  // Scrapes at the same time get the same answer.
  let underWay: Promise<string> | null = null;
  const text = () =>
    (underWay ??= options.text().finally(() => {
      underWay = null;
    }));
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, options, text).then(
      ({ code, type = 'text/plain; charset=utf-8', body }) => {
        response.writeHead(code, {
          'content-type': type,
          'cache-control': 'no-store',
          ...(code === 401 ? { 'www-authenticate': 'Bearer' } : {}),
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => {
        options.onError?.(error);
        response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        response.end('The measurements cannot be read now. The log of the engine has the details.\n');
      }
    );
  };
  const secure = !LOOPBACK.test(host) && tls;
  const server: Server = secure
    ? createSecureServer({ cert: secure.certificate, key: secure.privateKey }, handle)
    : createServer(handle);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Throws if it is no address. */
function hostAndPort(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (!host || Number(port) > 65_535)
    throw new Error(`BACKSTITCH_METRICS_ADDRESS (${address}) must be a host and a port, like 127.0.0.1:7234.`);
  return { host, port: Number(port) };
}

interface Answer {
  code: number;
  type?: string;
  body: string;
}

async function answer(
  { method, url, headers, socket }: IncomingMessage,
  { authenticate }: MetricsDoorOptions,
  text: () => Promise<string>
): Promise<Answer> {
  if (url?.split('?')[0] !== '/metrics') return { code: 404, body: 'Measurements are at /metrics.\n' };
  if (method !== 'GET' && method !== 'HEAD') return { code: 405, body: 'Only GET.\n' };
  const metadata = new Metadata();
  if (headers.authorization) metadata.set('authorization', headers.authorization);
  let caller: Caller;
  try {
    caller = await authenticate({ metadata, peer: socket.remoteAddress ?? '' });
  } catch (error) {
    if ((error as { code?: unknown }).code !== status.UNAUTHENTICATED) throw error;
    return { code: 401, body: `${(error as Error).message}\n` };
  }
  if (!may(caller, 'metrics.read'))
    return { code: 403, body: `metrics.read is refused for ${caller.name}: ${whyNot(caller, 'metrics.read')}\n` };
  return { code: 200, type: METRICS_TYPE, body: await text() };
}
