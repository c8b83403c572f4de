/** Transfer money, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface TransferInput {
  orderId: string;
  instant: boolean;
  batch: boolean;
}

export async function transfer_v1(input: TransferInput): Promise<void> {
  return saga(
    { flow: 'transfer', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      await s.step({
        id: 'reserve',
        title: 'Reserve the money',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/accounts/reserve',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Free the money',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/accounts/free',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'ask' },
      });

      // How?
      if (input.instant) {
        // At once
        s.took('how', 'instant', ['batch']);

        await s.step({
          id: 'send-instant',
          title: 'Send it',
          activity: 'http.request',
          effect: 'irreversible',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/instant',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          unknown: { policy: 'ask' },
          pivot: true,
        });

        await s.step({
          id: 'confirm',
          title: 'Confirm it',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/confirmations',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '30s',
            retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
          },
        });
      } else if (input.batch) {
        // With the next batch
        s.took('how', 'batch', ['instant']);

        await s.step({
          id: 'queue',
          title: 'Queue it',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/queue',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        });
      } else {
        s.took('how', null, ['instant', 'batch']);
      }

      await s.step({
        id: 'tell',
        title: 'Tell the customer',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/mails',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '30s',
          retry: {
            maximumAttempts: s.pivoted ? Infinity : 5,
            initialInterval: '1s',
            backoffCoefficient: 2,
            maximumInterval: '1m',
          },
        },
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string' },
    instant: { type: 'boolean' },
    batch: { type: 'boolean' },
  },
  required: ['orderId', 'instant', 'batch'],
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
