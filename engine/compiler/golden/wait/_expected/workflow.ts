/** Remind somebody, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface RemindInput {
  orderId: string;
  minutes: number;
  dueAt?: string;
  day?: string;
  fallback: string;
}

export async function remind_v1(input: RemindInput): Promise<void> {
  return saga(
    { flow: 'remind', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Wait a while
      await s.wait('a-while', '90s');

      // Wait as long as the input says
      await s.wait('as-said', input.minutes * 60 * 1000);

      // Wait until it is due
      await s.waitUntil('until-due', input.dueAt ?? input.fallback);

      // Wait for the day in Berlin
      await s.waitUntil('until-day', input.day ?? input.fallback, 'Europe/Berlin');

      await s.step({
        id: 'remind-them',
        title: 'Remind them',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/mails',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string' },
    minutes: { type: 'number' },
    dueAt: { type: 'string' },
    day: { type: 'string' },
    fallback: { type: 'string' },
  },
  required: ['orderId', 'minutes', 'fallback'],
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
