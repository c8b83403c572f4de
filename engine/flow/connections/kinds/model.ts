/**
 * Language models behind an address that speaks the API of OpenAI (POST /chat/completions): hosted ones, and servers of
 * one's own.
 *
 * Rules
 * [MD1] A placeholder names a field of the input, or a key of the call.
 * [MD2] An answer as JSON has a schema, and is an object.
 */
import { z } from 'zod';
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import { httpAuthSchema, placeSchema } from '../http';
import { fieldsIn } from '../mapping';
import { unknownField, type Definition, type KindFacts } from './kind-facts';
import type { Report } from '../problem';
import { addressWords, AUTH_WORDS } from './http';

const modelSettingsSchema = z.strictObject({
  /** Without '/chat/completions': 'https://api.openai.com/v1'. */
  address: placeSchema,
  auth: httpAuthSchema,
  /** The field in which the service expects the limit of the answer. */
  limitField: z.enum(['max_tokens', 'max_completion_tokens']),
});
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

const modelCallSchema = z.strictObject({
  kind: z.literal('model'),
  model: z.string().min(1).max(200),
  /** `{field}` in both texts is replaced by a field of the input. */
  system: z.string().max(20_000),
  prompt: z.string().min(1).max(20_000),
  /** 'json': the answer fits the output of the operation. 'text': { text }. */
  answer: z.enum(['json', 'text']),
  /** Of the answer. */
  maxTokens: z.int().min(1).max(200_000),
  /** Null: the default of the model. */
  temperature: z.number().min(0).max(2).nullable(),
  /** So many answers that do not fit are asked for again; then the step fails. */
  mostAnswers: z.int().min(1).max(10),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

function check(call: ModelCall, { input, output }: Definition, _: ModelSettings, report: Report): void {
  for (const part of ['system', 'prompt'] as const)
    for (const field of fieldsIn(call[part])) if (!isField(input, field)) report(['call', part], unknownField(field));
  if (call.answer === 'json' && output.type !== 'object')
    report(['output'], 'The model is asked for JSON that fits this schema: describe a group of fields.');
}

const TEXT: JsonSchema = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };

export const model: KindFacts<ModelSettings, ModelCall> = {
  words: 'Model',
  settings: modelSettingsSchema,
  call: modelCallSchema,
  address: addressWords,
  login: ({ auth }) => AUTH_WORDS[auth.kind],
  line: ({ model, prompt }) => ({ verb: 'ASK', text: `${model}: ${prompt.trim().replace(/\s+/g, ' ')}` }),
  fields: ({ system, prompt }) => [...fieldsIn(system), ...fieldsIn(prompt)],
  check,
  output: ({ answer }, declared) => (answer === 'json' ? declared : TEXT),
  // It costs money.
  onlyReads: () => false,
  effects: ['none'],
};
