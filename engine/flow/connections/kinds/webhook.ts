/**
 * Webhooks out, signed as https://www.standardwebhooks.com says.
 *
 * Rules
 * [WH1] A placeholder names a field of the input, or a key of the call.
 */
import { z } from 'zod';
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import { addressSchema, mappingSchema } from '../http';
import { fieldsIn } from '../mapping';
import type { Report } from '../problem';
import { secretNameSchema } from '../secrets';
import { unknownField, type KindFacts } from './kind-facts';

const webhookSettingsSchema = z.strictObject({
  /** Where messages are sent. */
  address: addressSchema,
  /** The name of the signing secret: 'whsec_' and 24 to 64 bytes in base64. */
  secret: secretNameSchema,
  /** The secret before it, while receivers change over: messages have both signatures. '': none. */
  before: z.strictObject({ secret: z.union([z.literal(''), secretNameSchema]) }),
});
export type WebhookSettings = z.infer<typeof webhookSettingsSchema>;

const webhookCallSchema = z.strictObject({
  kind: z.literal('webhook'),
  /** What happened, in the words of the receiver: 'order.paid'. */
  event: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, "words with dots between them, such as 'order.paid'"),
  /** The `data` of the message. 'rest': the whole input. Otherwise a mapping. */
  data: z.union([z.literal('rest'), z.strictObject({ mapping: mappingSchema })]),
});
export type WebhookCall = z.infer<typeof webhookCallSchema>;

function check({ data }: WebhookCall, { input }: { input: JsonSchema }, _: WebhookSettings, report: Report): void {
  if (data === 'rest') return;
  for (const field of fieldsIn(data.mapping))
    if (!isField(input, field)) report(['call', 'data', 'mapping'], unknownField(field));
}

/** The id of the message, which the receiver uses to recognise a repetition, and the status of its answer. */
const SENT: JsonSchema = {
  type: 'object',
  required: ['id', 'status'],
  properties: { id: { type: 'string' }, status: { type: 'integer' } },
};

export const webhook: KindFacts<WebhookSettings, WebhookCall> = {
  words: 'Webhook',
  settings: webhookSettingsSchema,
  call: webhookCallSchema,
  address: ({ address }) => address,
  login: ({ before }) => (before.secret === '' ? 'Signed' : 'Signed with two secrets'),
  line: ({ event }) => ({ verb: 'EVENT', text: event }),
  fields: ({ data }) => (data === 'rest' ? [] : fieldsIn(data.mapping)),
  check,
  output: () => SENT,
  onlyReads: () => false,
};
