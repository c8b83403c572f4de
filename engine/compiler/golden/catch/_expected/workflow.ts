/** Rent a car, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface RentCarInput {
  orderId: string;
}

export interface RentCarOutput {
  done: boolean;
  by: string;
}

interface ReserveCarResult {
  carId: string;
}

interface DepositResult {
  amount: number;
}

export async function rentCar_v1(input: RentCarInput): Promise<RentCarOutput> {
  return saga(
    {
      flow: 'rent-car',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: { paid: { schema: PAID_SIGNAL } },
    },
    async (s) => {
      const reserveCar = await s.step<ReserveCarResult>(
        {
          id: 'reserve-car',
          title: 'Reserve a car',
          activity: 'http.request',
          effect: 'reversible',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/cars',
            body: { orderId: input.orderId },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: RESERVE_CAR_OUTPUT,
          undo: () => ({
            title: 'Free the car',
            activity: 'http.request',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/cars/free',
              body: { orderId: input.orderId },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
          }),
          unknown: { policy: 'undo' },
          lateCalls: 'refused',
        },
        [
          {
            types: ['SoldOut'],
            scope: 'undo',
            handle: async (s, problem) => {
              await s.step({
                id: 'note-sold-out',
                title: 'Note it',
                activity: 'log',
                effect: 'none',
                input: {
                  message: `${problem.nodeId}: ${problem.type}, ${problem.message}`,
                } satisfies LogInput,
                options: LOG_OPTIONS,
              });
            },
          },
          { scope: 'undo' },
        ],
      );

      const approveCar = await s.attempt(
        'approve-car',
        async (s) => {
          const approveCar = await s.approval({
            id: 'approve-car',
            title: 'Approve the car',
            question: 'This one?',
            data: { car: reserveCar?.carId ?? 'none' },
            requireComment: 'onReject',
            timeout: '1h',
            onTimeout: 'fail',
            onReject: 'continue',
          });
          if (approveCar.decision === 'reject') {
            return s.fail('not-this-one', 'Unwanted', 'The car was rejected.');
          }
          return approveCar;
        },
        [
          {
            types: ['ApprovalTimeout'],
            scope: 'keep',
            handle: async (s) => {
              await s.step({
                id: 'remind-clerk',
                title: 'Remind the clerk',
                activity: 'http.request',
                effect: 'none',
                input: {
                  method: 'POST',
                  connection: 'shop',
                  path: '/mails',
                  body: { orderId: input.orderId },
                } satisfies HttpRequestInput,
                options: HTTP_REQUEST_OPTIONS,
              });
            },
          },
        ],
      );

      // Wait for the deposit
      const deposit = await s.attempt(
        'deposit',
        async (s) => {
          const deposit = await s.waitForSignal<DepositResult>({
            id: 'deposit',
            signal: 'paid',
            timeout: '30m',
            onTimeout: 'continue',
          });
          if (deposit === null) {
            return s.fail('no-deposit', 'Unpaid', 'No deposit came.');
          }
          return deposit;
        },
        [
          {
            types: ['Unpaid'],
            scope: 'undo',
            handle: async (s) => {
              return s.end('unpaid', { done: false, by: approveCar?.decidedBy ?? '' });
            },
          },
        ],
      );

      // Where?
      return await s.attempt(
        'hand-over',
        async (s) => {
          if (deposit.amount > 100) {
            s.took('hand-over', 'at-desk');

            await s.step({
              id: 'give-keys',
              title: 'Give the keys',
              activity: 'http.request',
              effect: 'none',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/keys',
                body: { orderId: input.orderId },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            });

            return s.end('rented', { done: true, by: approveCar?.decidedBy ?? '' });
          } else {
            // Not at all
            s.took('hand-over', null, ['at-desk']);

            return s.fail('too-little', 'TooLittle', 'The deposit is too small.');
          }
        },
        [
          {
            scope: 'keep',
            handle: async (s, problem) => {
              return s.end('apologise', { done: false, by: problem.type });
            },
          },
        ],
      );
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { orderId: { type: 'string' } },
  required: ['orderId'],
};

const PAID_SIGNAL: ValueSchema = {
  type: 'object',
  properties: { amount: { type: 'number' } },
  required: ['amount'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const RESERVE_CAR_OUTPUT = {
  type: 'object',
  properties: { carId: { type: 'string' } },
  required: ['carId'],
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
