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
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { forwardKeyOf, type EffectCalls } from '../books/calls';
import { inTransaction } from '../books/database';
import { lookUp } from '../books/exactly-once';
import { BadRequest, readJson, send } from '../books/http';
import { EFFECTS } from './effect';
import type { EffectKind } from './effect-kind';
import { readLedger, reportOf } from './ledger';
import { ledgerPage } from './page';
import { faultOf, SCENARIOS } from './scenario';

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

export class Shop {
  constructor(private readonly calls: EffectCalls) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://shop');
    const [collection, action, ...rest] = url.pathname.split('/').filter(Boolean);
    const route = `${request.method} ${url.pathname}`;
    const { pool } = this.calls;
    if (route === 'GET /health') return send(response, 200, { ok: true });
    if (route === 'GET /ledger')
      return send(response, 200, reportOf(await readLedger(pool, url.searchParams.get('order'))));
    if (route === 'GET /') return sendPage(response, ledgerPage(await readLedger(pool, url.searchParams.get('order'))));
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
    const body = await readBody(request, EFFECTS[kind].schema);
    const fault = (attempt: number) => faultOf(body.scenario, 'do', kind, attempt);
    await this.calls.do({ kind, effect: EFFECTS[kind] }, request, response, body, fault);
  }

  async #undo(kind: EffectKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { orderId: subject, forwardKey, scenario } = await readBody(request, undoSchema);
    const call = { subject, forwardKey: forwardKeyOf(request, forwardKey) };
    const fault = (attempt: number) => faultOf(scenario, 'undo', kind, attempt);
    await this.calls.undo({ kind, effect: EFFECTS[kind] }, request, response, call, fault);
  }

  async #settle(kind: EffectKind, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { orderId: subject, forwardKey } = await readBody(request, undoSchema);
    const call = { subject, forwardKey: forwardKeyOf(request, forwardKey) };
    await this.calls.settle({ kind, effect: EFFECTS[kind] }, response, call);
  }

  async #byKey(kind: EffectKind, url: URL, response: ServerResponse): Promise<void> {
    const key = url.searchParams.get('key');
    if (!key) throw new BadRequest(400, 'InvalidRequest', 'The parameter key is missing: ?key=');
    const named = { kind, effect: EFFECTS[kind] };
    const answer = await inTransaction(this.calls.pool, (tx) => lookUp(tx, named, key));
    if (answer === null) throw new BadRequest(404, 'NotFound', 'No effect of this key remains.');
    send(response, 200, answer);
  }

  async #restock(stock: z.infer<typeof stockSchema>): Promise<unknown> {
    await this.calls.pool.query(
      `INSERT INTO shop.stock (sku, on_hand, title, unit_price, currency)
       VALUES ($1, $2, coalesce($3, $1), coalesce($4, 0), coalesce($5, 'EUR'))
       ON CONFLICT (sku) DO UPDATE SET on_hand = $2, title = coalesce($3, stock.title),
         unit_price = coalesce($4, stock.unit_price), currency = coalesce($5, stock.currency)`,
      [stock.sku, stock.onHand, stock.title ?? null, stock.unitPrice ?? null, stock.currency ?? null]
    );
    return { sku: stock.sku, onHand: stock.onHand };
  }
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(request));
  if (!parsed.success) throw new BadRequest(400, 'InvalidRequest', z.prettifyError(parsed.error));
  return parsed.data;
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(html);
}
