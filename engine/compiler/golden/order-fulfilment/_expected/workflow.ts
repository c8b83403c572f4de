/**
 * Order fulfilment, version 1.
 *
 * Reserves the goods, charges the payment, sends the parcel and a confirmation by mail. If a
 * step fails finally, the steps before it are undone. Orders above 500.00 wait for an approval
 * before the payment is charged.
 */
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface OrderFulfilmentInput {
  orderId: string;
  amount: number;
  currency: 'EUR' | 'USD' | 'GBP';
  customer: { name: string; email: string };
  items: { sku: 'THREAD-40' | 'SCISSORS-8' | 'LINEN-3M' | 'MACHINE-1'; quantity: number }[];
  address: string;
  deliveryNote?: string;
  scenario:
    | 'goes-well'
    | 'card-declined'
    | 'shipment-down'
    | 'answer-lost'
    | 'applies-after-timeout'
    | 'refund-fails';
}

export interface OrderFulfilmentOutput {
  trackingNumber: string;
  transactionId: string;
}

interface ReserveInventoryResult {
  reservationId: string;
  orderId: string;
  items?: { sku: 'THREAD-40' | 'SCISSORS-8' | 'LINEN-3M' | 'MACHINE-1'; quantity: number }[];
}

interface ChargePaymentResult {
  transactionId: string;
  orderId?: string;
  amount: number;
  currency: string;
}

interface CreateShipmentResult {
  trackingNumber: string;
  orderId?: string;
  carrier: string;
}

/** The outputs of the steps that have run, for queries and updates. */
interface Outputs {
  reserveInventory: ReserveInventoryResult;
  chargePayment: ChargePaymentResult;
  createShipment: CreateShipmentResult;
}

export async function orderFulfilment_v1(
  input: OrderFulfilmentInput,
): Promise<OrderFulfilmentOutput> {
  return saga(
    {
      flow: 'order-fulfilment',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
    },
    async (s) => {
      let deliveryNote: string = input.deliveryNote ?? '';
      let packed = false;

      s.shows(() => ({ deliveryNote, packed }));

      // Progress
      s.onQuery<Outputs>('status', ({ reserveInventory, chargePayment, createShipment }) => ({
        reservationId: reserveInventory?.reservationId ?? '',
        transactionId: chargePayment?.transactionId ?? '',
        trackingNumber: createShipment?.trackingNumber ?? '',
        deliveryNote,
        packed,
      }));

      // Change the delivery note
      s.onUpdate<{ deliveryNote: string }>('changeDeliveryNote', {
        schema: CHANGE_DELIVERY_NOTE_UPDATE,
        accept: () => !packed,
        refusal: 'The parcel is packed, so its note can no longer be changed.',
        apply: (argument) => {
          deliveryNote = argument.deliveryNote;
        },
      });

      const reserveInventory = await s.step<ReserveInventoryResult>({
        id: 'reserve-inventory',
        title: 'Reserve inventory',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/reservations',
          body: { orderId: input.orderId, scenario: input.scenario, items: input.items },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '5s',
          retry: {
            maximumAttempts: 4,
            initialInterval: '300ms',
            backoffCoefficient: 2,
            maximumInterval: '30s',
          },
        },
        output: RESERVE_INVENTORY_OUTPUT,
        undo: () => ({
          title: 'Release the goods',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/reservations/release',
            body: { orderId: input.orderId, scenario: input.scenario },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '5s',
            retry: {
              maximumAttempts: 8,
              initialInterval: '500ms',
              backoffCoefficient: 2,
              maximumInterval: '30s',
            },
          },
        }),
        armed: 'attempted',
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
      });

      // Large order?
      if (input.amount > 50000) {
        // Above 500.00
        s.took('large-order', 'above-limit');

        // Asked before the payment is charged. The goods remain reserved while the order waits.
        await s.approval({
          id: 'approve-order',
          title: 'Approve the order',
          question: 'Shall this order be charged and sent?',
          data: {
            amount: input.amount,
            currency: input.currency,
            orderId: input.orderId,
            customer: input.customer.name,
            email: input.customer.email,
            items: input.items,
            address: input.address,
            reservationId: reserveInventory.reservationId,
          },
          schema: APPROVE_ORDER_DATA,
          requireComment: 'onReject',
          timeout: '7d',
          onTimeout: 'reject',
          onReject: 'fail',
        });
      } else {
        // Up to 500.00
        s.took('large-order', null, ['above-limit']);
      }

      const chargePayment = await s.step<ChargePaymentResult>({
        id: 'charge-payment',
        title: 'Charge payment',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/payments',
          body: {
            orderId: input.orderId,
            scenario: input.scenario,
            amount: input.amount,
            currency: input.currency,
          },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '2s',
          retry: {
            maximumAttempts: 3,
            initialInterval: '500ms',
            backoffCoefficient: 1.5,
            maximumInterval: '30s',
          },
        },
        output: CHARGE_PAYMENT_OUTPUT,
        undo: () => ({
          title: 'Refund the payment',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/payments/refund',
            body: { orderId: input.orderId, scenario: input.scenario },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '3s',
            retry: {
              maximumAttempts: 4,
              initialInterval: '500ms',
              backoffCoefficient: 2,
              maximumInterval: '30s',
            },
          },
        }),
        unknown: {
          policy: 'check',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/payments/settle',
            body: { orderId: input.orderId, scenario: input.scenario },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '5s',
            retry: {
              maximumAttempts: 10,
              initialInterval: '500ms',
              backoffCoefficient: 2,
              maximumInterval: '10s',
            },
          },
        },
        lateCalls: 'refused',
      });

      // From here on the delivery note cannot be changed.
      packed = true;
      s.passed('pack-parcel');

      // After the parcel is sent the order cannot be undone.
      const createShipment = await s.step<CreateShipmentResult>({
        id: 'create-shipment',
        title: 'Create shipment',
        activity: 'http.request',
        effect: 'reversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/shipments',
          body: {
            orderId: input.orderId,
            scenario: input.scenario,
            recipient: input.customer.name,
            address: input.address,
            deliveryNote,
            items: input.items,
          },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '3s',
          retry: {
            maximumAttempts: 4,
            initialInterval: '500ms',
            backoffCoefficient: 2,
            maximumInterval: '30s',
          },
        },
        output: CREATE_SHIPMENT_OUTPUT,
        undo: () => ({
          title: 'Cancel the shipment',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/shipments/cancel',
            body: { orderId: input.orderId, scenario: input.scenario },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '5s',
            retry: {
              maximumAttempts: 8,
              initialInterval: '500ms',
              backoffCoefficient: 2,
              maximumInterval: '30s',
            },
          },
        }),
        armed: 'attempted',
        unknown: { policy: 'undo' },
        lateCalls: 'refused',
        pivot: true,
      });

      await s.step({
        id: 'send-confirmation',
        title: 'Send confirmation',
        activity: 'http.request',
        effect: 'irreversible',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/mails',
          body: {
            orderId: input.orderId,
            scenario: input.scenario,
            to: input.customer.email,
            subject: `Your order ${input.orderId} is on its way: ${createShipment.trackingNumber}`,
          },
        } satisfies HttpRequestInput,
        options: {
          startToCloseTimeout: '5s',
          retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
        },
        output: SEND_CONFIRMATION_OUTPUT,
        unknown: {
          policy: 'check',
          activity: 'http.request',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/mails/settle',
            body: { orderId: input.orderId, scenario: input.scenario },
          } satisfies HttpRequestInput,
          options: {
            startToCloseTimeout: '5s',
            retry: {
              maximumAttempts: 10,
              initialInterval: '500ms',
              backoffCoefficient: 2,
              maximumInterval: '10s',
            },
          },
        },
        lateCalls: 'refused',
      });

      // Order fulfilled
      return s.end('done', {
        trackingNumber: createShipment.trackingNumber,
        transactionId: chargePayment.transactionId,
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    orderId: { type: 'string', minLength: 1, maxLength: 200 },
    amount: { type: 'integer', minimum: 1, maximum: 1000000000 },
    currency: { type: 'string', enum: ['EUR', 'USD', 'GBP'] },
    customer: {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 200 },
        email: { type: 'string', maxLength: 320 },
      },
      required: ['name', 'email'],
      additionalProperties: false,
    },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sku: { type: 'string', enum: ['THREAD-40', 'SCISSORS-8', 'LINEN-3M', 'MACHINE-1'] },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
        },
        required: ['sku', 'quantity'],
        additionalProperties: false,
      },
      minItems: 1,
      maxItems: 100,
    },
    address: { type: 'string', minLength: 1, maxLength: 1000 },
    deliveryNote: { type: 'string', maxLength: 1000 },
    scenario: {
      type: 'string',
      enum: [
        'goes-well',
        'card-declined',
        'shipment-down',
        'answer-lost',
        'applies-after-timeout',
        'refund-fails',
      ],
    },
  },
  required: ['orderId', 'customer', 'items', 'amount', 'currency', 'address', 'scenario'],
  additionalProperties: false,
};

const CHANGE_DELIVERY_NOTE_UPDATE: ValueSchema = {
  type: 'object',
  properties: { deliveryNote: { type: 'string', maxLength: 1000 } },
  required: ['deliveryNote'],
  additionalProperties: false,
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const RESERVE_INVENTORY_OUTPUT = {
  type: 'object',
  properties: {
    reservationId: { type: 'string' },
    orderId: { type: 'string' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sku: { type: 'string', enum: ['THREAD-40', 'SCISSORS-8', 'LINEN-3M', 'MACHINE-1'] },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
        },
        required: ['sku', 'quantity'],
        additionalProperties: false,
      },
    },
  },
  required: ['reservationId', 'orderId'],
};

const CHARGE_PAYMENT_OUTPUT = {
  type: 'object',
  properties: {
    transactionId: { type: 'string' },
    orderId: { type: 'string' },
    amount: { type: 'integer', format: 'money' },
    currency: { type: 'string' },
  },
  required: ['transactionId', 'amount', 'currency'],
};

const CREATE_SHIPMENT_OUTPUT = {
  type: 'object',
  properties: {
    trackingNumber: { type: 'string' },
    orderId: { type: 'string' },
    carrier: { type: 'string' },
  },
  required: ['trackingNumber', 'carrier'],
};

const SEND_CONFIRMATION_OUTPUT = {
  type: 'object',
  properties: { mailId: { type: 'string' }, orderId: { type: 'string' } },
  required: ['mailId'],
};

/** How people read the data of approvals. */
const APPROVE_ORDER_DATA = {
  type: 'object',
  properties: {
    amount: {
      type: 'integer',
      title: 'Amount',
      format: 'money',
      currencyField: 'currency',
      primary: true,
    },
    currency: { type: 'string', title: 'Currency' },
    orderId: { type: 'string', title: 'Order' },
    customer: { type: 'string', title: 'Customer' },
    email: { type: 'string', title: 'E-mail', format: 'email' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sku: {
            type: 'string',
            enum: ['THREAD-40', 'SCISSORS-8', 'LINEN-3M', 'MACHINE-1'],
            title: 'Article',
          },
          quantity: { type: 'integer', minimum: 1, maximum: 1000, title: 'Quantity', default: 1 },
        },
        required: ['sku', 'quantity'],
        additionalProperties: false,
      },
      title: 'Articles',
    },
    address: { type: 'string', title: 'Delivery address' },
    reservationId: { type: 'string', title: 'Reservation' },
  },
};
