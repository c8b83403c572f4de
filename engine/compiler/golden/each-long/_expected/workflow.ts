/** Close the year, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema, type Carried } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface CloseYearInput {
  accounts: string[];
}

export interface CloseYearOutput {
  closed: number;
}

interface LockResult {
  key: string;
}

export async function closeYear_v1(
  input: CloseYearInput,
  carried?: Carried,
): Promise<CloseYearOutput> {
  return saga(
    {
      flow: 'close-year',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
      carried,
    },
    async (s) => {
      let lock!: LockResult;

      // For the next run, if this one continues as new.
      s.carries(
        () => ({ lock }),
        (carried) => ({ lock } = carried),
      );

      if (!s.resuming) {
        lock = await s.step({
          id: 'lock',
          title: 'Lock the books',
          activity: 'http.request',
          effect: 'none',
          input: { method: 'POST', connection: 'shop', path: '/lock' } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          output: LOCK_OUTPUT,
        });
      }

      // Close each account
      const accounts = await s.each(
        {
          id: 'accounts',
          items: input.accounts,
          most: 10000,
          concurrency: 20,
          onFailure: 'collect',
          continuesAsNew: true,
        },
        async (s, account) => {
          await s.step({
            id: 'close',
            title: 'Close it',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/close',
              body: { account, key: lock.key },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            undo: () => ({
              title: 'Open it again',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/open',
                body: { account },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });
        },
      );

      await s.step({
        id: 'report',
        title: 'Report',
        activity: 'log',
        effect: 'none',
        input: { message: `${accounts.failures.length} failed` } satisfies LogInput,
        options: LOG_OPTIONS,
      });

      return s.end('done', { closed: accounts.items - accounts.failures.length });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { accounts: { type: 'array', items: { type: 'string' } } },
  required: ['accounts'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const LOCK_OUTPUT = { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] };

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
