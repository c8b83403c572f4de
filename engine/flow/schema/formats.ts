/**
 * The formats that restrict a text. Every door uses them through check.ts: REST (a form shows its refusal at the field),
 * the engine, and the answers of services. An inferred schema (infer.ts) has a format only if its examples have it here.
 *
 * Rules
 * [FT1] A `date-time` is an instant: a date and a time with an offset, as RFC 3339 says, or without seconds, as flows
 *       read it (saga/instant.ts). A time without an offset is refused: it is another instant in each zone, and nothing
 *       in the value says which zone was meant. A field for local times is a text without a format; a wait can name
 *       its zone.
 * [FT2] A `date` and an `email` are as JSON Schema says.
 */
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { instantMs } from '../../saga/instant';

export const RESTRICTING = ['date', 'date-time', 'email'] as const;
export type RestrictingFormat = (typeof RESTRICTING)[number];

/** The rest of a sentence that begins with the field. */
export const FORMAT_WORDS: Readonly<Record<RestrictingFormat, string>> = {
  date: 'must be a date, such as 2026-11-28',
  'date-time': 'must be a date and a time with its offset, such as 2026-11-28T09:30:00Z or 2026-11-28T10:30:00+01:00',
  email: 'must be a mail address',
};

/**
 * The longest text that is checked against the regular expression of a format, because some of them need more than
 * linear time.
 */
const LONGEST_FORMATTED = 320;

export function hasFormat(text: string, name: RestrictingFormat): boolean {
  if (text.length > LONGEST_FORMATTED) return false;
  // Services write more digits of a second than any clock has.
  if (name === 'date-time') return instantMs(text.replace(/(\.\d{9})\d+/, '$1')) !== null;
  const format = fullFormats[name];
  const validate = typeof format === 'object' && 'validate' in format ? format.validate : format;
  if (validate instanceof RegExp) return validate.test(text);
  return typeof validate === 'function' && Boolean((validate as (text: string) => boolean)(text));
}
