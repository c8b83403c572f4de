/** Release an urgent payment, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface UrgentPaymentInput {
  amount: number;
  priority?: 'normal' | 'urgent';
  payBy?: string;
}

export async function urgentPayment_v1(input: UrgentPaymentInput): Promise<void> {
  return saga(
    { flow: 'urgent-payment', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      await s.approval({
        id: 'release',
        title: 'Ask Finance',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount },
        requireComment: 'onReject',
        priority: input.priority ?? 'high',
        due: input.payBy ?? '1d',
        remind: { before: ['2h'], every: '12h' },
        escalate: [
          { after: '1d', to: ['directors'] },
          { after: '2d', to: ['board'], instead: true },
        ],
        timeout: '3d',
        onTimeout: 'reject',
        onReject: 'fail',
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    amount: { type: 'integer' },
    priority: { type: 'string', enum: ['normal', 'urgent'] },
    payBy: { type: 'string' },
  },
  required: ['amount'],
};
