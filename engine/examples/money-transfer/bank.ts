/** The bank of the money transfer: amounts are held, paid into accounts of other banks, and booked. */
import { id, MONEY, text } from '../services/fields';
import type { Service } from '../services/service';

const account = (title: string) => text(title, { pattern: '^[A-Z]{2}[0-9]{2}[0-9A-Z ]{8,30}$' });
const down = (message: string) => ({ kind: 'down', message }) as const;
const NOBODY_ANSWERS = down('The other bank does not answer.');

export const BANK: Service = {
  name: 'bank',
  title: 'Example bank',
  questions: [
    {
      name: 'checkPayee',
      title: 'Check the name of the payee',
      path: 'payees',
      input: { properties: { account: account('Account'), name: text('Name') } },
      output: {
        properties: { matches: { type: 'boolean', title: 'The name matches' }, holder: text('Holder of the account') },
      },
      answer: ({ name, scenario }) =>
        scenario === 'wrong-name' ? { matches: false, holder: 'Somebody Else' } : { matches: true, holder: name },
    },
  ],
  effects: [
    {
      name: 'holdAmount',
      title: 'Hold an amount',
      path: 'holds',
      prefix: 'H',
      input: { properties: { account: account('Account'), ...MONEY } },
      output: { properties: { holdId: id('Hold'), ...MONEY } },
      answer: ({ amount, currency }, holdId) => ({ holdId, amount, currency }),
      undo: { name: 'releaseHold', title: 'Release the amount', armed: 'attempted' },
      lookup: { name: 'findHold', title: 'Find out whether the amount is held' },
    },
    {
      name: 'payIn',
      title: 'Pay into another account',
      path: 'payments',
      prefix: 'P',
      input: { properties: { account: account('Account'), name: text('Name'), ...MONEY, purpose: text('Purpose') } },
      output: { properties: { paymentId: id('Payment'), ...MONEY } },
      answer: ({ amount, currency }, paymentId) => ({ paymentId, amount, currency }),
      undo: { name: 'recallPayment', title: 'Recall the payment', armed: 'completed' },
      lookup: { name: 'findPayment', title: 'Find out whether it was paid' },
    },
    {
      name: 'bookHold',
      title: 'Book the held amount',
      path: 'bookings',
      prefix: 'B',
      input: { properties: { holdId: text('Hold') } },
      output: { properties: { bookingId: id('Booking') } },
      answer: (_request, bookingId) => ({ bookingId }),
      lookup: { name: 'findBooking', title: 'Find out whether it was booked' },
    },
    {
      name: 'sendAdvice',
      title: 'Send the advice',
      path: 'advices',
      prefix: 'A',
      input: { properties: { to: text('To', { format: 'email' }), ...MONEY } },
      output: { properties: { adviceId: id('Advice') } },
      answer: (_request, adviceId) => ({ adviceId }),
      lookup: { name: 'findAdvice', title: 'Find out whether the advice was sent' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'wrong-name': [],
    'not-enough-money': [
      {
        of: 'holdAmount',
        call: 'do',
        fault: { kind: 'refuse', status: 402, reason: 'NotEnoughMoney', message: 'The account has not enough money.' },
      },
    ],
    'account-closed': [
      {
        of: 'payIn',
        call: 'do',
        fault: { kind: 'refuse', status: 409, reason: 'AccountClosed', message: 'The account of the payee is closed.' },
      },
    ],
    'answer-lost': [{ of: 'payIn', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'paid-late': [{ of: 'payIn', call: 'do', fault: { kind: 'late' } }],
    'bank-down': [{ of: 'payIn', call: 'do', fault: NOBODY_ANSWERS }],
    'release-fails': [
      { of: 'payIn', call: 'do', fault: NOBODY_ANSWERS },
      { of: 'holdAmount', call: 'undo', fault: down('The accounts are being closed for the day.') },
    ],
    'advice-slow': [{ of: 'sendAdvice', call: 'do', attempts: 4, fault: down('The mail server does not answer.') }],
  },
};
