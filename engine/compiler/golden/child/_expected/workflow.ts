/** Sell a car, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, SendInvoiceInput, TakePaymentInput } from './activities';

export interface SellCarInput {
  orderId: string;
  price: number;
}

export interface SellCarOutput {
  paymentId: string;
  invoiceRun: string;
}

interface TakePaymentResult {
  paymentId: string;
}

export async function sellCar_v1(input: SellCarInput): Promise<SellCarOutput> {
  return saga(
    { flow: 'sell-car', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      const takePayment = await s.child<TakePaymentResult>(
        {
          id: 'take-payment',
          title: 'Take the payment',
          flow: 'take-payment',
          workflow: 'takePayment_v1',
          effect: 'reversible',
          input: { orderId: input.orderId, amount: input.price * 1.2 } satisfies TakePaymentInput,
          timeout: '2d',
        },
        [
          {
            types: ['CardDeclined'],
            scope: 'undo',
            handle: async (s) => {
              return s.fail('no-sale', 'NoSale', 'declined');
            },
          },
        ],
      );

      const sendInvoice = await s.startChild({
        id: 'send-invoice',
        title: 'Send the invoice',
        flow: 'send-invoice',
        workflow: 'sendInvoice_v1',
        effect: 'none',
        input: { paymentId: takePayment.paymentId } satisfies SendInvoiceInput,
        workflowId: `invoice-${input.orderId}`,
        onParentClose: 'leave',
      });

      await s.step({
        id: 'register',
        title: 'Register the owner',
        activity: 'http.request',
        effect: 'reversible',
        input: { method: 'POST', connection: 'office', path: '/owners' } satisfies HttpRequestInput,
        options: HTTP_REQUEST_OPTIONS,
        undo: () => ({
          title: 'Remove the owner',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'office',
            path: '/owners/remove',
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
        }),
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
      });

      return s.end('sold', {
        paymentId: takePayment.paymentId,
        invoiceRun: sendInvoice.workflowId,
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' }, price: { type: 'number' } },
  required: ['orderId', 'price'],
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
