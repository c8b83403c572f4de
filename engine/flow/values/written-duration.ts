/**
 * Durations as people write them, read as documents write them. Pure.
 *
 * Rules
 * [WRD1] '400 days', '1 hour 30 minutes' and '1.5h' are read, in any case and order of units, each unit once. What is
 *       read has the same length, and is written with the largest unit that gives a whole number.
 * [WRD2] A text that a document accepts is left as it is, also one that could be shorter.
 * [WRD3] Anything else, a number without a unit for example, is not guessed: null.
 */
import { durationSchema } from '../duration';
import { LONGEST_MS } from '../../saga/duration';

const UNITS = [
  { unit: 'd', ms: 86_400_000, words: ['d', 'day', 'days'] },
  { unit: 'h', ms: 3_600_000, words: ['h', 'hr', 'hrs', 'hour', 'hours'] },
  { unit: 'm', ms: 60_000, words: ['m', 'min', 'mins', 'minute', 'minutes'] },
  { unit: 's', ms: 1_000, words: ['s', 'sec', 'secs', 'second', 'seconds'] },
  { unit: 'ms', ms: 1, words: ['ms', 'millisecond', 'milliseconds'] },
] as const;
/** A week has a length, and no unit in a document. */
const WEEKS = { ms: 7 * 86_400_000, words: ['w', 'week', 'weeks'] };

const PART = /^(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)[\s,]*(?:and\s+)?/;

export function writtenDuration(text: string): string | null {
  const given = text.trim();
  if (durationSchema.safeParse(given).success) return given;
  const used = new Set<object>();
  let left = given.toLowerCase();
  let ms = 0;
  while (left !== '') {
    const [part, amount, word = ''] = PART.exec(left) ?? [];
    const unit = [...UNITS, WEEKS].find(({ words }) => (words as readonly string[]).includes(word));
    if (part === undefined || !unit || used.has(unit)) return null;
    used.add(unit);
    ms += Number(amount) * unit.ms;
    left = left.slice(part.length);
  }
  // Fractions of decimal numbers are not exact: 0.1 s are 100 ms.
  const whole = Math.round(ms);
  if (used.size === 0 || Math.abs(ms - whole) > 1e-6 || whole > LONGEST_MS) return null;
  const largest = UNITS.find((unit) => whole % unit.ms === 0 && (whole > 0 || unit.unit === 's'))!;
  return `${whole / largest.ms}${largest.unit}`;
}
