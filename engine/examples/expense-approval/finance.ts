/** The finance department: claims, their receipts, and what is paid. */
import { id, MONEY, text } from '../services/fields';
import type { Service } from '../services/service';

export const FINANCE: Service = {
  name: 'finance',
  title: 'Example finance department',
  questions: [
    {
      name: 'checkReceipts',
      title: 'Check the receipts',
      path: 'receipt-checks',
      input: { properties: { ...MONEY } },
      output: { properties: { complete: { type: 'boolean', title: 'Complete' }, remark: text('Remark') } },
      answer: ({ scenario }) =>
        scenario === 'receipt-missing'
          ? { complete: false, remark: 'The receipt of the hotel is missing.' }
          : { complete: true, remark: 'All receipts are there.' },
    },
  ],
  effects: [
    {
      name: 'registerClaim',
      title: 'Register a claim',
      path: 'claims',
      prefix: 'CL',
      input: { properties: { employee: text('Employee'), purpose: text('Purpose'), ...MONEY } },
      output: { properties: { claimId: id('Claim') } },
      answer: (_request, claimId) => ({ claimId }),
      undo: { name: 'withdrawClaim', title: 'Withdraw the claim', armed: 'attempted' },
      lookup: { name: 'findClaim', title: 'Find out whether the claim is registered' },
    },
    {
      name: 'reimburse',
      title: 'Pay a claim',
      path: 'payments',
      prefix: 'PY',
      input: { properties: { claimId: text('Claim'), ...MONEY } },
      output: { properties: { paymentId: id('Payment'), ...MONEY } },
      answer: ({ amount, currency }, paymentId) => ({ paymentId, amount, currency }),
      lookup: { name: 'findPayment', title: 'Find out whether the claim was paid' },
    },
    {
      name: 'closeClaim',
      title: 'Close a claim without payment',
      path: 'closings',
      prefix: 'CC',
      input: { properties: { claimId: text('Claim'), reason: text('Reason') } },
      output: { properties: { closingId: id('Closing') } },
      answer: (_request, closingId) => ({ closingId }),
      lookup: { name: 'findClosing', title: 'Find out whether the claim is closed' },
    },
    {
      name: 'tellEmployee',
      title: 'Tell the employee',
      path: 'messages',
      prefix: 'MS',
      input: { properties: { to: text('To', { format: 'email' }), text: text('Text') } },
      output: { properties: { messageId: id('Message') } },
      answer: (_request, messageId) => ({ messageId }),
      lookup: { name: 'findMessage', title: 'Find out whether the message was sent' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'receipt-missing': [],
    'answer-lost': [{ of: 'reimburse', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'paid-late': [{ of: 'reimburse', call: 'do', fault: { kind: 'late' } }],
    'bank-refuses': [
      {
        of: 'reimburse',
        call: 'do',
        fault: {
          kind: 'refuse',
          status: 409,
          reason: 'AccountClosed',
          message: 'The account of the employee is closed.',
        },
      },
    ],
    'withdrawing-fails': [
      {
        of: 'reimburse',
        call: 'do',
        fault: {
          kind: 'refuse',
          status: 409,
          reason: 'AccountClosed',
          message: 'The account of the employee is closed.',
        },
      },
      { of: 'registerClaim', call: 'undo', fault: { kind: 'down', message: 'The month is being closed.' } },
    ],
  },
};
