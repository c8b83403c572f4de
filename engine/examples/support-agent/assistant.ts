/**
 * The model of the agent, which is no model: a script that plays one. It reads what is known so far and answers with the next
 * action, and it says in every answer that it is scripted.
 */
import { id, MONEY, text } from '../services/fields';
import type { Request, Service } from '../services/service';

const SCRIPTED = 'scripted (no model was asked)';
const ACTIONS = ['answer', 'look-up', 'refund'];

interface Next {
  action: string;
  text: string;
}

function next({ scenario, facts = [] }: Request): Next {
  const known = facts as readonly string[];
  const has = (start: string) => known.some((fact) => fact.startsWith(start));
  if (scenario === 'makes-it-up') return { action: 'send-a-car', text: 'I send a car.' };
  if (!has('Order') || scenario === 'never-ready') return { action: 'look-up', text: 'I look at the order first.' };
  if (scenario === 'answers-itself') return { action: 'answer', text: 'Your parcel arrives tomorrow.' };
  if (has('Refused')) return { action: 'answer', text: 'I am sorry, we cannot refund this order.' };
  if (has('Refunded')) return { action: 'answer', text: 'I am sorry about the damage. Your money is on its way.' };
  return { action: 'refund', text: 'The goods arrived damaged, so I would refund the order.' };
}

const down = (message: string) => ({ kind: 'down', message }) as const;

export const ASSISTANT: Service = {
  name: 'assistant',
  title: 'Example assistant and its tools',
  questions: [
    {
      name: 'nextAction',
      title: 'Ask the model for the next action',
      path: 'next-actions',
      input: {
        properties: {
          question: text('Question', { maxLength: 4_000, format: 'long-text' }),
          facts: { type: 'array', title: 'What is known', items: { type: 'string' }, maxItems: 100 },
        },
      },
      output: {
        properties: {
          action: text('Action', { enum: ACTIONS }),
          text: text('Text', { maxLength: 4_000, format: 'long-text' }),
          model: text('Model'),
        },
      },
      answer: (request) => ({ ...next(request), model: SCRIPTED }),
    },
    {
      name: 'lookUpOrder',
      title: 'Tool: look up an order',
      path: 'orders',
      input: { properties: { orderId: text('Order') } },
      output: { properties: { state: text('State'), ...MONEY } },
      answer: ({ scenario }) => ({
        state: scenario === 'answers-itself' ? 'on its way' : 'delivered, reported as damaged',
        amount: 12_900,
        currency: 'EUR',
      }),
    },
  ],
  effects: [
    {
      name: 'refundOrder',
      title: 'Tool: refund an order',
      path: 'refunds',
      prefix: 'RF',
      input: { properties: { orderId: text('Order'), ...MONEY } },
      output: { properties: { refundId: id('Refund'), ...MONEY } },
      answer: ({ amount, currency }, refundId) => ({ refundId, amount, currency }),
      undo: { name: 'takeBackRefund', title: 'Take the refund back', armed: 'completed' },
      lookup: { name: 'findRefund', title: 'Find out whether it was refunded' },
    },
    {
      name: 'sendAnswer',
      title: 'Send the answer',
      path: 'answers',
      prefix: 'AN',
      input: { properties: { to: text('To', { format: 'email' }), text: text('Text', { maxLength: 4_000 }) } },
      output: { properties: { answerId: id('Answer') } },
      answer: (_request, answerId) => ({ answerId }),
      lookup: { name: 'findAnswer', title: 'Find out whether the answer was sent' },
    },
  ],
  scenarios: {
    'answers-itself': [],
    'wants-refund': [],
    'refund-answer-lost': [{ of: 'refundOrder', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'makes-it-up': [],
    'model-down': [{ of: 'nextAction', call: 'do', fault: down('The model does not answer.') }],
    'never-ready': [],
    'mail-down': [{ of: 'sendAnswer', call: 'do', fault: down('The mail server does not answer.') }],
    'taking-back-fails': [
      { of: 'sendAnswer', call: 'do', fault: down('The mail server does not answer.') },
      { of: 'refundOrder', call: 'undo', fault: down('The money has left already.') },
    ],
  },
};
