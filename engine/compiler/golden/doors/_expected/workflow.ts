/** Take two payments, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface TakePaymentsInput {
  orderId: string;
  amount: number;
  by?: 'card' | 'transfer';
}

export interface TakePaymentsOutput {
  first: number;
  second: number;
}

interface DepositResult {
  eventId: string;
  orderId: string;
  cents: number;
}

interface RestResult {
  eventId: string;
  orderId: string;
  cents: number;
}

export async function takePayments_v1(input: TakePaymentsInput): Promise<TakePaymentsOutput> {
  return saga(
    {
      flow: 'take-payments',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: {
        paid: {
          schema: PAID_SIGNAL,
          key: (argument: { eventId: string; orderId: string; cents: number }) => argument.eventId,
        },
      },
    },
    async (s) => {
      let note = '';

      s.shows(() => ({ note }));

      // Note
      s.onQuery('note', () => note);

      // Change the note
      s.onUpdate<{ text: string }>('annotate', {
        schema: ANNOTATE_UPDATE,
        apply: (argument) => {
          note = argument.text;
        },
      });

      // Wait for the deposit
      const deposit = await s.waitForSignal<DepositResult>({
        id: 'deposit',
        signal: 'paid',
        when: (argument) => argument.orderId === input.orderId,
      });

      // Wait for the rest
      const rest = await s.waitForSignal<RestResult>({
        id: 'rest',
        signal: 'paid',
        when: (argument) =>
          argument.orderId === input.orderId && argument.cents >= input.amount - deposit.cents,
        timeout: '1h',
      });

      return s.end('done', { first: deposit.cents, second: rest.cents });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string', minLength: 1 },
    amount: { type: 'integer', minimum: 1 },
    by: { type: 'string', enum: ['card', 'transfer'] },
  },
  required: ['orderId', 'amount'],
  additionalProperties: false,
};

const PAID_SIGNAL: ValueSchema = {
  type: 'object',
  properties: {
    eventId: { type: 'string' },
    orderId: { type: 'string' },
    cents: { type: 'integer', minimum: 1 },
  },
  required: ['eventId', 'orderId', 'cents'],
};

const ANNOTATE_UPDATE: ValueSchema = {
  type: 'object',
  properties: { text: { type: 'string', maxLength: 10 } },
  required: ['text'],
};
