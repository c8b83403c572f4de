/** Pay an expense, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface ExpenseInput {
  orderId: string;
  amount: number;
}

export async function expense_v1(input: ExpenseInput): Promise<void> {
  return saga(
    { flow: 'expense', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      const askManager = await s.approval({
        id: 'ask-manager',
        title: 'Ask the manager',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount, who: input.orderId },
        schema: ASK_MANAGER_DATA,
        requireComment: 'onReject',
        forbidStarter: true,
        timeout: '3d',
        onTimeout: 'fail',
        onReject: 'continue',
      });
      if (askManager.decision === 'reject') {
        await s.approval({
          id: 'appeal',
          title: 'Ask the board',
          question: 'Rejected below: pay it all the same?',
          data: { why: askManager.comment },
          requireComment: 'always',
          onTimeout: 'fail',
          onReject: 'fail',
        });
      }

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

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' }, amount: { type: 'number' } },
  required: ['orderId', 'amount'],
};

/** How people read the data of approvals. */
const ASK_MANAGER_DATA = {
  type: 'object',
  properties: {
    amount: { type: 'number', title: 'Amount', default: { $expr: 'never read as one' } },
  },
};

/** For steps that set no options of their own. */
const HTTP_REQUEST_OPTIONS: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: {
    maximumAttempts: 5,
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '1m',
  },
};
