/** Release a payment, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface ReleasePaymentInput {
  amount: number;
}

export async function releasePayment_v1(input: ReleasePaymentInput): Promise<void> {
  return saga(
    {
      flow: 'release-payment',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
    },
    async (s) => {
      await s.approval({
        id: 'release',
        title: 'Ask Finance',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount },
        requireComment: 'onReject',
        timeout: '1d',
        takeBack: '2m',
        onTimeout: 'reject',
        onReject: 'fail',
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { amount: { type: 'integer' } },
  required: ['amount'],
};
