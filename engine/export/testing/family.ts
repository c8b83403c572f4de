/** A flow that runs others: one for which it waits, which runs another one, and one that it leaves alone. */
const call = (path: string) => ({
  method: 'POST',
  connection: 'office',
  path,
  body: { bike: { $expr: 'input.bike' } },
});
const input = { type: 'object', required: ['bike'], properties: { bike: { type: 'string' } } };
const bike = { bike: { $expr: 'input.bike' } };
const step = (id: string, title: string, undo?: string) => ({
  id,
  title,
  kind: 'action',
  activity: 'http.request',
  input: call(`/${id}`),
  ...(undo === undefined
    ? { effect: 'none' }
    : {
        effect: 'reversible',
        lateCalls: 'refused',
        unknown: { policy: 'undo' },
        undo: { title: undo, activity: 'http.request', input: call(`/${id}/undo`) },
      }),
});

const takeFee = {
  format: 2,
  name: 'take-fee',
  title: 'Take the fee',
  input,
  output: { type: 'object', required: ['receipt'], properties: { receipt: { type: 'string' } } },
  steps: [
    step('charge', 'Charge the fee', 'Refund the fee'),
    { id: 'paid', kind: 'end', title: 'Paid', output: { receipt: { $expr: '`fee of ${input.bike}`' } } },
  ],
};
const takeDeposit = {
  format: 2,
  name: 'take-deposit',
  title: 'Take the deposit',
  input,
  output: { type: 'object', required: ['receipt'], properties: { receipt: { type: 'string' } } },
  steps: [
    step('hold', 'Hold the deposit', 'Give it back'),
    { id: 'fee', kind: 'child', title: 'Take the fee', flow: 'take-fee', input: bike },
    { id: 'held', kind: 'end', title: 'Held', output: { receipt: { $expr: 'fee.receipt' } } },
  ],
};
const sendReceipt = {
  format: 2,
  name: 'send-receipt',
  title: 'Send the receipt',
  input,
  steps: [{ id: 'later', kind: 'wait', title: 'Wait until evening', duration: '8h' }, step('mail', 'Mail it')],
};

export const FAMILY = {
  document: {
    format: 2,
    name: 'sell-bike',
    title: 'Sell a bike',
    input,
    output: { type: 'object', required: ['receipt'], properties: { receipt: { type: 'string' } } },
    steps: [
      { id: 'deposit', kind: 'child', title: 'Take the deposit', flow: 'take-deposit', input: bike },
      step('register', 'Register the owner'),
      { id: 'receipt', kind: 'child', title: 'Send the receipt', flow: 'send-receipt', input: bike, waits: 'start' },
      { id: 'sold', kind: 'end', title: 'Sold', output: { receipt: { $expr: 'deposit.receipt' } } },
    ],
  },
  /** Each before those that run it. */
  children: [takeFee, takeDeposit, sendReceipt],
};
