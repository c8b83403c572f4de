/** Pay in parts, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema, type Carried } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface PayInPartsInput {
  invoiceId: string;
  parts: number;
}

export interface PayInPartsOutput {
  paid: number;
  contract: string;
}

interface DraftResult {
  contract: string;
}

interface LookResult {
  signed: boolean;
}

interface OpenResult {
  account: string;
}

interface PartResult {
  ref: string;
}

/** The outputs of the steps that have run, for queries and updates. */
interface Outputs {
  draft: DraftResult;
}

export async function payInParts_v1(
  input: PayInPartsInput,
  carried?: Carried,
): Promise<PayInPartsOutput> {
  return saga(
    {
      flow: 'pay-in-parts',
      onUndoFailure: 'ask',
      deadline: '400d',
      input: { value: input, schema: INPUT_SCHEMA },
      signals: {
        payment: { schema: PAYMENT_SIGNAL, key: (argument: { ref: string }) => argument.ref },
      },
      carried,
    },
    async (s) => {
      let asked = 0;
      let paid = 0;
      let urgent = false as boolean;
      let draft!: DraftResult;
      let open!: OpenResult;

      // For the next run, if this one continues as new.
      s.carries(
        () => ({ asked, paid, urgent, draft, open }),
        (carried) => ({ asked, paid, urgent, draft, open } = carried),
      );

      s.shows(() => ({ asked, paid, urgent }));

      // The contract
      s.onQuery<Outputs>('contract', ({ draft }) => draft?.contract ?? 'none');

      // Hurry
      s.onUpdate<boolean>('hurry', {
        schema: HURRY_UPDATE,
        apply: (argument) => {
          urgent = argument;
        },
      });

      if (!s.resuming) {
        draft = await s.step<DraftResult>({
          id: 'draft',
          title: 'Draft the contract',
          activity: 'http.request',
          effect: 'reversible',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/contracts',
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: DRAFT_OUTPUT,
          undo: (draft: DraftResult | undefined) => ({
            title: 'Void the contract',
            activity: 'http.request',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/contracts/void',
              body: { contract: draft?.contract },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
          }),
          unknown: { policy: 'undo' },
          lateCalls: 'refused',
        });
      }

      // Ask until it is signed
      await s.repeat({ id: 'ask', most: 1000, continuesAsNew: true }, async (s) => {
        const look = await s.step<LookResult>({
          id: 'look',
          title: 'Look for the signature',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'GET',
            connection: 'shop',
            path: s.path`/contracts/${draft.contract}`,
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: LOOK_OUTPUT,
        });

        asked = asked + 1;
        s.passed('count');

        await s.wait('pause', '1d');

        return look.signed;
      });

      if (!s.resuming) {
        open = await s.step({
          id: 'open',
          title: 'Open an account',
          activity: 'http.request',
          effect: 'none',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/accounts',
            body: { asked },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: OPEN_OUTPUT,
        });
      }

      // Collect the parts
      await s.repeat(
        { id: 'collect', most: 1000, while: () => paid < input.parts, continuesAsNew: true },
        async (s) => {
          // Wait for a part
          const part = await s.waitForSignal<PartResult>({ id: 'part', signal: 'payment' });

          await s.step({
            id: 'book',
            title: 'Book the part',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/bookings',
              body: { account: open.account, ref: part.ref },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            undo: () => ({
              title: 'Pay it back',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/bookings/back',
                body: { ref: part.ref },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });

          // One more
          paid = paid + 1;
          s.passed('more');
        },
        [
          {
            types: ['Refused'],
            scope: 'undo',
            handle: async (s) => {
              await s.step({
                id: 'tell',
                title: 'Tell them',
                activity: 'log',
                effect: 'none',
                input: { message: `refused for ${open.account}` } satisfies LogInput,
                options: LOG_OPTIONS,
              });
            },
          },
        ],
      );

      await s.step({
        id: 'close',
        title: 'Close the account',
        activity: 'log',
        effect: 'none',
        input: { message: urgent ? `${open.account} at once` : open.account } satisfies LogInput,
        options: LOG_OPTIONS,
      });

      return s.end('done', { paid, contract: draft.contract });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { invoiceId: { type: 'string' }, parts: { type: 'integer' } },
  required: ['invoiceId', 'parts'],
};

const PAYMENT_SIGNAL: ValueSchema = {
  type: 'object',
  properties: { ref: { type: 'string' } },
  required: ['ref'],
};

const HURRY_UPDATE: ValueSchema = { type: 'boolean' };

/** The declared outputs of steps: an answer that does not match fails its step. */
const DRAFT_OUTPUT = {
  type: 'object',
  properties: { contract: { type: 'string' } },
  required: ['contract'],
};

const LOOK_OUTPUT = {
  type: 'object',
  properties: { signed: { type: 'boolean' } },
  required: ['signed'],
};

const OPEN_OUTPUT = {
  type: 'object',
  properties: { account: { type: 'string' } },
  required: ['account'],
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
