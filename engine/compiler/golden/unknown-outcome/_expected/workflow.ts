/** What nobody knows, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface UnknownOutcomeInput {
  orderId: string;
}

export async function unknownOutcome_v1(input: UnknownOutcomeInput): Promise<void> {
  return saga(
    {
      flow: 'unknown-outcome',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
    },
    async (s) => {
      await s.step({
        id: 'first',
        title: 'Undo what may have happened',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/first',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Undo: Undo what may have happened',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/first/undo',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
      });

      await s.step({
        id: 'second',
        title: 'Look it up',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/second',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Undo: Look it up',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/second/undo',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: {
          policy: 'check',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/second/settle',
            body: { orderId: input.orderId },
            answer: 'lookup',
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        },
        settlesWithinMs: 60000,
      });

      await s.step({
        id: 'third',
        title: 'Ask a person',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/third',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Undo: Ask a person',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/third/undo',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'ask' },
      });
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
