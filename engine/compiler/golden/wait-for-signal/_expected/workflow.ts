/** Take a delivery, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface TakeDeliveryInput {
  orderId: string;
}

interface ArrivalResult {
  gate: number;
}

interface CountedResult {
  pieces: number;
}

export async function takeDelivery_v1(input: TakeDeliveryInput): Promise<void> {
  return saga(
    {
      flow: 'take-delivery',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: {
        arrived: { schema: ARRIVED_SIGNAL },
        counted: { schema: COUNTED_SIGNAL },
        signed: { schema: SIGNED_SIGNAL },
      },
    },
    async (s) => {
      // Wait for the lorry
      const arrival = await s.waitForSignal<ArrivalResult>({ id: 'arrival', signal: 'arrived' });

      // Wait until it is counted
      const counted = await s.waitForSignal<CountedResult>({
        id: 'counted',
        signal: 'counted',
        timeout: '2h',
        onTimeout: 'continue',
      });
      if (counted === null) {
        await s.step({
          id: 'call-foreman',
          title: 'Call the foreman',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/calls',
            body: { gate: arrival.gate },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        });
      }

      // Two people sign
      let driverSigns!: string;
      let clerkSigns!: string;
      await s.parallel(
        { id: 'signatures' },
        {
          driver: async (s) => {
            driverSigns = await s.waitForSignal<string>({ id: 'driver-signs', signal: 'signed' });
          },
          clerk: async (s) => {
            clerkSigns = await s.waitForSignal<string>({
              id: 'clerk-signs',
              signal: 'signed',
              timeout: '1h',
            });
          },
        },
      );

      await s.step({
        id: 'file',
        title: 'File it',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/files',
          body: { gate: arrival.gate, pieces: counted?.pieces ?? 0, by: [driverSigns, clerkSigns] },
        } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
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

const ARRIVED_SIGNAL: ValueSchema = {
  type: 'object',
  properties: { gate: { type: 'number' } },
  required: ['gate'],
};

const COUNTED_SIGNAL: ValueSchema = {
  type: 'object',
  properties: { pieces: { type: 'number' } },
  required: ['pieces'],
};

const SIGNED_SIGNAL: ValueSchema = { type: 'string' };

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
