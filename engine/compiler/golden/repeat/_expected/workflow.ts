/** Wait for a report, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface WaitForReportInput {
  id: string;
}

export interface WaitForReportOutput {
  pages: number;
}

interface LookResult {
  ready: boolean;
  pages: number;
}

export async function waitForReport_v1(input: WaitForReportInput): Promise<WaitForReportOutput> {
  return saga(
    {
      flow: 'wait-for-report',
      onUndoFailure: 'ask',
      input: { value: input, schema: INPUT_SCHEMA },
    },
    async (s) => {
      let pages = 0;
      let left = 2;

      s.shows(() => ({ pages, left }));

      // Ask until it is ready
      await s.repeat(
        { id: 'poll', most: 3 },
        async (s) => {
          const look = await s.step<LookResult>({
            id: 'look',
            title: 'Look',
            activity: 'http.request',
            effect: 'none',
            input: {
              method: 'GET',
              connection: 'shop',
              path: s.path`/reports/${input.id}`,
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            output: LOOK_OUTPUT,
          });

          // Remember the pages
          pages = look.pages;
          s.passed('remember');

          // Ready?
          if (!look.ready) {
            s.took('ready', 'not-yet');

            await s.wait('pause', '1m');
          } else {
            s.took('ready', null, ['not-yet']);
          }

          return look.ready;
        },
        [
          {
            types: ['TooManyRounds'],
            scope: 'undo',
            handle: async (s) => {
              return s.fail('no-report', 'NoReport', 'It never came.');
            },
          },
        ],
      );

      // Reserve shelves
      await s.repeat({ id: 'reserve', most: 5, while: () => left > 0 }, async (s) => {
        await s.step({
          id: 'reserve-shelf',
          title: 'Reserve a shelf',
          activity: 'http.request',
          effect: 'reversible',
          input: {
            method: 'POST',
            connection: 'shop',
            path: '/shelves',
            body: { left },
          } satisfies HttpRequestInput,
          options: HTTP_REQUEST_OPTIONS,
          undo: () => ({
            title: 'Free the shelf',
            activity: 'http.request',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/shelves/free',
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
          }),
          unknown: { policy: 'undo' },
          lateCalls: 'refused',
        });

        left = left - 1;
        s.passed('one-less');
      });

      await s.step({
        id: 'store',
        title: 'Store it',
        activity: 'log',
        effect: 'none',
        input: { message: 'stored' } satisfies LogInput,
        options: LOG_OPTIONS,
      });

      return s.end('done', { pages });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: { id: { type: 'string' } },
  required: ['id'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const LOOK_OUTPUT = {
  type: 'object',
  properties: { ready: { type: 'boolean' }, pages: { type: 'integer' } },
  required: ['ready', 'pages'],
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
