/**
 * The model of the agent, which is no model: a script that plays one. It reads from the question what is known so far,
 * and answers with the next action.
 */
import type { Connection } from '../../flow/connections/connection';
import type { Operation } from '../../flow/connections/operation';
import { EXAMPLES_ADDRESS, type Connected } from '../services/connection';
import { text } from '../services/fields';
import type { ScriptedModel } from '../services/scripted-model';

const ACTIONS = ['answer', 'look-up', 'refund'];
/** The prompt of the operation; the script reads these lines again. */
const PROMPT = 'Question of the customer: {question}\nKnown so far: {facts}\nScene that the script plays: {scenario}';

export const SCRIPTED_AGENT: ScriptedModel = {
  name: 'scripted-agent',
  answer(prompt) {
    // Only the last lines are of the flow: a question may have any line.
    const [, known = '', scene = ''] = /Known so far: (.*)\nScene that the script plays: (.*)$/.exec(prompt) ?? [];
    return scene === 'model-down' ? null : nextIn(scene, known);
  },
};

/** `known`: the facts as JSON. */
export function nextIn(scene: string, known: string): { action: string; text: string } {
  const has = (start: string) => known.includes(`"${start}`);
  if (scene === 'makes-it-up') return { action: 'send-a-car', text: 'I send a car.' };
  if (!has('Order') || scene === 'never-ready') return { action: 'look-up', text: 'I look at the order first.' };
  if (scene === 'answers-itself') return { action: 'answer', text: 'Your parcel arrives tomorrow.' };
  if (has('Refused')) return { action: 'answer', text: 'I am sorry, we cannot refund this order.' };
  if (has('Refunded')) return { action: 'answer', text: 'I am sorry about the damage. Your money is on its way.' };
  return { action: 'refund', text: 'The goods arrived damaged, so I would refund the order.' };
}

const connection: Connection = {
  name: 'example-model',
  title: 'Example model: a script, no real model',
  kind: 'model',
  settings: { address: { environment: EXAMPLES_ADDRESS }, auth: { kind: 'none' }, limitField: 'max_tokens' },
  allow: [],
  options: {
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 4, initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  },
};

const nextAction: Operation = {
  connection: connection.name,
  name: 'nextAction',
  title: 'Ask the model for the next action',
  description: '',
  call: {
    kind: 'model',
    model: SCRIPTED_AGENT.name,
    system:
      'You answer customers of a shop. Look up the order first. Refund it if the goods are damaged, unless that was refused. ' +
      'Then answer.',
    prompt: PROMPT,
    answer: 'json',
    maxTokens: 500,
    temperature: 0,
    mostAnswers: 2,
  },
  input: {
    type: 'object',
    required: ['question', 'facts', 'scenario'],
    additionalProperties: false,
    properties: {
      question: text('Question', { maxLength: 4_000, format: 'long-text' }),
      facts: { type: 'array', title: 'What is known', items: { type: 'string' }, maxItems: 100 },
      scenario: text('What the script plays'),
    },
  },
  output: {
    type: 'object',
    required: ['action', 'text'],
    additionalProperties: false,
    properties: {
      action: text('Action', { enum: ACTIONS }),
      text: text('Text', { maxLength: 4_000, format: 'long-text' }),
    },
  },
  effect: 'none',
  options: {},
};

export const AGENT_MODEL: Connected = { connection, operations: [nextAction] };
