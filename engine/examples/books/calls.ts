/** Answers the calls of an effect, with the faults that the service chooses: do it, undo it, did it happen? */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { inTransaction } from './database';
import type { Booked, EffectTable, Fault } from './effect';
import { applyOnce, requestOfKey, settle, undoOnce, type NamedEffect } from './exactly-once';
import { BadRequest, FORWARD_KEY, keyOf, sendAnswer, unavailable } from './http';
import { LateCalls } from './late';

/** Longer than the callers of effects that come late wait. */
export const LATE_MS = 3_000;

export class EffectCalls {
  readonly #late: LateCalls;
  readonly #closing = new AbortController();

  constructor(
    readonly pool: pg.Pool,
    effects: EffectTable,
    private readonly lateMs = LATE_MS
  ) {
    this.#late = new LateCalls(pool, effects);
  }

  /** Continues the late calls of an earlier process. */
  start(): Promise<void> {
    return this.#late.resume();
  }

  close(): void {
    this.#late.close();
    this.#closing.abort();
  }

  /** `faultOf`: by the number of the attempt with this key. */
  async do(
    named: NamedEffect,
    request: IncomingMessage,
    response: ServerResponse,
    body: Booked,
    faultOf: (attempt: number) => Fault
  ): Promise<void> {
    const key = keyOf(request, 'idempotency-key');
    const fault = faultOf(await this.attempt(`do ${named.kind} ${key}`));
    if (fault.kind === 'down') return unavailable(response, fault.message);
    if (fault.kind === 'late') {
      await this.#late.promise({ key, kind: named.kind, request: body, waitMs: this.lateMs });
      await delay(this.lateMs, undefined, { signal: this.#closing.signal });
    }
    const refusal = fault.kind === 'refuse' ? { ...fault, kind: 'refused' as const } : null;
    const answer = await inTransaction(this.pool, (tx) => applyOnce(tx, named, key, body, refusal));
    // Applied and durable; only the answer is lost.
    if (fault.kind === 'loseAnswer') request.socket.destroy();
    else sendAnswer(response, answer);
  }

  /** `faultOf`: `stored` is the request of the forward key, null if none was seen. */
  async undo(
    named: NamedEffect,
    request: IncomingMessage,
    response: ServerResponse,
    { subject, forwardKey }: { subject: string; forwardKey: string },
    faultOf: (attempt: number, stored: Booked | null) => Fault
  ): Promise<void> {
    const undoKey = keyOf(request, 'idempotency-key');
    const attempt = await this.attempt(`undo ${named.kind} ${undoKey}`);
    const stored = await inTransaction(this.pool, (tx) => requestOfKey(tx, forwardKey));
    const fault = faultOf(attempt, stored);
    if (fault.kind === 'down') return unavailable(response, fault.message);
    sendAnswer(response, await inTransaction(this.pool, (tx) => undoOnce(tx, named, forwardKey, undoKey, subject)));
  }

  async settle(
    named: NamedEffect,
    response: ServerResponse,
    { subject, forwardKey }: { subject: string; forwardKey: string }
  ): Promise<void> {
    sendAnswer(response, await inTransaction(this.pool, (tx) => settle(tx, named, forwardKey, subject)));
  }

  /** The number of calls, this one included. It is committed separately, because a call that fails counts too. */
  async attempt(id: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      `INSERT INTO shop.attempt (id, count) VALUES ($1, 1)
       ON CONFLICT (id) DO UPDATE SET count = attempt.count + 1 RETURNING count`,
      [id]
    );
    return rows[0]?.count ?? 1;
  }
}

/** The key of the forward call: a header, or for callers that can send only bodies a field. */
export function forwardKeyOf(request: IncomingMessage, fromBody: string | undefined): string {
  if (fromBody === undefined) return keyOf(request, FORWARD_KEY);
  const fromHeader = request.headers[FORWARD_KEY];
  if (fromHeader !== undefined && fromHeader !== fromBody)
    throw new BadRequest(400, 'InvalidRequest', `The header ${FORWARD_KEY} and the field forwardKey differ.`);
  return fromBody;
}
