/**
 * The services of all examples in one process: the shop at the root, the services of the templates below SERVICES_PATH.
 */
import { EffectCalls } from './books/calls';
import { openPool } from './books/database';
import { serve, type Served } from './books/http';
import { EFFECTS } from './order-fulfilment/effect';
import { Shop } from './order-fulfilment/server';
import { MODELS, SERVICES } from './service-table';
import { effectTableOf, ServiceHost, SERVICES_PATH } from './services/server';

export interface ExamplesOptions {
  databaseUrl: string;
  /** 0 picks a free port. */
  port: number;
  /** The delay of answers that come too late; it must be longer than the start-to-close timeout of their steps. */
  lateMs?: number;
  onError?: (error: unknown) => void;
}

/** Serves until it is closed. The tables must exist. Rejects if the port is in use or the database is away. */
export async function startExamples({ databaseUrl, port, lateMs, onError }: ExamplesOptions): Promise<Served> {
  const pool = openPool(databaseUrl);
  const calls = new EffectCalls(pool, { ...EFFECTS, ...effectTableOf(SERVICES) }, lateMs);
  const shop = new Shop(calls);
  const host = new ServiceHost(SERVICES, MODELS, calls, lateMs);
  try {
    await calls.start();
    const served = await serve(
      (request, response) => {
        const [first, ...path] = new URL(request.url ?? '/', 'http://examples').pathname.split('/').filter(Boolean);
        return first === SERVICES_PATH ? host.answer(path, request, response) : shop.answer(request, response);
      },
      { port, onError }
    );
    return {
      url: served.url,
      async close() {
        calls.close();
        await served.close();
        await pool.end();
      },
    };
  } catch (error) {
    calls.close();
    await pool.end();
    throw error;
  }
}
