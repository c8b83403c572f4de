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
  return saga<RentCarOutput>(
    {
      flow: 'rent-car',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: { paid: { schema: SIGNAL_SCHEMAS.paid } },
    },
    async (s) => {
      const reserveCar = await s.attempt(
        'reserve-car',
        (s) =>
          s.step<ReserveCarResult>({
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
            armed: 'completed',
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          }),
        [
          {
            types: ['SoldOut'],
            scope: 'undo',
            handle: async (problem, s) => {
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
          { scope: 'undo', handle: async () => {} },
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
            timeoutMs: 3_600_000,
            onTimeout: 'fail',
            onReject: 'continue',
          });
          if (approveCar.decision === 'reject') {
            // Not this one
            return s.fail('not-this-one', 'Unwanted', 'The car was rejected.');
          }
          return approveCar;
        },
        [
          {
            types: ['ApprovalTimeout'],
            scope: 'keep',
            handle: async (_failure, s) => {
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
            timeoutMs: 1_800_000,
            onTimeout: 'continue',
          });
          if (deposit === null) {
            // No deposit
            return s.fail('no-deposit', 'Unpaid', 'No deposit came.');
          }
          return deposit;
        },
        [
          {
            types: ['Unpaid'],
            scope: 'undo',
            handle: async (_failure, s) => {
              // Unpaid
              return s.end('unpaid', {
                done: false,
                by: approveCar?.decidedBy ?? '',
              } satisfies RentCarOutput);
            },
          },
        ],
      );

      // Where?
      return await s.attempt(
        'hand-over',
        async (s) => {
          if (deposit.amount > 100) {
            // At the desk
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

            // Rented
            return s.end('rented', {
              done: true,
              by: approveCar?.decidedBy ?? '',
            } satisfies RentCarOutput);
          } else {
            // Not at all
            s.took('hand-over', null, ['at-desk']);

            // Too little
            return s.fail('too-little', 'TooLittle', 'The deposit is too small.');
          }
        },
        [
          {
            scope: 'keep',
            handle: async (problem, s) => {
              // Apologise
              return s.end('apologise', { done: false, by: problem.type } satisfies RentCarOutput);
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

const SIGNAL_SCHEMAS = {
  paid: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
} satisfies Record<string, ValueSchema>;

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
