/**
 * Redis streams: messages that are added, and their look-up by the key of the step.
 *
 * Rules
 * [RD1] A placeholder names a field of the input, or a key of the call.
 */
import { z } from 'zod';
import { durationMs, durationSchema } from '../../duration';
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import { fieldsIn } from '../mapping';
import type { Report } from '../problem';
import { secretNameSchema } from '../secrets';
import { lookedUp, unknownField, type Definition, type KindFacts } from './kind-facts';

const redisSettingsSchema = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or an address, such as redis.example.com'),
  port: z.int().min(1).max(65_535),
  database: z.int().min(0).max(1_000_000),
  /** '' for the default user. */
  user: z.string().max(200),
  /** The password; '' for none. */
  secret: z.union([z.literal(''), secretNameSchema]),
  /** 'verify': TLS, and the certificate must be valid for the host. 'off': without encryption. */
  tls: z.enum(['verify', 'off']),
});
export type RedisSettings = z.infer<typeof redisSettingsSchema>;

const redisCallSchema = z.strictObject({
  kind: z.literal('redis'),
  /** `{field}` is replaced by a field of the input. */
  stream: z.string().min(1).max(500),
  /** 'rest': each field of the input is a field of the message. Otherwise texts with placeholders by name. */
  fields: z.union([z.literal('rest'), z.record(z.string().min(1).max(200), z.string().max(20_000))]),
  /** About so many messages remain in the stream; 0: all. */
  maxLength: z.int().min(0).max(1_000_000_000),
  /** So long the key of a step is kept beside the stream: a repetition within this time adds nothing. */
  keysKeptFor: durationSchema,
  /** 'added': adds a message. 'lookup': { applied, output }, and a message that arrives later is refused. */
  answer: z.enum(['added', 'lookup']),
});
export type RedisCall = z.infer<typeof redisCallSchema>;

const textsOf = ({ stream, fields }: RedisCall): string[] => [
  stream,
  ...(fields === 'rest' ? [] : Object.values(fields)),
];

function check(call: RedisCall, { input }: Definition, _: RedisSettings, report: Report): void {
  const read = (text: string, path: string[]) => {
    for (const field of fieldsIn(text)) if (!isField(input, field)) report(['call', ...path], unknownField(field));
  };
  read(call.stream, ['stream']);
  if (durationMs(call.keysKeptFor) < 60_000) report(['call', 'keysKeptFor'], 'At least one minute.');
  if (call.fields === 'rest') return;
  for (const [name, text] of Object.entries(call.fields)) read(text, ['fields', name]);
  if (call.answer === 'added' && Object.keys(call.fields).length === 0)
    report(['call', 'fields'], 'A message has at least one field.');
}

/** The id of the message. `added` is false if an earlier attempt had added it. */
const ADDED: JsonSchema = {
  type: 'object',
  required: ['id', 'added'],
  properties: { id: { type: 'string' }, added: { type: 'boolean' } },
};
const FOUND: JsonSchema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };

export const redis: KindFacts<RedisSettings, RedisCall> = {
  words: 'Redis stream',
  settings: redisSettingsSchema,
  call: redisCallSchema,
  address: ({ host, port, database }) => `${host}:${port}/${database}`,
  login: ({ user, secret, tls }) =>
    `${secret === '' ? 'No login' : `User ${user || 'default'}`}, ${tls === 'off' ? 'without encryption' : 'over TLS'}`,
  line: ({ stream, answer }) => ({ verb: answer === 'added' ? 'XADD' : 'LOOK UP', text: stream }),
  fields: (call) => textsOf(call).flatMap(fieldsIn),
  check,
  output: ({ answer }) => (answer === 'added' ? ADDED : lookedUp(FOUND)),
  onlyReads: () => false,
};
