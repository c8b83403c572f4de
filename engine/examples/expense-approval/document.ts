/**
 * Expense approval: small claims are paid at once, larger ones are decided, in full or in part; who does not answer in
 * time is not alone any more, and very large ones are decided by two people.
 */
import { drawerFor, expr } from '../services/draw';
import { DAY_MS, durationField, MONEY, scenarioField, scenariosOf, text } from '../services/fields';
import { FINANCE } from './finance';

const { effect, question } = drawerFor(FINANCE, 'input.claimId');
const money = { amount: expr('input.amount'), currency: expr('input.currency') };
const shown = {
  data: {
    ...money,
    employee: expr('input.employee'),
    purpose: expr('input.purpose'),
    receipts: expr('checkReceipts.remark'),
  },
  schema: {
    type: 'object',
    properties: { ...MONEY, employee: text('Employee'), purpose: text('Purpose'), receipts: text('Receipts') },
  },
  candidates: [],
  requireComment: 'onReject',
};
const inPart = {
  decisions: [
    { key: 'approve', title: 'Approve' },
    {
      key: 'payLess',
      title: 'Pay less',
      requireComment: true,
      form: {
        type: 'object',
        required: ['amount', 'currency'],
        properties: {
          amount: { ...MONEY.amount, title: 'Amount to pay', minimum: 1 },
          currency: MONEY.currency,
        },
      },
    },
    { key: 'reject', title: 'Reject', turnsBack: true },
  ],
};
const grant = (id: string, approval: string) => ({
  id,
  kind: 'set',
  title: 'Note the amount',
  values: { granted: expr(`${approval}.values.amount ?? input.amount`) },
});
const rejected = (id: string) => [{ id, kind: 'set', title: 'Note the rejection', values: { isApproved: false } }];

const scenario = scenariosOf('claimId', 'claim', 6_001, {
  employee: 'Grace Murray',
  email: 'grace@example.com',
  purpose: 'Customer visit in Hamburg',
  amount: 48_250,
  currency: 'EUR',
  escalateAfter: 2 * DAY_MS,
});

export const EXPENSE_APPROVAL_DOCUMENT = {
  format: 2,
  name: 'expense-approval',
  title: 'Expense approval',
  description:
    'Registers a claim, asks the manager, and after a while the head of the department too. Then it is paid, in full or in part, or closed with the reason.',
  input: {
    type: 'object',
    title: 'Claim',
    required: ['claimId', 'employee', 'email', 'purpose', 'amount', 'currency', 'escalateAfter', 'scenario'],
    additionalProperties: false,
    properties: {
      claimId: text('Claim', { maxLength: 200 }),
      amount: { ...MONEY.amount, description: 'Up to 100.00 nobody is asked.' },
      currency: MONEY.currency,
      employee: text('Employee'),
      email: text('E-mail', { format: 'email', maxLength: 320 }),
      purpose: text('Purpose'),
      escalateAfter: durationField('Ask the head of the department after', 2 * DAY_MS),
      scenario: scenarioField(FINANCE, 'For this claim only.'),
    },
  },
  output: {
    type: 'object',
    required: ['isPaid'],
    properties: { isPaid: { type: 'boolean', title: 'Paid', primary: true } },
  },
  variables: {
    isApproved: { schema: { type: 'boolean', title: 'Approved' }, initial: true },
    granted: { schema: { type: 'integer', title: 'Amount to pay', format: 'money' }, initial: expr('input.amount') },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    question('checkReceipts', { id: 'check-receipts', title: 'Check the receipts', input: money }),
    {
      id: 'receipts',
      kind: 'choice',
      title: 'Receipts complete?',
      branches: [
        {
          id: 'missing',
          title: 'Not complete',
          when: '!checkReceipts.complete',
          steps: [
            {
              id: 'send-back',
              kind: 'fail',
              title: 'Send it back',
              errorType: 'ReceiptMissing',
              message: expr('checkReceipts.remark'),
            },
          ],
        },
      ],
      otherwise: { title: 'Complete', steps: [] },
    },
    effect('registerClaim', {
      id: 'register-claim',
      title: 'Register the claim',
      input: { employee: expr('input.employee'), purpose: expr('input.purpose'), ...money },
      unknown: 'undo',
    }),
    {
      id: 'decide',
      kind: 'choice',
      title: 'Small claim?',
      branches: [
        {
          id: 'above-limit',
          title: 'Above 100.00',
          when: 'input.amount > 10000',
          steps: [
            {
              id: 'somebody-decides',
              kind: 'race',
              title: 'Somebody decides',
              note: 'The first decision counts. The question to the other person is taken back.',
              branches: [
                {
                  id: 'manager',
                  title: 'The manager',
                  steps: [
                    {
                      id: 'ask-manager',
                      kind: 'approval',
                      title: 'Ask the manager',
                      question: 'Shall this claim be paid?',
                      ...shown,
                      ...inPart,
                      timeout: '14d',
                      onTimeout: 'reject',
                      onReject: rejected('manager-rejects'),
                    },
                    grant('manager-grants', 'askManager'),
                  ],
                },
                {
                  id: 'head',
                  title: 'Later the head too',
                  steps: [
                    {
                      id: 'give-time',
                      kind: 'wait',
                      title: 'Give the manager time',
                      duration: expr('input.escalateAfter'),
                    },
                    {
                      id: 'ask-head',
                      kind: 'approval',
                      title: 'Ask the head of the department',
                      question: 'The manager has not answered. Shall this claim be paid?',
                      ...shown,
                      ...inPart,
                      timeout: '7d',
                      onTimeout: 'reject',
                      onReject: rejected('head-rejects'),
                    },
                    grant('head-grants', 'askHead'),
                  ],
                },
              ],
            },
            {
              id: 'very-large',
              kind: 'choice',
              title: 'Very large?',
              branches: [
                {
                  id: 'above-thousand',
                  title: 'Above 1,000.00',
                  when: 'isApproved && granted > 100000',
                  steps: [
                    {
                      id: 'ask-two',
                      kind: 'approval',
                      title: 'Ask two people',
                      question: 'Shall so much be paid?',
                      ...shown,
                      data: { ...shown.data, amount: expr('granted') },
                      howMany: 2,
                      timeout: '14d',
                      onTimeout: 'reject',
                      onReject: rejected('two-reject'),
                    },
                  ],
                },
              ],
              otherwise: { title: 'Up to 1,000.00', steps: [] },
            },
          ],
        },
      ],
      otherwise: { title: 'Up to 100.00', steps: [] },
    },
    {
      id: 'approved',
      kind: 'choice',
      title: 'Approved?',
      branches: [
        {
          id: 'no',
          title: 'No',
          when: '!isApproved',
          steps: [
            effect('closeClaim', {
              id: 'close-claim',
              title: 'Close the claim',
              input: { claimId: expr('registerClaim.claimId'), reason: 'Rejected' },
              more: { pivot: true },
            }),
            {
              id: 'not-paid',
              kind: 'end',
              title: 'Not paid',
              output: { isPaid: false },
            },
          ],
        },
      ],
      otherwise: { title: 'Yes', steps: [] },
    },
    effect('reimburse', {
      id: 'reimburse',
      title: 'Pay the claim',
      note: 'The point of no return.',
      input: { claimId: expr('registerClaim.claimId'), ...money, amount: expr('granted') },
      more: { pivot: true },
    }),
    effect('tellEmployee', {
      id: 'tell-employee',
      title: 'Tell the employee',
      input: { to: expr('input.email'), text: expr('`Your claim ${input.claimId} was paid: ${reimburse.paymentId}`') },
      more: { catch: [{ id: 'without-message', types: [], scope: 'keep', then: [] }] },
    }),
    { id: 'paid', kind: 'end', title: 'Paid', output: { isPaid: true } },
  ],
  scenarios: [
    scenario('goes-well', 'Small claim', 'Up to 100.00 it is paid without a question.', { amount: 4_800 }),
    scenario(
      'manager',
      'The manager decides',
      'Approve it, pay less, or reject it in Approvals. Rejected, the claim is closed with the reason.',
      { scenario: 'goes-well' }
    ),
    scenario(
      'escalated',
      'The manager does not answer',
      'After five seconds the head of the department is asked too. The first decision counts.',
      { escalateAfter: 5_000, scenario: 'goes-well' }
    ),
    scenario(
      'two-people',
      'Two people decide',
      'After the manager, two different people must approve: the first decision alone does not count.',
      { amount: 180_000, scenario: 'goes-well' }
    ),
    scenario('receipt-missing', 'A receipt is missing', 'The claim is sent back before anything is registered.'),
    scenario(
      'answer-lost',
      'Answer lost',
      'The claim is paid, but the answer never arrives. The second attempt has the same key, so it is paid once.',
      { amount: 4_800 }
    ),
    scenario(
      'paid-late',
      'Paid after the timeout',
      'Every attempt times out. The run looks up the payment before it continues.',
      {
        amount: 4_800,
      }
    ),
    scenario('bank-refuses', 'Account closed', 'The payment is refused. The claim is withdrawn.', {
      amount: 4_800,
    }),
    scenario(
      'withdrawing-fails',
      'Withdrawing fails too',
      'The payment is refused, and the claim cannot be withdrawn. The run asks an operator.',
      { amount: 4_800 }
    ),
  ],
};
