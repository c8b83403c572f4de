/** Decide at once, version 1. */
import { saga, type ValueSchema } from '@backstitch/saga';

export interface DecideInput {
  amount: number;
}

export interface DecideOutput {
  verdict: 'small' | 'nearly' | 'enough';
  amount: number;
}

export async function decide_v1(input: DecideInput): Promise<DecideOutput> {
  return saga(
    { flow: 'decide', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Is it known?
      if (input.amount < 1) {
        s.took('known', 'too-small', ['small']);

        // Refuse it
        return s.fail('refuse', 'TooSmall', `An amount of ${input.amount} is too small.`);
      } else if (input.amount < 100) {
        s.took('known', 'small', ['too-small']);

        return s.end(
          'small-change',
          input.amount > 50
            ? { verdict: 'nearly', amount: input.amount }
            : { verdict: 'small', amount: input.amount },
        );
      } else {
        // Any other
        s.took('known', null, ['too-small', 'small']);

        return s.end('enough', { verdict: 'enough', amount: input.amount ?? 0 });
      }
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { amount: { type: 'number' } },
  required: ['amount'],
};
