/** An agent: a model chooses the next tool, a person allows what costs money, and the answer goes out at the end. */
import { drawerFor, expr } from '../services/draw';
import { MONEY, scenarioField, scenariosOf, text } from '../services/fields';
import { HELP_DESK } from './assistant';
import { AGENT_MODEL } from './model';

const { effect, question } = drawerFor(HELP_DESK, 'input.ticketId');
const learn = (id: string, title: string, fact: string) => ({
  id,
  kind: 'set',
  title,
  values: { facts: expr(`facts.concat([${fact}])`) },
});

const scenario = scenariosOf('ticketId', 'ticket', 8_001, {
  customer: 'Grace Murray',
  email: 'grace@example.com',
  orderId: 'order-1001',
  question: 'My parcel arrived damaged. What now?',
});

export const SUPPORT_AGENT_DOCUMENT = {
  format: 2,
  name: 'support-agent',
  title: 'Agent with tools and a person',
  description:
    'A model reads a question and chooses tools until it can answer. A refund needs the approval of a person, and is taken back if the answer cannot be sent.',
  input: {
    type: 'object',
    title: 'Ticket',
    required: ['ticketId', 'customer', 'email', 'orderId', 'question', 'scenario'],
    additionalProperties: false,
    properties: {
      ticketId: text('Ticket', { maxLength: 200 }),
      question: text('Question', { maxLength: 4_000, format: 'long-text', primary: true }),
      customer: text('Customer'),
      email: text('E-mail', { format: 'email', maxLength: 320 }),
      orderId: text('Order'),
      scenario: { ...scenarioField(HELP_DESK, 'For this ticket only.'), default: 'answers-itself' },
    },
  },
  output: {
    type: 'object',
    required: ['answer', 'facts'],
    properties: {
      answer: { type: 'string', title: 'Answer', primary: true, format: 'long-text' },
      facts: { type: 'array', title: 'What the agent found out', items: { type: 'string' } },
    },
  },
  variables: {
    facts: { schema: { type: 'array', title: 'What is known', items: { type: 'string' } }, initial: [] },
    answer: { schema: { type: 'string', title: 'Answer' }, initial: '' },
  },
  queries: {
    memory: {
      title: 'What the agent knows',
      result: { facts: expr('facts') },
      schema: {
        type: 'object',
        properties: { facts: { type: 'array', title: 'What is known', items: { type: 'string' } } },
      },
    },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    {
      id: 'until-answered',
      kind: 'repeat',
      title: 'Until it has an answer',
      until: "answer !== ''",
      most: 6,
      steps: [
        {
          id: 'ask-model',
          kind: 'action',
          title: 'Ask the model',
          note: 'A script plays the model. Give its connection the address of a real one, and its operation the name of a model.',
          activity: `${AGENT_MODEL.connection.name}.nextAction`,
          input: { question: expr('input.question'), facts: expr('facts'), scenario: expr('input.scenario') },
        },
        {
          id: 'which-tool',
          kind: 'choice',
          title: 'Which tool?',
          branches: [
            {
              id: 'look-up',
              title: 'Look up',
              when: "askModel.action === 'look-up'",
              steps: [
                question('lookUpOrder', {
                  id: 'look-up-order',
                  title: 'Look up the order',
                  input: { orderId: expr('input.orderId') },
                }),
                learn('learn-order', 'Remember it', '`Order: ${lookUpOrder.state}`'),
              ],
            },
            {
              id: 'refund',
              title: 'Refund',
              when: "askModel.action === 'refund'",
              steps: [
                {
                  id: 'allow-refund',
                  kind: 'approval',
                  title: 'Allow the refund',
                  question: 'The agent wants to refund this order. Shall it?',
                  candidates: [],
                  data: {
                    amount: 12_900,
                    currency: 'EUR',
                    customer: expr('input.customer'),
                    orderId: expr('input.orderId'),
                    reason: expr('askModel.text'),
                  },
                  schema: {
                    type: 'object',
                    properties: {
                      ...MONEY,
                      customer: text('Customer'),
                      orderId: text('Order'),
                      reason: text('Reason of the agent', { format: 'long-text' }),
                    },
                  },
                  timeout: '1d',
                  onTimeout: 'reject',
                  requireComment: 'never',
                  onReject: [
                    learn('learn-refusal', 'Remember the refusal', "'Refused: a person did not allow the refund'"),
                  ],
                },
                {
                  id: 'allowed',
                  kind: 'choice',
                  title: 'Allowed?',
                  branches: [
                    {
                      id: 'allowed-yes',
                      title: 'Yes',
                      when: "allowRefund.decision === 'approve'",
                      steps: [
                        effect('refundOrder', {
                          id: 'refund-order',
                          title: 'Refund the order',
                          input: { orderId: expr('input.orderId'), amount: 12_900, currency: 'EUR' },
                        }),
                        learn('learn-refund', 'Remember the refund', '`Refunded: ${refundOrder.refundId}`'),
                      ],
                    },
                  ],
                  otherwise: { title: 'No', steps: [] },
                },
              ],
            },
          ],
          otherwise: {
            title: 'Answer',
            steps: [
              { id: 'keep-answer', kind: 'set', title: 'Keep the answer', values: { answer: expr('askModel.text') } },
            ],
          },
        },
      ],
    },
    effect('sendAnswer', {
      id: 'send-answer',
      title: 'Send the answer',
      note: 'The point of no return: what was sent has been read.',
      input: { to: expr('input.email'), text: expr('answer') },
      more: { pivot: true },
    }),
    { id: 'done', kind: 'end', title: 'Answered', output: { answer: expr('answer'), facts: expr('facts') } },
  ],
  scenarios: [
    scenario('answers-itself', 'Answers by itself', 'The agent looks up the order and answers. Nobody is asked.', {
      question: 'Where is my parcel?',
    }),
    scenario(
      'wants-refund',
      'Wants to refund',
      'The agent asks a person before it refunds. Approve it, or reject it: then it answers without a refund.'
    ),
    scenario(
      'refund-answer-lost',
      'Answer of the tool lost',
      'The refund is made, but the answer never arrives. The second attempt has the same key, so it is refunded once. Approve it first.'
    ),
    scenario(
      'makes-it-up',
      'The model makes something up',
      'The answer names a tool that does not exist. It does not match the schema, so the model is asked once more; then the run fails, before anything happens.'
    ),
    scenario('model-down', 'Model down', 'No attempt is answered. Nothing has happened, so there is nothing to undo.'),
    scenario(
      'never-ready',
      'Never comes to an end',
      'The model looks up the order again and again. The loop ends after six rounds, and the run fails.'
    ),
    scenario(
      'mail-down',
      'Answer cannot be sent',
      'Approve the refund. The answer cannot be sent, so the refund is taken back.'
    ),
    scenario(
      'taking-back-fails',
      'Taking back fails too',
      'Approve the refund. The answer cannot be sent, and the refund cannot be taken back. The run asks an operator.'
    ),
  ],
};
