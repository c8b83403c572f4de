/** Count the stock, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface CountStockInput {
  orderId: string;
}

export interface CountStockOutput {
  total: number;
}

interface CountResult {
  pieces: number;
}

type PhaseValue = 'new' | 'counting' | 'counted' | 'stopped';

/** The outputs of the steps that have run, for queries and updates. */
interface Outputs {
  count: CountResult;
}

export async function countStock_v1(input: CountStockInput): Promise<CountStockOutput> {
  return saga(
    { flow: 'count-stock', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      let phase = 'new' as PhaseValue;
      let started = false as boolean;
      let total = 0;
      let reason = '';

      s.shows(() => ({ phase, started, total, reason }));

      // How far it is
      s.onQuery<Outputs>('progress', ({ count }) => ({
        phase,
        pieces: count?.pieces ?? null,
        running: started,
      }));

      // Only the phase
      s.onQuery('phaseOnly', () => phase);

      // Stop it
      s.onUpdate<{ reason: string }, Outputs>('stop', {
        schema: STOP_UPDATE,
        accept: (_argument, { count }) => phase !== 'counted' && count?.pieces !== 1,
        refusal: 'It is counted already.',
        apply: (argument) => {
          phase = 'stopped';
          reason = argument.reason;
        },
      });

      // Begin again
      s.onUpdate<null>('reset', {
        schema: RESET_UPDATE,
        apply: () => {
          total = 0;
        },
      });

      phase = 'counting' as PhaseValue;
      started = true;
      s.passed('begin');

      const count = await s.step<CountResult>({
        id: 'count',
        title: 'Count',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/count',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        output: COUNT_OUTPUT,
      });

      // Stopped meanwhile?
      if (phase === 'stopped') {
        // Somebody said stop
        s.took('stopped', 'was-stopped');

        return s.fail('give-up', 'Stopped', `stopped: ${reason}`);
      }
      s.took('stopped', null, ['was-stopped']);

      // Add it up
      total = total + count.pieces;
      phase = (count.pieces > 0 ? 'counted' : 'counting') satisfies PhaseValue as PhaseValue;
      s.passed('add-up');

      // Empty?
      if (total === 0 && phase === 'counting' && started === true) {
        // Nothing there
        s.took('empty', 'is-empty');

        await s.step({
          id: 'order-more',
          title: 'Order more',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/orders',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        });
      } else {
        s.took('empty', null, ['is-empty']);
      }

      // Counted
      return s.end('result', { total });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' } },
  required: ['orderId'],
};

const STOP_UPDATE: ValueSchema = {
  type: 'object',
  properties: { reason: { type: 'string' } },
  required: ['reason'],
};

const RESET_UPDATE: ValueSchema = { type: 'null' };

/** The declared outputs of steps: an answer that does not match fails its step. */
const COUNT_OUTPUT = {
  type: 'object',
  properties: { pieces: { type: 'number' } },
  required: ['pieces'],
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
