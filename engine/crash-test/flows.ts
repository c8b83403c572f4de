/** The flows of the crash test beside the example of orders. They call the same shop. */
const call = (path: string, body: object = {}) => ({
  method: 'POST',
  connection: 'shop',
  path,
  body: { orderId: { $expr: 'input.orderId' }, scenario: { $expr: 'input.scenario' }, ...body },
});
// A killed engine costs an attempt.
const SURELY = {
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 10, initialInterval: '300ms', backoffCoefficient: 1.5, maximumInterval: '2s' },
};
const AT_MOST = {
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 5, initialInterval: '300ms', backoffCoefficient: 1.2 },
};
const INPUT = {
  type: 'object',
  required: ['orderId', 'scenario'],
  properties: { orderId: { type: 'string' }, scenario: { type: 'string' } },
};
const shopStep = { kind: 'action', activity: 'http.request', effect: 'reversible', lateCalls: 'refused' };

const RESERVE = {
  ...shopStep,
  id: 'reserve',
  title: 'Reserve',
  input: call('/reservations', { items: [{ sku: 'THREAD-40', quantity: 1 }] }),
  undo: {
    title: 'Release',
    activity: 'http.request',
    armed: 'attempted',
    input: call('/reservations/release'),
    options: SURELY,
  },
  unknown: { policy: 'undo' },
  options: SURELY,
};
const pay = (id: string, scenario = 'input.scenario') => ({
  ...shopStep,
  id,
  title: 'Pay',
  input: call('/payments', { amount: 1_900, currency: 'EUR', scenario: { $expr: scenario } }),
  undo: {
    title: 'Refund',
    activity: 'http.request',
    input: call('/payments/refund', { scenario: { $expr: scenario } }),
    options: AT_MOST,
    onFailure: 'continue',
  },
  unknown: {
    policy: 'check',
    activity: 'http.request',
    input: call('/payments/settle', { scenario: { $expr: scenario } }),
    options: SURELY,
  },
  options: AT_MOST,
});

/** Two effects. What remains of them is handed over to a parent that waits. */
export const ERRAND = { format: 2, name: 'errand', title: 'An errand', input: INPUT, steps: [RESERVE, pay('pay')] };

/** Runs one errand and waits for it, starts another one that it leaves alone, and has an effect of its own. */
export const BASKET = {
  format: 2,
  name: 'basket',
  title: 'A basket',
  input: {
    type: 'object',
    required: ['orderId', 'scenario', 'first', 'beside'],
    properties: {
      orderId: { type: 'string' },
      scenario: { type: 'string' },
      first: { type: 'string' },
      beside: { type: 'string' },
    },
  },
  steps: [
    {
      id: 'first',
      kind: 'child',
      title: 'The first errand',
      flow: 'errand',
      input: { orderId: { $expr: 'input.orderId' }, scenario: { $expr: 'input.first' } },
    },
    {
      id: 'beside',
      kind: 'child',
      title: 'An errand beside',
      flow: 'errand',
      input: { orderId: { $expr: '`${input.orderId}-beside`' }, scenario: { $expr: 'input.beside' } },
      waits: 'start',
    },
    pay('fee'),
  ],
};

/** Pays at one door after the other, in a chain of runs (SUGGESTED_AT_EVENTS), and then its fee. */
export const COLLECTION = {
  format: 2,
  name: 'collection',
  title: 'A collection',
  input: {
    type: 'object',
    required: ['orderId', 'scenario', 'doors', 'atDoors'],
    properties: {
      orderId: { type: 'string' },
      scenario: { type: 'string' },
      doors: { type: 'integer' },
      atDoors: { type: 'string' },
    },
  },
  variables: { door: { schema: { type: 'integer' }, initial: 0 } },
  signals: { remark: { title: 'A remark', schema: {} } },
  steps: [
    {
      id: 'doors',
      kind: 'repeat',
      title: 'From door to door',
      while: 'door < input.doors',
      most: 2_000,
      steps: [
        pay('collect', 'input.atDoors'),
        { id: 'next', kind: 'set', title: 'The next door', values: { door: { $expr: 'door + 1' } } },
      ],
    },
    pay('fee'),
  ],
};

/** Waits for a signal between its two effects. */
export const WAITER = {
  format: 2,
  name: 'waiter',
  title: 'A waiter',
  input: INPUT,
  signals: { go: { title: 'Go on', schema: {} } },
  steps: [RESERVE, { id: 'told', kind: 'waitForSignal', title: 'Wait until told', signal: 'go' }, pay('pay')],
};
