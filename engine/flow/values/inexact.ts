/** Where data has a number that JavaScript cannot represent. */
import { holdsExactly, isExactData } from '../../saga/exact';
import { readJson } from './json';

export interface Inexact {
  /** JSON pointer; '/' is the value itself. */
  at: string;
  digits: string;
}

/** The first exact number in a value from `readJson` for which `counts` returns true; null if there is none. */
export function firstExact(value: unknown, at = '', counts = (_digits: string) => true): Inexact | null {
  if (typeof value !== 'object' || value === null) return null;
  if (isExactData(value)) return counts(value.$exact) ? { at: at || '/', digits: value.$exact } : null;
  for (const [name, inner] of Object.entries(value)) {
    const found = firstExact(inner, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, counts);
    if (found) return found;
  }
  return null;
}

/**
 * The first number in a JSON text that JavaScript cannot represent, outside of the field `own`. A door refuses such a
 * number, because it would be stored as another number. Null for a text that is not JSON or is nested too deep: other
 * checks report that.
 */
export function firstInexact(text: string, own?: string): Inexact | null {
  try {
    const value = readJson(text);
    const isOwn = own !== undefined && typeof value === 'object' && value !== null;
    return firstExact(isOwn ? { ...value, [own]: undefined } : value, '', isLost);
  } catch {
    return null;
  }
}

/** True if the number would be stored as another number. Negative zero loses only its sign. */
const isLost = (digits: string): boolean => !Object.is(Number(digits), -0) || holdsExactly(digits.slice(1)) === false;
