/** The night shift, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface NightShiftInput {
  orderId: string;
}

export async function nightShift_v1(input: NightShiftInput): Promise<void> {
  return saga(
    {
      flow: 'night-shift',
      onUndoFailure: 'retry',
      deadline: '8h',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: { morning: { schema: MORNING_SIGNAL } },
    },
    async (s) => {
      await s.step({
        id: 'open-gate',
        title: 'Open the gate',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/gate',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Close the gate',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/gate/close',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'ask' },
      });

      // Wait for the morning
      await s.waitForSignal({ id: 'morning', signal: 'morning' });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' } },
  required: ['orderId'],
};

const MORNING_SIGNAL: ValueSchema = { type: 'null' };

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
