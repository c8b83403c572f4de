/**
 * Mail servers.
 *
 * Rules
 * [LC1] A placeholder of a mail names a field of the input, or a key of the call.
 */
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import { mailCallSchema, mailSettingsSchema, type MailCall, type MailSettings } from '../mail';
import { fieldsIn } from '../mapping';
import type { Report } from '../problem';
import { unknownField, type KindFacts } from './kind-facts';

const TEXTS = ['to', 'cc', 'replyTo', 'subject', 'text'] as const;

function check(call: MailCall, { input }: { input: JsonSchema }, _: MailSettings, report: Report): void {
  for (const part of TEXTS)
    for (const field of fieldsIn(call[part])) if (!isField(input, field)) report(['call', part], unknownField(field));
}

const addresses: JsonSchema = { type: 'array', items: { type: 'string' } };
const SENT: JsonSchema = {
  type: 'object',
  required: ['messageId', 'accepted', 'rejected'],
  properties: { messageId: { type: 'string' }, accepted: addresses, rejected: addresses },
};

export const mail: KindFacts<MailSettings, MailCall> = {
  words: 'Mail',
  settings: mailSettingsSchema,
  call: mailCallSchema,
  address: ({ host, port }) => `${host}:${port}`,
  login: ({ user, tls }) =>
    `${user === '' ? 'No login' : `User ${user}`}, ${tls === 'off' ? 'without encryption' : 'over TLS'}`,
  line: ({ to, subject }) => ({ verb: 'MAIL', text: `${to.join(', ')}: ${subject}` }),
  fields: (call) => TEXTS.flatMap((part) => fieldsIn(call[part])),
  check,
  output: () => SENT,
  onlyReads: () => false,
};
