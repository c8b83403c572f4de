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
  return saga<void>(
    {
      flow: 'take-delivery',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: {
        arrived: { schema: SIGNAL_SCHEMAS.arrived },
        counted: { schema: SIGNAL_SCHEMAS.counted },
        signed: { schema: SIGNAL_SCHEMAS.signed },
      },
    },
    async (s) => {
      // Wait for the lorry
      const arrival = await s.waitForSignal<ArrivalResult>({ id: 'arrival', signal: 'arrived' });

      // Wait until it is counted
      const counted = await s.waitForSignal<CountedResult>({
        id: 'counted',
        signal: 'counted',
        timeoutMs: 7_200_000,
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
        { id: 'signatures', unwind: 'reverse' },
        {
          // Driver
          driver: async (s) => {
            // The driver signs
            driverSigns = await s.waitForSignal<string>({ id: 'driver-signs', signal: 'signed' });
          },
          // Clerk
          clerk: async (s) => {
            // The clerk signs
            clerkSigns = await s.waitForSignal<string>({
              id: 'clerk-signs',
              signal: 'signed',
              timeoutMs: 3_600_000,
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

const SIGNAL_SCHEMAS = {
  arrived: { type: 'object', properties: { gate: { type: 'number' } }, required: ['gate'] },
  counted: { type: 'object', properties: { pieces: { type: 'number' } }, required: ['pieces'] },
  signed: { type: 'string' },
} satisfies Record<string, ValueSchema>;

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
