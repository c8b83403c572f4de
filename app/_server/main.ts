/**
 * The web process: Next and the live sockets on one port. It serves from the start, whatever else is away. When it
 * stops, it finishes open requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import next from 'next';
import { runRole } from '@/engine/role';
import { composeWeb } from './compose';
import { readConfig } from './config';
import { CLIENT_HEADER, clientAddress } from './http/client-address';
import { isReadable, nowhere } from './http/parts';
import { markForwarded } from './http/forwarded';
import { pagePath, PATH_HEADER } from './http/path-header';
import { secure } from './http/security-headers';
import { readRoutePatterns } from './metrics/route-patterns';
import { provideWeb } from './web';

const DRAIN_MS = 4_000;
/**
 * An address may contain an id of 1,000 characters, each of which may take up to nine; the other headers add to that.
 */
const HEADER_BYTES_MOST = 32 * 1024;
/**
 * Longer than proxies and programs keep a connection that is idle, usually 60 s: whoever closes first loses no request that
 * is on its way.
 */
const KEPT_ALIVE_MS = 65_000;

void runRole(async () => {
  const config = readConfig(process.env);
  // Next's handler exists only after its preparation; requests before that wait for it.
  let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null = null;
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MOST, keepAliveTimeout: KEPT_ALIVE_MS },
    (request, response) => {
      if (!isReadable(request.url ?? '/')) request.url = nowhere(request.url ?? '/');
      markForwarded(request);
      request.headers[CLIENT_HEADER] = clientAddress(request, config.proxies);
      request.headers[PATH_HEADER] = pagePath(request.url ?? '/');
      secure(config, request, response);
      metrics.request(request, response);
      void handle?.(request, response);
    }
  );
  const { web, metrics, close } = composeWeb(config, server);
  provideWeb(web);
  const app = next({ dev: !config.production, hostname: config.host, port: config.port, httpServer: server });
  await app.prepare();
  metrics.routesKnown(await readRoutePatterns('.next'));
  handle = app.getRequestHandler();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    address: config.webUrl.port === String(port) ? config.webUrl.origin : `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
      await close();
      await ended;
      await app.close();
    },
  };
});
