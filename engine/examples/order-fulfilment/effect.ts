/**
 * The four effects of the shop, each with its undo: a reservation, a payment, a parcel, a mail. An effect runs inside
 * the caller's transaction and returns what it did, or why it was refused.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Transaction } from '../books/database';
import type { Applied, BookedEffect } from '../books/effect';
import type { EffectKind } from './effect-kind';
import { SCENARIOS } from './scenario';

interface Effect extends BookedEffect {
  /** The path of the collection; a POST to it creates the effect. */
  path: string;
  /** The path below the collection whose POST undoes the effect; null if it cannot be undone. */
  undoPath: string | null;
  schema: z.ZodType<EffectRequest>;
  apply(tx: Transaction, key: string, request: EffectRequest): Promise<Applied>;
  undo(tx: Transaction, detail: EffectRequest): Promise<void>;
}

export type EffectRequest = {
  orderId: string;
  scenario: (typeof SCENARIOS)[number];
  items?: { sku: string; quantity: number }[];
  amount?: number;
  currency?: string;
  recipient?: string;
  address?: string;
  deliveryNote?: string;
  to?: string;
  subject?: string;
};

const order = {
  orderId: z.string().min(1).max(200),
  scenario: z.enum(SCENARIOS).default('goes-well'),
};
const items = z
  .array(z.strictObject({ sku: z.string().min(1).max(100), quantity: z.int().min(1).max(10_000) }))
  .min(1)
  .max(100);

/** Ids that people see; the same key always gets the same id. */
const idOf = (prefix: string, key: string): string =>
  `${prefix}-${createHash('sha256').update(key).digest('hex').slice(0, 10).toUpperCase()}`;

export const EFFECTS: Record<EffectKind, Effect> = {
  reservation: {
    subject: 'orderId',
    path: '/reservations',
    undoPath: 'release',
    schema: z.strictObject({ ...order, items }),
    async apply(tx, key, request) {
      // Rows are locked in one fixed order. Otherwise two orders of the same goods could deadlock.
      const wanted = [...(request.items ?? [])].sort((a, b) => (a.sku < b.sku ? -1 : 1));
      for (const { sku, quantity } of wanted) {
        const { rowCount } = await tx.query(
          'UPDATE shop.stock SET reserved = reserved + $2 WHERE sku = $1 AND on_hand - reserved >= $2',
          [sku, quantity]
        );
        if (!rowCount) return outOfStock(sku, quantity);
      }
      return { kind: 'applied', answer: { reservationId: idOf('R', key), orderId: request.orderId, items: wanted } };
    },
    async undo(tx, { items: held = [] }) {
      for (const { sku, quantity } of [...held].sort((a, b) => (a.sku < b.sku ? -1 : 1))) {
        await tx.query('UPDATE shop.stock SET reserved = reserved - $2 WHERE sku = $1', [sku, quantity]);
      }
    },
  },
  payment: {
    subject: 'orderId',
    path: '/payments',
    undoPath: 'refund',
    schema: z.strictObject({
      ...order,
      amount: z.int().min(1).max(1_000_000_000),
      currency: z.string().regex(/^[A-Z]{3}$/),
    }),
    async apply(_tx, key, { orderId, amount, currency }) {
      return { kind: 'applied', answer: { transactionId: idOf('T', key), orderId, amount, currency } };
    },
    async undo() {},
  },
  shipment: {
    subject: 'orderId',
    path: '/shipments',
    undoPath: 'cancel',
    schema: z.strictObject({
      ...order,
      recipient: z.string().min(1).max(200),
      address: z.string().min(1).max(1_000),
      deliveryNote: z.string().max(1_000).default(''),
      items,
    }),
    async apply(_tx, key, { orderId }) {
      return { kind: 'applied', answer: { trackingNumber: idOf('P', key), orderId, carrier: 'Parcel Post' } };
    },
    async undo() {},
  },
  mail: {
    subject: 'orderId',
    path: '/mails',
    undoPath: null,
    schema: z.strictObject({ ...order, to: z.email().max(320), subject: z.string().min(1).max(300) }),
    async apply(_tx, key, { orderId }) {
      return { kind: 'applied', answer: { mailId: idOf('M', key), orderId } };
    },
    async undo() {},
  },
};

function outOfStock(sku: string, quantity: number): Applied {
  return {
    kind: 'refused',
    status: 409,
    reason: 'OutOfStock',
    message: `The stock has fewer than ${quantity} of ${sku} left.`,
  };
}
