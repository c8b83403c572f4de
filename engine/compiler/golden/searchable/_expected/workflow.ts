/** Orders that are found by their data, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface FindOrdersInput {
  orderId: string;
  items: { sku: string; pieces: number }[];
  note?: string;
  gift?: boolean;
  due: string;
}

interface PackedResult {
  pieces: number;
}

type StageValue = 'new' | 'charged' | 'held';

/** The outputs of the steps that have run, for searchable fields, queries and updates. */
interface Outputs {
  packed: PackedResult;
}

export async function findOrders_v1(input: FindOrdersInput): Promise<void> {
  return saga(
    {
      flow: 'find-orders',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: { packed: { schema: PACKED_SIGNAL } },
    },
    async (s) => {
      let stage: StageValue = 'new';

      s.shows(() => ({ stage }));

      s.searchable<Outputs>({
        OrderId: { type: 'Keyword', value: () => input.orderId },
        // Articles
        Skus: { type: 'KeywordList', value: () => input.items.map((item) => item.sku) },
        // Pieces in the parcel
        Pieces: { type: 'Int', value: ({ packed }) => packed?.pieces },
        // Pieces for each item
        PerItem: {
          type: 'Double',
          value: ({ packed }) =>
            packed === undefined ? undefined : packed.pieces / input.items.length,
        },
        // Words of the customer
        Note: { type: 'Text', value: () => input.note },
        Gift: { type: 'Bool', value: () => input.gift },
        Due: { type: 'Datetime', value: () => input.due },
        Stage: { type: 'Keyword', value: () => stage },
      });

      // Hold the order
      s.onUpdate<Record<string, unknown>>('hold', {
        schema: HOLD_UPDATE,
        apply: () => {
          stage = 'held';
        },
      });

      // Wait until it is packed
      await s.waitForSignal({ id: 'packed', signal: 'packed' });

      stage = 'charged';
      s.passed('charged');
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sku: { type: 'string' }, pieces: { type: 'integer' } },
        required: ['sku', 'pieces'],
      },
    },
    note: { type: 'string' },
    gift: { type: 'boolean' },
    due: { type: 'string' },
  },
  required: ['orderId', 'items', 'due'],
};

const PACKED_SIGNAL: ValueSchema = {
  type: 'object',
  properties: { pieces: { type: 'integer' } },
  required: ['pieces'],
};

const HOLD_UPDATE: ValueSchema = { type: 'object', properties: {} };
