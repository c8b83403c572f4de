/**
 * Makes every effect happen exactly once, in whatever order its calls arrive.
 *
 * Invariants:
 * - A key has at most one row in `effect`, and calls about the same key run one after the other (an advisory lock on
 *   the forward key).
 * - The row, the effect and the booking are one transaction.
 * - A final answer (done, refused) is stored and repeated; the same key with another body is an error of the caller
 *   (422).
 * - An undo, or a final look-up, that comes before its forward call leaves a tombstone: the forward call is then
 *   refused for ever with 409 NotApplied. So the answer 'it did not happen' remains true, even if a delayed call
 *   arrives later.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from './database';
import { subjectOf, type Applied, type Booked, type BookedEffect } from './effect';

export interface Answer {
  status: number;
  body: unknown;
  /** The call had been answered before. */
  repeated: boolean;
}

/** An effect with the kind under which it is stored. */
export interface NamedEffect {
  kind: string;
  effect: BookedEffect;
}

interface EffectRow {
  kind: string;
  subject: string;
  state: 'applied' | 'undone' | 'refused' | 'tombstoned';
  requestHash: string | null;
  detail: Booked;
  status: number | null;
  answer: unknown;
}

/**
 * Applies the effect, unless the key already has an answer. `refusal` is a final refusal that the scenario demands.
 */
export async function applyOnce(
  tx: Transaction,
  { kind, effect }: NamedEffect,
  key: string,
  request: Booked,
  refusal: Extract<Applied, { kind: 'refused' }> | null = null
): Promise<Answer> {
  await lock(tx, key);
  const hash = hashOf({ kind, ...request });
  const known = await find(tx, key);
  if (known?.state === 'tombstoned') return notApplied('Its undo came first: this key will never be applied.');
  if (known && known.requestHash !== hash) return keyReused(key);
  if (known) return { status: known.status ?? 500, body: known.answer, repeated: true };

  // If an effect is refused half-way (the second article is out of stock), its first half must be rolled back.
  await tx.query('SAVEPOINT apply');
  const outcome = refusal ?? (await effect.apply(tx, key, request));
  if (outcome.kind === 'refused') await tx.query('ROLLBACK TO SAVEPOINT apply');
  const status = outcome.kind === 'applied' ? 201 : outcome.status;
  const answer =
    outcome.kind === 'applied'
      ? outcome.answer
      : { error: 'NotApplied', reason: outcome.reason, message: outcome.message };
  await tx.query(
    `INSERT INTO shop.effect (key, kind, order_id, state, request_hash, detail, status, answer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [key, kind, subjectOf(effect, request), outcome.kind, hash, request, status, JSON.stringify(answer)]
  );
  if (outcome.kind === 'applied') await book(tx, key, kind, 'do', subjectOf(effect, request), request);
  return { status, body: answer, repeated: false };
}

/**
 * Undoes the effect of `forwardKey`, or makes sure that it can never happen. `undoKey` is the key of the undo call
 * itself.
 */
export async function undoOnce(
  tx: Transaction,
  { kind, effect }: NamedEffect,
  forwardKey: string,
  undoKey: string,
  subject: string
): Promise<Answer> {
  await lock(tx, forwardKey);
  // As orders were stored before there were other services.
  const hash = hashOf({ kind, forwardKey, orderId: subject });
  const about = { [effect.subject]: subject };
  const { rows } = await tx.query<{ requestHash: string; status: number; answer: unknown }>(
    'SELECT request_hash AS "requestHash", status, answer FROM shop.undo WHERE key = $1',
    [undoKey]
  );
  const before = rows[0];
  if (before && before.requestHash !== hash) return keyReused(undoKey);
  if (before) return { status: before.status, body: before.answer, repeated: true };

  const known = await find(tx, forwardKey);
  if (known && known.state !== 'tombstoned' && (known.kind !== kind || known.subject !== subject)) {
    return keyReused(forwardKey);
  }
  let answer: Record<string, unknown>;
  if (known?.state === 'applied') {
    await effect.undo(tx, known.detail);
    await tx.query(`UPDATE shop.effect SET state = 'undone', undone_at = now() WHERE key = $1`, [forwardKey]);
    await book(tx, forwardKey, kind, 'undo', subject, known.detail);
    answer = { undone: true, ...about };
  } else if (known) {
    answer = { undone: false, ...about, reason: `This key has no effect to undo: it is ${known.state}.` };
  } else {
    await bury(tx, kind, forwardKey, subject);
    answer = {
      undone: false,
      ...about,
      reason: 'There was no call with this key. A later call with it will be refused.',
    };
  }
  await tx.query(
    'INSERT INTO shop.undo (key, forward_key, request_hash, status, answer) VALUES ($1, $2, $3, 200, $4)',
    [undoKey, forwardKey, hash, JSON.stringify(answer)]
  );
  return { status: 200, body: answer, repeated: false };
}

/** Did it happen? The answer 'no' is final: it leaves a tombstone, so that a delayed call is refused. */
export async function settle(tx: Transaction, { kind }: NamedEffect, key: string, subject: string): Promise<Answer> {
  await lock(tx, key);
  const known = await find(tx, key);
  if (known && known.kind !== kind) return keyReused(key);
  if (!known) await bury(tx, kind, key, subject);
  const applied = known?.state === 'applied';
  return {
    status: 200,
    body: applied ? { applied, output: known.answer } : { applied },
    repeated: Boolean(known),
  };
}

/** The stored answer of a key whose effect remains; null otherwise. Changes nothing. */
export async function lookUp(tx: Transaction, { kind }: NamedEffect, key: string): Promise<unknown> {
  const known = await find(tx, key);
  return known?.kind === kind && known.state === 'applied' ? known.answer : null;
}

async function lock(tx: Transaction, key: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('shop ' || $1, 0))`, [key]);
}

async function find(tx: Transaction, key: string): Promise<EffectRow | undefined> {
  const { rows } = await tx.query<EffectRow>(
    'SELECT kind, order_id AS subject, state, request_hash AS "requestHash", detail, status, answer FROM shop.effect WHERE key = $1',
    [key]
  );
  return rows[0];
}

async function bury(tx: Transaction, kind: string, key: string, subject: string): Promise<void> {
  await tx.query(
    `INSERT INTO shop.effect (key, kind, order_id, state, detail) VALUES ($1, $2, $3, 'tombstoned', '{}')`,
    [key, kind, subject]
  );
}

async function book(
  tx: Transaction,
  key: string,
  kind: string,
  direction: 'do' | 'undo',
  subject: string,
  detail: Booked
): Promise<void> {
  await tx.query('INSERT INTO shop.booking (key, order_id, kind, direction, detail) VALUES ($1, $2, $3, $4, $5)', [
    key,
    subject,
    kind,
    direction,
    detail,
  ]);
}

function notApplied(message: string): Answer {
  return { status: 409, body: { error: 'NotApplied', reason: 'UndoneFirst', message }, repeated: true };
}

function keyReused(key: string): Answer {
  const message = `The key ${key} belongs to another request. Use each key for one request only.`;
  return { status: 422, body: { error: 'KeyReused', message }, repeated: true };
}

/** The same for bodies that differ only in the order of their properties. */
function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_name, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/**
 * How the undo and the look-up of a key behave depends on the request that was stored for it; null if there is none.
 */
export async function requestOfKey(tx: Transaction, key: string): Promise<Booked | null> {
  return (await find(tx, key))?.detail ?? null;
}
