/** The web's connections to its database. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '@/prisma/client/client';

const CONNECTIONS = 10;
const CONNECT_MS = 3_000;
/** Our queries are small: one that takes longer has met a database that hangs, and a page must not hang with it. */
const QUERY_MS = 4_000;
/**
 * A request waits longer for a connection that others use than for one that is made: a web with much to do is no
 * outage. When the database hangs, what waits fails by then.
 */
const WAIT_MS = 10_000;

class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS });
  }
}

/** Connects to nothing yet. `onLost` is called when a connection that nobody uses breaks. */
export function openDatabase(url: string, onLost: (error: Error) => void): PrismaClient {
  const pool = {
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: WAIT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    Client,
  };
  return new PrismaClient({
    adapter: new PrismaPg(pool, { onPoolError: onLost }),
    transactionOptions: { maxWait: WAIT_MS },
  });
}
