/**
 * The REST routes as they lie on disk, called as Next calls them: nothing here lists them, so none can be forgotten.
 */
import { readdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { headersOf } from '../live/sockets';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];
type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[]> | undefined> }
) => Promise<Response>;

export interface Route {
  /** '/api/flows/[flow]' */
  place: string;
  handlers: Partial<Record<Method, Handler>>;
}

const API = path.resolve('app/api');

export async function readRoutes(): Promise<Route[]> {
  const files = (await readdir(API, { recursive: true })).filter((file) => path.basename(file) === 'route.ts').sort();
  return Promise.all(
    files.map(async (file) => ({
      place: path.posix.join('/api', path.dirname(file)),
      handlers: (await import(/* @vite-ignore */ pathToFileURL(path.join(API, file)).href)) as Route['handlers'],
    }))
  );
}

/** Serves the routes. A part that is named goes before one that is a parameter. */
export function listenerOf(routes: Route[]): RequestListener {
  return (request, response) => {
    const answer = async () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
      const found = match(routes, url.pathname);
      const handler = found?.route.handlers[request.method as Method];
      if (!found || !handler) return new Response(null, { status: found ? 405 : 404 });
      const init: RequestInit & { duplex: 'half' } = {
        method: request.method,
        headers: headersOf(request),
        duplex: 'half',
        ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { body: bodyOf(request) }),
      };
      return handler(new Request(url, init), { params: Promise.resolve(found.params) });
    };
    answer().then(
      async (answered) => {
        response.statusCode = answered.status;
        for (const [name, value] of answered.headers) if (name !== 'set-cookie') response.setHeader(name, value);
        response.setHeader('set-cookie', answered.headers.getSetCookie());
        response.end(Buffer.from(await answered.arrayBuffer()));
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(`a route threw: ${String(error)}`);
      }
    );
  };
}

function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      request.on('data', (chunk: Buffer) => controller.enqueue(new Uint8Array(chunk)));
      request.on('end', () => controller.close());
      request.on('error', (error) => controller.error(error));
    },
  });
}

function match(routes: Route[], pathname: string) {
  const asked = pathname.split('/');
  const fitting = routes.flatMap((route) => {
    const parts = route.place.split('/');
    const params: Record<string, string | string[]> = {};
    for (const [at, part] of parts.entries()) {
      const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
      if (rest?.[1] && asked.length > at) {
        params[rest[1]] = asked.slice(at);
        return [{ route, params }];
      }
      const name = /^\[(\w+)\]$/.exec(part)?.[1];
      const given = asked[at];
      if (given === undefined || (!name && part !== given)) return [];
      if (name) params[name] = given;
    }
    return parts.length === asked.length ? [{ route, params }] : [];
  });
  return fitting.sort((a, b) => rank(a.route) - rank(b.route))[0];
}

/**
 * Of two routes that fit the one with fewer parameters goes first; a catch-all goes last, and one nearer the root after
 * all others.
 */
function rank({ place }: Route): number {
  const parts = place.split('/');
  const parameters = parts.filter((part) => part.startsWith('[')).length;
  return place.includes('[...') ? 100 - parts.length : parameters;
}
