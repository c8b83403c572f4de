/** Price the articles of an order, version 1. */
import type { ActivityOptions } from '@temporalio/workflow';
import { saga, type ValueSchema } from '@backstitch/saga';
import type { HttpRequestInput, LogInput } from './activities';

export interface PriceArticlesInput {
  articles: { sku: string; count: number }[];
}

export interface PriceArticlesOutput {
  boxes: { sku: string; box: string; total: number }[];
  missing: number[];
}

interface ReserveBoxResult {
  box: string;
  price: number;
}

export async function priceArticles_v1(input: PriceArticlesInput): Promise<PriceArticlesOutput> {
  return saga(
    { flow: 'price-articles', onUndoFailure: 'ask', input: { value: input, schema: INPUT_SCHEMA } },
    async (s) => {
      // Price every article
      const price = await s.each(
        { id: 'price', items: input.articles, concurrency: 3, onFailure: 'collect' },
        async (s, article) => {
          const reserveBox = await s.step<ReserveBoxResult>({
            id: 'reserve-box',
            title: 'Reserve a box',
            activity: 'http.request',
            effect: 'reversible',
            input: {
              method: 'POST',
              connection: 'shop',
              path: '/boxes',
              body: { sku: article.sku },
            } satisfies HttpRequestInput,
            options: HTTP_REQUEST_OPTIONS,
            output: RESERVE_BOX_OUTPUT,
            undo: () => ({
              title: 'Free the box',
              activity: 'http.request',
              input: {
                method: 'POST',
                connection: 'shop',
                path: '/boxes/free',
                body: { sku: article.sku },
              } satisfies HttpRequestInput,
              options: HTTP_REQUEST_OPTIONS,
            }),
            unknown: { policy: 'undo' },
            lateCalls: 'refused',
          });

          return { sku: article.sku, box: reserveBox.box, total: reserveBox.price * article.count };
        },
      );

      // Note every box
      await s.each(
        { id: 'note', items: price.results, concurrency: 1, onFailure: 'stop' },
        async (s, priced) => {
          await s.step({
            id: 'write',
            title: 'Write a note',
            activity: 'log',
            effect: 'none',
            input: { message: `${priced.sku}: ${priced.box}` } satisfies LogInput,
            options: LOG_OPTIONS,
          });
        },
      );

      return s.end('priced', {
        boxes: price.results,
        missing: price.failures.map((failure) => failure.item),
      });
    },
  );
}

/** Schemas of all data that is sent to the run. The run itself checks them. */
const INPUT_SCHEMA: ValueSchema = {
  type: 'object',
  properties: {
    articles: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sku: { type: 'string' }, count: { type: 'integer' } },
        required: ['sku', 'count'],
      },
    },
  },
  required: ['articles'],
};

/** The declared outputs of steps: an answer that does not match fails its step. */
const RESERVE_BOX_OUTPUT = {
  type: 'object',
  properties: { box: { type: 'string' }, price: { type: 'number' } },
  required: ['box', 'price'],
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
