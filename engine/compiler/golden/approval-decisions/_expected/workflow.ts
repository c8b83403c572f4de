/** Pay an expense, or less, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface ExpenseLessInput {
  orderId: string;
  amount: number;
}

export interface ExpenseLessOutput {
  paid: number;
}

interface AskResult {
  decision: 'approve' | 'payLess' | 'sendBack' | 'reject';
  comment: string;
  decidedBy?: string;
  values: { amount?: number };
}

export async function expenseLess_v1(input: ExpenseLessInput): Promise<ExpenseLessOutput> {
  return saga(
    { flow: 'expense-less', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      const ask = await s.approval<AskResult>({
        id: 'ask',
        title: 'Ask the manager',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount },
        requireComment: 'onReject',
        decisions: [
          { key: 'approve', title: 'Approve' },
          { key: 'payLess', title: 'Pay less', requireComment: true, form: ASK_PAY_LESS_FORM },
          { key: 'sendBack', title: 'Send back', turnsBack: true, requireComment: false },
          { key: 'reject', title: 'Reject', turnsBack: true },
        ],
        timeout: '3d',
        onTimeout: 'sendBack',
        onReject: 'continue',
      });
      if (ask.decision === 'sendBack' || ask.decision === 'reject') {
        // Nothing is paid
        return s.end('no', { paid: 0 });
      }

      await s.approval({
        id: 'appeal',
        title: 'Ask the board',
        question: 'Is it right to pay it?',
        data: {},
        requireComment: 'onReject',
        decisions: [
          { key: 'right', title: 'It is right' },
          { key: 'wrong', title: 'It is wrong', turnsBack: true },
        ],
        onTimeout: 'fail',
        onReject: 'fail',
      });

      await s.step({
        id: 'pay',
        title: 'Pay it',
        activity: 'http.request',
        effect: 'irreversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/payments',
          body: {
            amount: ask.values.amount ?? input.amount,
            less: ask.decision === 'payLess',
            by: ask.decidedBy ?? 'nobody',
          },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        unknown: { policy: 'ask' },
      });

      // Paid
      return s.end('done', { paid: ask.values.amount ?? input.amount });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' }, amount: { type: 'number' } },
  required: ['orderId', 'amount'],
};

/** The forms of decisions: the run checks their values. */
const ASK_PAY_LESS_FORM = {
  type: 'object',
  properties: { amount: { type: 'number', minimum: 0, title: 'Amount' } },
  required: ['amount'],
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
