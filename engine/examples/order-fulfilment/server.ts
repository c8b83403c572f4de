/**
 * The shop of the example: a real HTTP service with books of its own, with which the claims of the engine can be
 * checked.
 *
 *   POST /reservations /payments /shipments /mails do it Idempotency-Key POST …/release …/refund …/cancel undo it
 *   Idempotency-Key + Idempotency-Forward-Key POST …/settle did it happen? 'no' is final Idempotency-Forward-Key GET
 *   …/by-key?key= the stored answer, or 404 GET /ledger?order= /?order= /health for programs, for people POST /stock
 *   restock: { sku, onHand, title?, unitPrice?, currency? }
 *
 * It listens on the loopback interface only and takes JSON only, so that no page in a browser can write to it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { z } from 'zod';
import { inTransaction, openPool } from './database';
import { EFFECTS } from './effect';
import type { EffectKind } from './effect-kind';
import { applyOnce, lookUp, settle, undoOnce, type Answer } from './idempotency';
import { LateCalls } from './late';
import { readLedger } from './ledger';
import { ledgerPage } from './page';
import { faultOf, SCENARIOS } from './scenario';

export interface ShopOptions {
  databaseUrl: string;
  /** 0 picks a free port. */
  port: number;
  /** The delay of 'applies-after-timeout'; it must be longer than the start-to-close timeout of the charge. */
  lateMs?: number;
  onError?: (error: unknown) => void;
}

export interface RunningShop {
  url: string;
  close(): Promise<void>;
}

const LATE_MS = 3_000;
const BODY_LIMIT_BYTES = 64 * 1024;
const FORWARD_KEY = 'idempotency-forward-key';

/**
 * Serves until it is closed. The tables must exist (migrations). Rejects if the port is in use or the database is
 * away.
 */
export async function startShop(options: ShopOptions): Promise<RunningShop> {
  const pool = openPool(options.databaseUrl);
  const shop = new Shop(pool, new LateCalls(pool), options.lateMs ?? LATE_MS);
  const server = createServer((request, response) => {
    shop.answer(request, response).catch((error: unknown) => {
      if (error instanceof BadRequest)
        return send(response, error.status, { error: error.code, message: error.message });
      options.onError?.(error);
      send(response, 503, { error: 'Unavailable', message: 'The shop cannot reach its database.' });
    });
  });
  try {
    await shop.late.resume();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
  } catch (error) {
    shop.late.close();
    await pool.end();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      shop.late.close();
      shop.closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}

class BadRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string
  ) {
    super(message);
  }
}

const undoSchema = z.strictObject({
  orderId: z.string().min(1).max(200),
  /** The same as the header, for callers that can send only bodies. */
  forwardKey: z.string().min(1).max(1_000).optional(),
  scenario: z.enum(SCENARIOS).default('goes-well'),
});
const stockSchema = z.strictObject({
  sku: z.string().min(1).max(100),
  onHand: z.int().min(0).max(1_000_000_000),
  title: z.string().min(1).max(200).optional(),
  unitPrice: z.int().min(0).optional(),
  currency: z.string().length(3).optional(),
});

class Shop {
  readonly closing = new AbortController();

  constructor(
    private readonly pool: pg.Pool,
    readonly late: LateCalls,
    private readonly lateMs: number
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://shop');
    const [collection, action, ...rest] = url.pathname.split('/').filter(Boolean);
    const route = `${request.method} ${url.pathname}`;
    if (route === 'GET /health') return send(response, 200, { ok: true });
    if (route === 'GET /ledger') return send(response, 200, await readLedger(this.pool, url.searchParams.get('order')));
    if (route === 'GET /')
      return sendPage(response, ledgerPage(await readLedger(this.pool, url.searchParams.get('order'))));
    if (route === 'POST /stock') return send(response, 200, await this.#restock(await readBody(request, stockSchema)));

    const kind = (Object.keys(EFFECTS) as EffectKind[]).find((name) => EFFECTS[name].path === `/${collection}`);
    if (kind && rest.length === 0) {
      if (request.method === 'POST' && action === undefined) return this.#do(kind, request, response);
      if (request.method === 'POST' && action === EFFECTS[kind].undoPath) return this.#undo(kind, request, response);
      if (request.method === 'POST' && action === 'settle') return this.#settle(kind, request, response);
      if (request.method === 'GET' && action === 'by-key') return this.#byKey(kind, url, response);
    }
    throw new BadRequest(404, 'NotFound', `There is nothing at ${route}.`);
  }

  async #do(kind: EffectKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = keyOf(request, 'idempotency-key');
    const body = await readBody(request, EFFECTS[kind].schema);
    const fault = faultOf(body.scenario, 'do', kind, await this.#attempt(`do ${kind} ${key}`));
    if (fault.kind === 'down') return unavailable(response, fault.message);
    if (fault.kind === 'late') {
      await this.late.promise({ key, kind, request: body, waitMs: this.lateMs });
      await delay(this.lateMs, undefined, { signal: this.closing.signal });
    }
    const refusal = fault.kind === 'refuse' ? { ...fault, kind: 'refused' as const } : null;
    const answer = await inTransaction(this.pool, (tx) => applyOnce(tx, kind, key, body, refusal));
    // Applied and durable; only the answer is lost.
    if (fault.kind === 'loseAnswer') request.socket.destroy();
    else sendAnswer(response, answer);
  }

  async #undo(kind: EffectKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const undoKey = keyOf(request, 'idempotency-key');
    const body = await readBody(request, undoSchema);
    const forwardKey = forwardKeyOf(request, body.forwardKey);
    const fault = faultOf(body.scenario, 'undo', kind, await this.#attempt(`undo ${kind} ${undoKey}`));
    if (fault.kind === 'down') return unavailable(response, fault.message);
    sendAnswer(response, await inTransaction(this.pool, (tx) => undoOnce(tx, kind, forwardKey, undoKey, body.orderId)));
  }

  async #settle(kind: EffectKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, undoSchema);
    const forwardKey = forwardKeyOf(request, body.forwardKey);
    sendAnswer(response, await inTransaction(this.pool, (tx) => settle(tx, kind, forwardKey, body.orderId)));
  }

  async #byKey(kind: EffectKind, url: URL, response: ServerResponse): Promise<void> {
    const key = url.searchParams.get('key');
    if (!key) throw new BadRequest(400, 'InvalidRequest', 'The parameter key is missing: ?key=');
    const answer = await inTransaction(this.pool, (tx) => lookUp(tx, kind, key));
    if (answer === null) throw new BadRequest(404, 'NotFound', 'No effect of this key remains.');
    send(response, 200, answer);
  }

  async #restock(stock: z.infer<typeof stockSchema>): Promise<unknown> {
    await this.pool.query(
      `INSERT INTO shop.stock (sku, on_hand, title, unit_price, currency)
       VALUES ($1, $2, coalesce($3, $1), coalesce($4, 0), coalesce($5, 'EUR'))
       ON CONFLICT (sku) DO UPDATE SET on_hand = $2, title = coalesce($3, stock.title),
         unit_price = coalesce($4, stock.unit_price), currency = coalesce($5, stock.currency)`,
      [stock.sku, stock.onHand, stock.title ?? null, stock.unitPrice ?? null, stock.currency ?? null]
    );
    return { sku: stock.sku, onHand: stock.onHand };
  }

  /** The number of calls, this one included. It is committed separately, because a call that fails counts too. */
  async #attempt(id: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      `INSERT INTO shop.attempt (id, count) VALUES ($1, 1)
       ON CONFLICT (id) DO UPDATE SET count = attempt.count + 1 RETURNING count`,
      [id]
    );
    return rows[0]?.count ?? 1;
  }
}

function keyOf(request: IncomingMessage, header: string): string {
  const key = request.headers[header];
  if (typeof key !== 'string' || key === '' || key.length > 1_000) {
    throw new BadRequest(400, 'InvalidRequest', `Send the header ${header}, 1 to 1,000 characters.`);
  }
  return key;
}

function forwardKeyOf(request: IncomingMessage, fromBody: string | undefined): string {
  const fromHeader = request.headers[FORWARD_KEY];
  if (fromBody === undefined) return keyOf(request, FORWARD_KEY);
  if (fromHeader !== undefined && fromHeader !== fromBody) {
    throw new BadRequest(400, 'InvalidRequest', `The header ${FORWARD_KEY} and the field forwardKey differ.`);
  }
  return fromBody;
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new BadRequest(415, 'InvalidRequest', 'Send JSON, with content-type: application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new BadRequest(413, 'InvalidRequest', 'At most 64 KiB.');
    chunks.push(chunk);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadRequest(400, 'InvalidRequest', 'The body is not JSON.');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new BadRequest(400, 'InvalidRequest', z.prettifyError(parsed.error));
  return parsed.data;
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (answer.repeated) response.setHeader('idempotency-replayed', 'true');
  send(response, answer.status, answer.body);
}

function unavailable(response: ServerResponse, message: string): void {
  send(response, 503, { error: 'Unavailable', message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(html);
}
