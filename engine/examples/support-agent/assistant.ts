/** The tools of the agent: over MCP, and over HTTP for the flows that were published before. */
import { id, MONEY, text } from '../services/fields';
import type { Service } from '../services/service';
import { nextIn } from './model';

const down = (message: string) => ({ kind: 'down', message }) as const;

export const ASSISTANT: Service = {
  name: 'assistant',
  title: 'Example help desk, as it was before its tools',
  questions: [
    {
      name: 'nextAction',
      title: 'Ask the model for the next action',
      path: 'next-actions',
      retired: true,
      input: {
        properties: {
          question: text('Question', { maxLength: 4_000, format: 'long-text' }),
          facts: { type: 'array', title: 'What is known', items: { type: 'string' }, maxItems: 100 },
        },
      },
      output: { properties: { action: text('Action'), text: text('Text'), model: text('Model') } },
      answer: ({ scenario, facts = [] }) => ({
        ...nextIn(String(scenario), JSON.stringify(facts)),
        model: 'scripted (no model was asked)',
      }),
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

export const HELP_DESK: Service = {
  ...ASSISTANT,
  name: 'help-desk',
  title: 'Example help desk: tools over MCP',
  tools: true,
  questions: ASSISTANT.questions.filter(({ retired }) => !retired),
  scenarios: { ...ASSISTANT.scenarios, 'model-down': [] },
};
