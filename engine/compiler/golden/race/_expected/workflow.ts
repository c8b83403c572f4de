/** Find a courier, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface FindCourierInput {
  orderId: string;
}

export interface FindCourierOutput {
  by: string;
}

export async function findCourier_v1(input: FindCourierInput): Promise<FindCourierOutput> {
  return saga(
    { flow: 'find-courier', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Who comes first?
      const courier = await s.race(
        'courier',
        {
          // By bike
          bike: async (s) => {
            await s.step({
              id: 'ask-bike',
              title: 'Ask the bike courier',
              activity: 'http.request',
              effect: 'reversible',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/bike',
                body: { orderId: input.orderId },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
              undo: () => ({
                title: 'Cancel: Ask the bike courier',
                activity: 'http.request',
                input: {
                  method: 'POST',
                  connection: 'shop',
                  path: '/bike/cancel',
                } satisfies HttpRequestInput,
                options: HTTP_REQUEST_OPTIONS,
              }),
              unknown: { policy: 'undo' },
              lateCalls: 'refused',
            });

            await s.step({
              id: 'bike-accepts',
              title: 'The bike courier accepts',
              activity: 'log',
              effect: 'none',
              input: { message: 'bike' } satisfies LogInput,
              options: LOG_OPTIONS,
            });
          },
          // By van
          van: async (s) => {
            await s.step({
              id: 'ask-van',
              title: 'Ask the van courier',
              activity: 'http.request',
              effect: 'reversible',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/van',
                body: { orderId: input.orderId },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
              undo: () => ({
                title: 'Cancel: Ask the van courier',
                activity: 'http.request',
                input: {
                  method: 'POST',
                  connection: 'shop',
                  path: '/van/cancel',
                } satisfies HttpRequestInput,
                options: HTTP_REQUEST_OPTIONS,
              }),
              unknown: { policy: 'undo' },
              lateCalls: 'refused',
            });

            // Wait for the van
            await s.wait('van-waits', '1h');

            await s.step({
              id: 'van-accepts',
              title: 'The van courier accepts',
              activity: 'log',
              effect: 'none',
              input: { message: 'van' } satisfies LogInput,
              options: LOG_OPTIONS,
            });
          },
        },
        [
          {
            scope: 'undo',
            handle: async (s) => {
              return s.end('no-courier', { by: 'nobody' });
            },
          },
        ],
      );

      return s.end('found', { by: courier.winner });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' } },
  required: ['orderId'],
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

const LOG_OPTIONS: ActivityOptions = { startToCloseTimeout: '10s', retry: { maximumAttempts: 3 } };
