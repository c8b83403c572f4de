/**
 * An instant in the URL of a page, in milliseconds. One that no field and no calendar can show is ignored, like other
 * damage.
 */
import { createParser } from 'nuqs/server';

/** The last instant with a year of four digits. */
const LAST_MS = Date.UTC(9_999, 11, 30);

export const parseAsInstant = createParser<number>({
  parse(text) {
    const ms = Number(text);
    return /^\d{1,15}$/.test(text) && ms <= LAST_MS ? ms : null;
  },
  serialize: String,
});
