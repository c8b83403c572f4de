/** Money transfer: hold, pay in, book. Until the amount is booked everything can be taken back. */
import { drawerFor, expr } from '../services/draw';
import { MONEY, text } from '../services/fields';
import { BANK } from './bank';

const { effect, question } = drawerFor(BANK, 'input.transferId');
const money = { amount: expr('input.amount'), currency: expr('input.currency') };

const input = {
  type: 'object',
  title: 'Transfer',
  required: ['transferId', 'from', 'to', 'payee', 'amount', 'currency', 'purpose', 'email', 'scenario'],
  additionalProperties: false,
  properties: {
    transferId: text('Transfer', { maxLength: 200 }),
    amount: { ...MONEY.amount, description: 'From 10,000.00 somebody must approve it.' },
    currency: MONEY.currency,
    from: text('From account'),
    to: text('To account'),
    payee: text('Payee'),
    purpose: text('Purpose'),
    email: text('Advice to', { format: 'email', maxLength: 320 }),
    scenario: {
      type: 'string',
      title: 'What goes wrong',
      description: 'For this transfer only.',
      enum: Object.keys(BANK.scenarios),
      default: 'goes-well',
    },
  },
};

const start = {
  from: 'DE02 1203 0000 0000 2020 51',
  to: 'FR14 2004 1010 0505 0001 3M02 606',
  payee: 'Grace Murray',
  amount: 125_000,
  currency: 'EUR',
  purpose: 'Invoice 2026-114',
  email: 'accounts@example.com',
};
let number = 2_001;
const scenario = (name: string, title: string, description: string, more: object = {}) => ({
  name,
  title,
  description,
  input: { transferId: `transfer-${number++}`, ...start, scenario: name, ...more },
});

export const MONEY_TRANSFER_DOCUMENT = {
  format: 2,
  name: 'money-transfer',
  title: 'Money transfer',
  description:
    'Checks the payee, holds the amount, pays it into the other account and books it. Until it is booked everything can be taken back.',
  input,
  output: {
    type: 'object',
    required: ['paymentId', 'bookingId'],
    properties: {
      paymentId: { type: 'string', title: 'Payment', primary: true },
      bookingId: { type: 'string', title: 'Booking' },
    },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    question('checkPayee', {
      id: 'check-payee',
      title: 'Check the payee',
      input: { account: expr('input.to'), name: expr('input.payee') },
    }),
    {
      id: 'name-matches',
      kind: 'choice',
      title: 'Does the name match?',
      branches: [
        {
          id: 'differs',
          title: 'Another name',
          when: '!checkPayee.matches',
          steps: [
            {
              id: 'wrong-payee',
              kind: 'fail',
              title: 'Refuse the transfer',
              errorType: 'WrongPayee',
              message: expr('`The account belongs to ${checkPayee.holder}, not to ${input.payee}.`'),
            },
          ],
        },
      ],
      otherwise: { title: 'The same name', steps: [] },
    },
    effect('holdAmount', {
      id: 'hold-amount',
      title: 'Hold the amount',
      note: 'The money remains in the account, but nobody can spend it.',
      input: { account: expr('input.from'), ...money },
      unknown: 'undo',
    }),
    {
      id: 'large-transfer',
      kind: 'choice',
      title: 'Large transfer?',
      branches: [
        {
          id: 'from-limit',
          title: 'From 10,000.00',
          when: 'input.amount >= 1000000',
          steps: [
            {
              id: 'approve-transfer',
              kind: 'approval',
              title: 'Approve the transfer',
              question: 'Shall this transfer be sent?',
              candidates: [],
              data: {
                ...money,
                from: expr('input.from'),
                to: expr('input.to'),
                payee: expr('checkPayee.holder'),
                purpose: expr('input.purpose'),
              },
              schema: {
                type: 'object',
                properties: {
                  ...MONEY,
                  from: text('From account'),
                  to: text('To account'),
                  payee: text('Holder of the account'),
                  purpose: text('Purpose'),
                },
              },
              timeout: '2d',
              onTimeout: 'reject',
              requireComment: 'onReject',
            },
          ],
        },
      ],
      otherwise: { title: 'Below 10,000.00', steps: [] },
    },
    effect('payIn', {
      id: 'pay-in',
      title: 'Pay into the other account',
      input: { account: expr('input.to'), name: expr('input.payee'), ...money, purpose: expr('input.purpose') },
    }),
    effect('bookHold', {
      id: 'book-hold',
      title: 'Book the held amount',
      note: 'The point of no return: from here on the transfer is only completed, never taken back.',
      input: { holdId: expr('holdAmount.holdId') },
      more: { pivot: true },
    }),
    effect('sendAdvice', {
      id: 'send-advice',
      title: 'Send the advice',
      note: 'If it is refused, for example because the address is wrong, the transfer is complete all the same.',
      input: { to: expr('input.email'), ...money },
      more: { catch: [{ id: 'without-advice', types: [], scope: 'keep', then: [] }] },
    }),
    {
      id: 'done',
      kind: 'end',
      title: 'Transferred',
      output: { paymentId: expr('payIn.paymentId'), bookingId: expr('bookHold.bookingId') },
    },
  ],
  scenarios: [
    scenario('goes-well', 'Goes well', 'The amount is held, paid in, booked, and the advice is sent.'),
    scenario('wrong-name', 'Another name', 'The account belongs to somebody else. The run fails before any effect.'),
    scenario('not-enough-money', 'Not enough money', 'The bank refuses to hold the amount. There is nothing to undo.'),
    scenario('account-closed', 'Account closed', 'The other bank refuses the payment. The held amount is released.'),
    scenario(
      'answer-lost',
      'Answer lost',
      'The payment is made, but the answer never arrives. The second attempt has the same key, so it is paid once.'
    ),
    scenario(
      'paid-late',
      'Paid after the timeout',
      'Every attempt times out, and then the payment is made after all. The run looks it up before it continues.'
    ),
    scenario('bank-down', 'Other bank down', 'No attempt is answered. The held amount is released.'),
    scenario(
      'release-fails',
      'Release fails too',
      'The other bank is down, and the amount cannot be released. The run asks an operator and says what remains.'
    ),
    scenario(
      'advice-slow',
      'Advice takes long',
      'After the point of no return the run never turns back: it tries the advice again until it is sent.'
    ),
    scenario(
      'large-transfer',
      'Large transfer',
      'Somebody must approve it. Rejected, or without an answer for two days, the held amount is released.',
      { amount: 2_500_000, scenario: 'goes-well' }
    ),
  ],
};
