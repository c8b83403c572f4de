/**
 * Does a path lead up, out of the prefix under which it is placed? Services and proxies disagree about what means
 * "up": some decode a path once more, treat a backslash as a slash, or treat the text after ';' as a parameter of the
 * segment. Every path that any of them may read in this way counts.
 */

/** The maximum of decoding rounds. Decoding usually ends sooner, because each round makes the text shorter. */
const MOST_ROUNDS = 10;

/**
 * `encoded`: also paths that lead up only after separators are decoded ('..%2f'), as in a path without encoded
 * values.
 */
export function climbs(path: string, { encoded }: { encoded: boolean }): boolean {
  let text = path.replace(/[?#].*$/s, '');
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (text.split(/[/\\]/).some(isUp)) return true;
    const decoded = text.replace(encoded ? /%(25|2e|2f|5c|3b)/gi : /%(2e)/gi, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16))
    );
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}

/** Some readers ignore white space and control characters. */
const isUp = (segment: string): boolean => segment.replace(/;.*$/s, '').replace(/[\s\p{Cc}]+/gu, '') === '..';
