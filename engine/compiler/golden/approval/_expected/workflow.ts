/** Pay an expense, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';
import type { ActivityOptions } from '@temporalio/workflow';
import type { HttpRequestInput } from './activities';

export interface ExpenseInput {
  orderId: string;
  amount: number;
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' }, amount: { type: 'number' } },
  required: ['orderId', 'amount'],
};

/** Options of http.request in the catalogue, for steps without options of their own. */
const HTTP_REQUEST_OPTIONS: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: {
    maximumAttempts: 5,
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1m',
  },
};

export async function expense_v1(input: ExpenseInput): Promise<void> {
  return saga<void>(
    { flow: 'expense', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Ask the manager
      const askManager = await s.approval({
        id: 'ask-manager',
        title: 'Ask the manager',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount, who: input.orderId },
        schema: {
          type: 'object',
          properties: {
            amount: { type: 'number', title: 'Amount', default: { $expr: 'never read as one' } },
          },
        },
        requireComment: 'onReject',
        forbidStarter: true,
        timeoutMs: 259_200_000,
        onTimeout: 'fail',
        onReject: 'continue',
      });
      if (askManager.decision === 'reject') {
        // Ask the board
        await s.approval({
          id: 'appeal',
          title: 'Ask the board',
          question: 'Rejected below: pay it all the same?',
          candidates: [],
          data: { why: askManager.comment },
          schema: null,
          requireComment: 'always',
          onTimeout: 'fail',
          onReject: 'fail',
        });
      }

      // Pay it
      await s.step({
        id: 'pay',
        title: 'Pay it',
        activity: 'http.request',
        effect: 'irreversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/payments',
          body: { amount: input.amount, by: askManager.decidedBy ?? 'nobody' },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        unknown: { policy: 'ask' },
      });
    },
  );
}
