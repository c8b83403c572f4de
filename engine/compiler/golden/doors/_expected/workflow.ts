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
  return saga<TakePaymentsOutput>(
    {
      flow: 'take-payments',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: {
        paid: {
          schema: SIGNAL_SCHEMAS.paid,
          key: (argument: { eventId: string; orderId: string; cents: number }) => argument.eventId,
        },
      },
    },
    async (s) => {
      let note = '';

      // Note
      s.onQuery('note', () => note);

      // Change the note
      s.onUpdate<{ text: string }, object>('annotate', {
        schema: UPDATE_SCHEMAS.annotate,
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
        timeoutMs: 3_600_000,
      });

      // Done
      return s.end('done', {
        first: deposit.cents,
        second: rest.cents,
      } satisfies TakePaymentsOutput);
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

const SIGNAL_SCHEMAS = {
  paid: {
    type: 'object',
    properties: {
      eventId: { type: 'string' },
      orderId: { type: 'string' },
      cents: { type: 'integer', minimum: 1 },
    },
    required: ['eventId', 'orderId', 'cents'],
  },
} satisfies Record<string, ValueSchema>;

const UPDATE_SCHEMAS = {
  annotate: {
    type: 'object',
    properties: { text: { type: 'string', maxLength: 10 } },
    required: ['text'],
  },
} satisfies Record<string, ValueSchema>;
