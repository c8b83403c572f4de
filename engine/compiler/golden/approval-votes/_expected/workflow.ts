/** Pay a large expense, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface LargeExpenseInput {
  amount: number;
}

export interface LargeExpenseOutput {
  by: string[];
}

interface FirstResult {
  decision: 'approve' | 'reject';
  comment: string;
  decidedBy?: string;
  values: Record<string, unknown>;
  votes: {
    decision: 'approve' | 'reject';
    comment: string;
    by: string;
    values: Record<string, unknown>;
  }[];
}

interface ThenResult {
  decision: 'approve' | 'reject';
  comment: string;
  decidedBy?: string;
  values: Record<string, unknown>;
  votes: {
    decision: 'approve' | 'reject';
    comment: string;
    by: string;
    values: Record<string, unknown>;
  }[];
}

export async function largeExpense_v1(input: LargeExpenseInput): Promise<LargeExpenseOutput> {
  return saga(
    { flow: 'large-expense', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      const first = await s.approval<FirstResult>({
        id: 'first',
        title: 'Ask two of the managers',
        question: 'Shall it be paid?',
        candidates: ['managers'],
        data: { amount: input.amount },
        requireComment: 'onReject',
        howMany: 2,
        onTimeout: 'fail',
        onReject: 'fail',
      });

      const then = await s.approval<ThenResult>({
        id: 'then',
        title: 'Ask the boss, then the board',
        question: 'Shall it be paid?',
        candidates: ['boss', 'board'],
        data: { before: first.votes.map((vote) => vote.by) },
        requireComment: 'onReject',
        howMany: 'inSequence',
        onTimeout: 'fail',
        onReject: 'continue',
      });
      if (then.decision === 'reject') {
        // Nobody
        return s.end('no', { by: [] });
      }

      // Paid
      return s.end('done', { by: first.votes.concat(then.votes).map((vote) => vote.by) });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { amount: { type: 'number' } },
  required: ['amount'],
};
