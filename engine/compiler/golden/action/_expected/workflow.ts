/** Book a trip, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface BookTripInput {
  orderId: string;
}

interface HoldSeatResult {
  seatId: string;
}

export async function bookTrip_v1(input: BookTripInput): Promise<void> {
  return saga(
    { flow: 'book-trip', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // The airline keeps it for an hour.
      const holdSeat = await s.step<HoldSeatResult>({
        id: 'hold-seat',
        title: 'Hold a seat',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/seats',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '5s',
          retry: {
            maximumAttempts: 2,
            initialInterval: '1s',
            backoffCoefficient: 2,
            maximumInterval: '1m',
            nonRetryableErrorTypes: ['SoldOut'],
          },
        },
        output: HOLD_SEAT_OUTPUT,
        undo: (holdSeat: HoldSeatResult) => ({
          title: 'Give the seat back',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/seats/release',
            body: { seatId: holdSeat.seatId },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '30s',
            retry: {
              maximumAttempts: 8,
              initialInterval: '2s',
              backoffCoefficient: 2,
              maximumInterval: '1m',
            },
          },
        }),
        unknown: {
          policy: 'check',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/seats/settle',
            body: { orderId: input.orderId },
            answer: 'lookup',
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        },
        lateCalls: 'refused',
      });

      await s.step({
        id: 'book-hotel',
        title: 'Book the hotel',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/hotels',
          body: { orderId: input.orderId, seat: holdSeat.seatId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Cancel the hotel',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/hotels/cancel',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          onFailure: 'continue',
        }),
        armed: 'attempted',
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
      });

      await s.step({
        id: 'note-it',
        title: 'Note it',
        activity: 'log',
        effect: 'none',
        input: {
          message: `Seat ${holdSeat.seatId} for ${input.orderId}`,
          level: 'info',
        } satisfies LogInput,
        options: LOG_OPTIONS,
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

/** The declared outputs of steps: an answer that does not match fails its step. */
const HOLD_SEAT_OUTPUT = {
  type: 'object',
  properties: { seatId: { type: 'string' } },
  required: ['seatId'],
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
