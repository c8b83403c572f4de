/** Open an account, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput } from './activities';

export interface OpenAccountInput {
  orderId: string;
}

interface CheckIdentityResult {
  score: number;
}

interface ReserveNumberResult {
  iban: string;
}

interface PrintCardResult {
  cardId: string;
}

export async function openAccount_v1(input: OpenAccountInput): Promise<void> {
  return saga(
    { flow: 'open-account', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Prepare everything at once
      let checkIdentity!: CheckIdentityResult;
      let reserveNumber!: ReserveNumberResult;
      let printCard!: PrintCardResult;
      await s.parallel(
        { id: 'prepare', unwind: 'together' },
        {
          // Who is it?
          identity: async (s) => {
            checkIdentity = await s.step(
              {
                id: 'check-identity',
                title: 'Check the identity',
                activity: 'http.request',
                effect: 'none',
                input: {
                  method: 'POST',
                  connection: 'shop',
                  path: '/identity',
                  body: { orderId: input.orderId },
                } satisfies HttpRequestInput,
                options: HTTP_REQUEST_OPTIONS,
                output: CHECK_IDENTITY_OUTPUT,
              },
              [
                {
                  types: ['Unavailable'],
                  scope: 'undo',
                  handle: async (s) => {
                    return s.fail('not-now', 'TryLater', 'Nobody can tell who this is.');
                  },
                },
              ],
            );

            reserveNumber = await s.step<ReserveNumberResult>({
              id: 'reserve-number',
              title: 'Reserve a number',
              activity: 'http.request',
              effect: 'reversible',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/numbers',
                body: { score: checkIdentity.score },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
              output: RESERVE_NUMBER_OUTPUT,
              undo: (reserveNumber: ReserveNumberResult) => ({
                title: 'Free the number',
                activity: 'http.request',
                input: {
                  method: 'POST',
                  connection: 'shop',
                  path: '/numbers/free',
                  body: { iban: reserveNumber.iban },
                } satisfies HttpRequestInput,
                options: HTTP_REQUEST_OPTIONS,
              }),
              unknown: { policy: 'ask' },
            });
          },
          card: async (s) => {
            // Print and post
            await s.parallel(
              { id: 'nested' },
              {
                print: async (s) => {
                  printCard = await s.step({
                    id: 'print-card',
                    title: 'Print the card',
                    activity: 'http.request',
                    effect: 'reversible',
                    input: {
                      method: 'POST',
                      connection: 'shop',
                      path: '/cards',
                      body: { orderId: input.orderId },
                    } satisfies HttpRequestInput,
                    options: HTTP_REQUEST_OPTIONS,
                    output: PRINT_CARD_OUTPUT,
                    undo: () => ({
                      title: 'Destroy the card',
                      activity: 'http.request',
                      input: {
                        method: 'POST',
                        connection: 'shop',
                        path: '/cards/destroy',
                        body: { orderId: input.orderId },
                      } satisfies HttpRequestInput,
                      options: HTTP_REQUEST_OPTIONS,
                    }),
                    unknown: { policy: 'ask' },
                  });
                },
                // Nothing yet
                nothing: async () => {},
              },
            );

            await s.step({
              id: 'activate-card',
              title: 'Activate the card',
              activity: 'http.request',
              effect: 'none',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/cards/activate',
                body: { cardId: printCard.cardId },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            });
          },
        },
      );

      await s.step({
        id: 'welcome',
        title: 'Welcome them',
        activity: 'http.request',
        effect: 'none',
        input: {
          method: 'POST',
          connection: 'shop',
          path: '/mails',
          body: { iban: reserveNumber.iban, card: printCard.cardId, score: checkIdentity.score },
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

/** The declared outputs of steps: an answer that does not match fails its step. */
const CHECK_IDENTITY_OUTPUT = {
  type: 'object',
  properties: { score: { type: 'number' } },
  required: ['score'],
};

const RESERVE_NUMBER_OUTPUT = {
  type: 'object',
  properties: { iban: { type: 'string' } },
  required: ['iban'],
};

const PRINT_CARD_OUTPUT = {
  type: 'object',
  properties: { cardId: { type: 'string' } },
  required: ['cardId'],
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
