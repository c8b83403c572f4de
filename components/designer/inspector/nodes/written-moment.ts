/**
 * A moment that is written in an expression as text, and the same moment in a field for a date and a time. Pure.
 *
 * Rules
 * [WRM1] Only a text in quotes is a written moment; an expression that computes one has no field.
 * [WRM2] The field shows the date and the time as they are written, and says in which zone they are: the offset of the
 *        text, otherwise the zone of the wait, otherwise UTC.
 * [WRM3] Another date or time keeps the offset, and the way in which it is written.
 */

export interface WrittenMoment {
  /** For a `datetime-local` field. */
  local: string;
  /** In words: 'UTC', 'UTC+01:00', 'Europe/Berlin'. */
  zone: string;
  /** The expression with another date and time; null for a field that is not complete. */
  withLocal: (local: string) => string | null;
}

const QUOTED = /^\s*(['"])([^'"\\]*)\1\s*$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

export function writtenMoment(expression: string, zone: string | undefined): WrittenMoment | null {
  const [, quote, text] = QUOTED.exec(expression) ?? [];
  const found = text === undefined ? null : MOMENT.exec(text);
  if (!found) return null;
  const [, date, time = '00:00', written] = found;
  const offset = written ?? (zone === undefined ? 'Z' : '');
  return {
    local: `${date}T${time}`,
    zone: written === undefined ? (zone ?? 'UTC') : offset.toUpperCase() === 'Z' ? 'UTC' : `UTC${offset}`,
    withLocal: (local) => (LOCAL.test(local) ? `${quote}${local}${offset === '' ? '' : `:00${offset}`}${quote}` : null),
  };
}
