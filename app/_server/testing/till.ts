/**
 * A flow small enough for a test, and the till that it calls: takes an amount, waits to be told how to end, and may ask
 * an approver or an operator. Steps answer at once and are tried once.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const once = { startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } };

export const TILL_FLOW = {
  format: 1,
  name: 'till',
  title: 'Till',
  input: {
    type: 'object',
    required: ['amount', 'take'],
    additionalProperties: false,
    properties: {
      amount: { type: 'integer', title: 'Amount', minimum: 1 },
      take: { type: 'string', title: 'What the till does', enum: ['/take', '/lose-answer'] },
      approve: { type: 'boolean', title: 'Ask an approver' },
      pin: { type: 'string', title: 'PIN', sensitive: true },
    },
  },
  output: { type: 'object', properties: { note: { type: 'string' } } },
  variables: {
    note: { schema: { type: 'string' }, initial: '' },
    endsWell: { schema: { type: 'boolean' }, initial: true },
  },
  signals: {
    // The flow waits for it nowhere: it makes histories long.
    nobodyWaits: { title: 'Nobody waits for it', schema: { type: 'object' } },
    finish: {
      title: 'Finish',
      schema: {
        type: 'object',
        required: ['well'],
        additionalProperties: false,
        properties: { well: { type: 'boolean' } },
      },
    },
  },
  queries: { note: { title: 'Note', result: { $expr: 'note' } } },
  updates: {
    changeNote: {
      title: 'Change the note',
      schema: {
        type: 'object',
        required: ['note'],
        additionalProperties: false,
        properties: { note: { type: 'string', maxLength: 3_000_000 } },
      },
      accept: "argument.note !== 'no'",
      refusal: 'Not this one.',
      set: { note: { $expr: 'argument.note' } },
    },
  },
  steps: [
    {
      id: 'take',
      kind: 'action',
      title: 'Take the money',
      activity: 'http.request',
      effect: 'reversible',
      input: { method: 'POST', connection: 'till', path: { $expr: 'input.take' }, body: { $expr: 'input.amount' } },
      output: { type: 'object', required: ['receipt'], properties: { receipt: { type: 'string' } } },
      undo: {
        title: 'Give it back',
        activity: 'http.request',
        armed: 'completed',
        input: { method: 'POST', connection: 'till', path: '/give-back' },
        onFailure: 'ask',
        options: once,
      },
      unknown: { policy: 'ask' },
      options: once,
    },
    {
      id: 'ask',
      kind: 'choice',
      title: 'Ask?',
      branches: [
        {
          id: 'ask-first',
          title: 'Ask first',
          when: 'input.approve === true',
          steps: [
            {
              id: 'approve',
              kind: 'approval',
              title: 'Approve it',
              question: 'Keep the money?',
              data: { amount: { $expr: 'input.amount' } },
            },
          ],
        },
      ],
    },
    { id: 'told', kind: 'waitForSignal', title: 'Wait to be told', signal: 'finish' },
    { id: 'heard', kind: 'set', title: 'Remember it', values: { endsWell: { $expr: 'told.well' } } },
    {
      id: 'well',
      kind: 'choice',
      title: 'Well?',
      branches: [
        {
          id: 'badly',
          title: 'Badly',
          when: 'endsWell === false',
          steps: [{ id: 'failed', kind: 'fail', title: 'Fail', errorType: 'ToldSo', message: 'told so' }],
        },
      ],
    },
    { id: 'done', kind: 'end', title: 'Done', output: { note: { $expr: 'note' } } },
  ],
} as const;

/** One step, which changes nothing: its first attempt begins at once, and each further one an hour after the last. */
export const retryingFlow = (connection: string) => ({
  format: 1,
  name: `asks-${connection}`,
  title: 'Asks again',
  input: { type: 'object', additionalProperties: false, properties: {} },
  steps: [
    {
      id: 'look',
      kind: 'action',
      title: 'Look at the shelf',
      activity: 'http.request',
      effect: 'none',
      input: { method: 'GET', connection, path: '/shelf' },
      output: { type: 'object' },
      options: {
        startToCloseTimeout: '1m',
        retry: { initialInterval: '1h', backoffCoefficient: 1, maximumInterval: '1h', maximumAttempts: 5 },
      },
    },
    { id: 'done', kind: 'end', title: 'Done' },
  ],
});

export interface Till {
  url: string;
  close(): Promise<void>;
}

/** `/take` takes, `/lose-answer` has an unknown outcome, `/give-back` does not work. */
export async function openTill(): Promise<Till> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    // What an expression gives is one segment of the path.
    response.statusCode = decodeURIComponent(request.url ?? '').endsWith('/take') ? 200 : 500;
    response.end(JSON.stringify(response.statusCode === 200 ? { receipt: 'r-1' } : { error: 'Jammed' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
