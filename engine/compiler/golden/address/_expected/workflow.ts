/** Addresses and keys, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ActivityCall, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface AddressInput {
  orderId: string;
  express: boolean;
  callback: string;
}

interface BookResult {
  bookingId: string;
}

export async function address_v1(input: AddressInput): Promise<void> {
  return saga(
    { flow: 'address', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      await s.step<BookResult>({
        id: 'book',
        title: 'Book it',
        activity: 'http.request',
        effect: 'reversible',
        input: (call: ActivityCall) =>
          ({
            method: 'PUT',
            connection: 'shop',
            path: s.path`/orders/${input.orderId}/booking?from=${input.callback}`,
            query: { key: call.idempotencyKey, order: input.orderId },
            headers: { 'X-Request': `booking ${call.idempotencyKey}` },
            body: { key: call.idempotencyKey, note: '{idempotencyKey} is the key of `${this}`' },
          }) satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        output: BOOK_OUTPUT,
        undo: (book: BookResult, call) => ({
          title: 'Cancel the booking',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: s.path`/bookings/${book.bookingId}/cancel`,
            body: { of: call.forwardKey },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: {
          policy: 'check',
          activity: 'http.request',
          input: (call: ActivityCall) =>
            ({
              connection: 'shop',
              path: s.path`/bookings/by-key/${call.forwardKey}`,
              answer: 'lookup',
            }) satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        },
        lateCalls: 'refused',
      });

      await s.step({
        id: 'tell',
        title: 'Tell whoever wants to know',
        activity: 'http.request',
        effect: 'none',
        input: { url: input.callback + s.path`/told/${input.orderId}` } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
      });

      await s.step({
        id: 'send',
        title: 'Send it',
        activity: 'http.request',
        effect: 'none',
        input: {
          connection: 'shop',
          path: input.express ? s.path`/parcels/express/${input.orderId}` : '/parcels/slow',
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
      });

      await s.step({
        id: 'look',
        title: 'Look at it',
        activity: 'http.request',
        effect: 'none',
        input: { connection: 'shop', path: s.path`${input.orderId}` } satisfies HttpRequestInput,
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
    express: { type: 'boolean' },
    callback: { type: 'string' },
  },
  required: ['orderId', 'express', 'callback'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const BOOK_OUTPUT = {
  type: 'object',
  properties: { bookingId: { type: 'string', minLength: 1 } },
  required: ['bookingId'],
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
