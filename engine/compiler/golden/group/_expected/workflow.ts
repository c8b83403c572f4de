/**
 * Plan a holiday, version 1.
 *
 * Flight and hotel are booked together or not at all.
 */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface PlanHolidayInput {
  orderId: string;
  nights: number;
}

export interface PlanHolidayOutput {
  booked: string;
}

interface BookFlightResult {
  seat: string;
}

interface BookHotelResult {
  room: string;
}

export async function planHoliday_v1(input: PlanHolidayInput): Promise<PlanHolidayOutput> {
  return saga(
    { flow: 'plan-holiday', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      await s.step({
        id: 'take-deposit',
        title: 'Take a deposit',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/deposits',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Return the deposit',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/deposits/return',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
      });

      // If one of the bookings fails, both are undone, and a voucher is sent instead.
      let bookFlight!: BookFlightResult;
      let bookHotel!: BookHotelResult;
      await s.group(
        'trip',
        async (s) => {
          bookFlight = await s.step({
            id: 'book-flight',
            title: 'Book the flight',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/flights',
              body: { orderId: input.orderId },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            output: BOOK_FLIGHT_OUTPUT,
            undo: () => ({
              title: 'Cancel the flight',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/flights/cancel',
                body: { orderId: input.orderId },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });

          await s.group('stay', async (s) => {
            bookHotel = await s.step({
              id: 'book-hotel',
              title: 'Book the hotel',
              activity: 'http.request',
              effect: 'reversible',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/hotels',
                body: { nights: input.nights, seat: bookFlight.seat },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
              output: BOOK_HOTEL_OUTPUT,
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
              }),
              unknown: { policy: 'undo' },
              lateCalls: 'refused',
            });
          });

          await s.step({
            id: 'tell-guest',
            title: 'Tell the guest',
            activity: 'log',
            effect: 'none',
            input: { message: `Room ${bookHotel.room}` } satisfies LogInput,
            options: LOG_OPTIONS,
          });
        },
        [
          {
            types: ['SoldOut'],
            scope: 'undo',
            handle: async (s, problem) => {
              await s.step({
                id: 'send-voucher',
                title: 'Send a voucher',
                activity: 'log',
                effect: 'none',
                input: { message: `${problem.nodeId} failed` } satisfies LogInput,
                options: LOG_OPTIONS,
              });

              return s.end('no-trip', { booked: 'voucher' });
            },
          },
        ],
      );

      return await s.group('finish', async (s) => {
        // Booked
        return s.end('trip-booked', { booked: `${bookFlight.seat} and ${bookHotel.room}` });
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' }, nights: { type: 'integer' } },
  required: ['orderId', 'nights'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const BOOK_FLIGHT_OUTPUT = {
  type: 'object',
  properties: { seat: { type: 'string' } },
  required: ['seat'],
};

const BOOK_HOTEL_OUTPUT = {
  type: 'object',
  properties: { room: { type: 'string' } },
  required: ['room'],
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
