/** Route a parcel, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface RouteParcelInput {
  orderId: string;
  value: number;
  packing: 'plain' | 'padded';
}

interface WeighResult {
  grams: number;
  fragile: boolean;
}

interface BookFreightResult {
  waybill: string;
}

export async function routeParcel_v1(input: RouteParcelInput): Promise<void> {
  return saga(
    { flow: 'route-parcel', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      const weigh = await s.step<WeighResult>({
        id: 'weigh',
        title: 'Weigh it',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/scales',
          body: { orderId: input.orderId },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        output: WEIGH_OUTPUT,
      });

      // Which carrier?
      if (weigh.grams > 20000) {
        // Heavier than 20 kg
        s.took('which-carrier', 'heavy', ['fragile']);

        const bookFreight = await s.step<BookFreightResult>({
          id: 'book-freight',
          title: 'Book freight',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/freight',
            body: { grams: weigh.grams },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: BOOK_FREIGHT_OUTPUT,
        });

        await s.step({
          id: 'note-freight',
          title: 'Note the waybill',
          activity: 'log',
          effect: 'none',
          input: { message: bookFreight.waybill } satisfies LogInput,
          options: LOG_OPTIONS,
        });
      } else if (weigh.fragile && input.packing === 'padded') {
        // Fragile, and packed so
        s.took('which-carrier', 'fragile', ['heavy']);
      } else {
        // By post
        s.took('which-carrier', null, ['heavy', 'fragile']);

        await s.step({
          id: 'frank',
          title: 'Frank it',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/post',
            body: { grams: weigh.grams },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        });
      }

      // Insured?
      if (input.value > 10000) {
        // Worth it
        s.took('insured', 'insured-yes');

        await s.step({
          id: 'insure',
          title: 'Insure it',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/insurance',
            body: { value: input.value },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        });
      } else {
        s.took('insured', null, ['insured-yes']);
      }
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string' },
    value: { type: 'number' },
    packing: { type: 'string', enum: ['plain', 'padded'] },
  },
  required: ['orderId', 'value', 'packing'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const WEIGH_OUTPUT = {
  type: 'object',
  properties: { grams: { type: 'number' }, fragile: { type: 'boolean' } },
  required: ['grams', 'fragile'],
};

const BOOK_FREIGHT_OUTPUT = {
  type: 'object',
  properties: { waybill: { type: 'string' } },
  required: ['waybill'],
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
