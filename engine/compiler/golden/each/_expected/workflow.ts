/** Ship the parcels of an order, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface ShipParcelsInput {
  orderId: string;
  parcels: { sku: string; labels: string[] }[];
}

export interface ShipParcelsOutput {
  parcels: number;
  failed: number[];
}

interface ReserveBoxResult {
  box: string;
}

export async function shipParcels_v1(input: ShipParcelsInput): Promise<ShipParcelsOutput> {
  return saga(
    { flow: 'ship-parcels', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Pack every parcel
      await s.each(
        { id: 'pack', items: input.parcels, concurrency: 2, onFailure: 'stop' },
        async (s, parcel) => {
          const reserveBox = await s.step<ReserveBoxResult>({
            id: 'reserve-box',
            title: 'Reserve a box',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/boxes',
              body: { sku: parcel.sku },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            output: RESERVE_BOX_OUTPUT,
            undo: () => ({
              title: 'Free the box',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/boxes/free',
                body: { sku: parcel.sku },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });

          // Print its labels
          await s.each(
            { id: 'print-labels', items: parcel.labels, concurrency: 1, onFailure: 'stop' },
            async (s, label) => {
              await s.step({
                id: 'print-label',
                title: 'Print a label',
                activity: 'log',
                effect: 'none',
                input: { message: `${reserveBox.box}: ${label}` } satisfies LogInput,
                options: LOG_OPTIONS,
              });
            },
          );
        },
        [
          {
            types: ['NoBox'],
            scope: 'undo',
            handle: async (s, problem) => {
              return s.fail('not-packed', 'NotPacked', problem.message);
            },
          },
        ],
      );

      // Tell the customers
      const tell = await s.each(
        {
          id: 'tell',
          items: input.parcels.filter((each) => each.labels.length > 0),
          concurrency: 3,
          onFailure: 'collect',
        },
        async (s, parcel) => {
          await s.step({
            id: 'book-message',
            title: 'Book a message',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/messages',
              body: { sku: parcel.sku },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            undo: () => ({
              title: 'Cancel the message',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/messages/cancel',
                body: { sku: parcel.sku },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });

          await s.step({
            id: 'send-message',
            title: 'Send the message',
            activity: 'http.request',
            effect: 'none',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/messages/send',
              body: { sku: parcel.sku },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
          });
        },
      );

      await s.each(
        { id: 'count', items: input.parcels, concurrency: 2, onFailure: 'finish' },
        async (s) => {
          await s.step({
            id: 'count-one',
            title: 'Count one',
            activity: 'log',
            effect: 'none',
            input: { message: 'one more' } satisfies LogInput,
            options: LOG_OPTIONS,
          });
        },
      );

      return s.end('shipped', {
        parcels: input.parcels.length,
        failed: tell.failures.map((failure) => failure.item),
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string' },
    parcels: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sku: { type: 'string' },
          labels: { type: 'array', items: { type: 'string' } },
        },
        required: ['sku', 'labels'],
      },
    },
  },
  required: ['orderId', 'parcels'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const RESERVE_BOX_OUTPUT = {
  type: 'object',
  properties: { box: { type: 'string' } },
  required: ['box'],
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
