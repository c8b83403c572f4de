/**
 * Does a path lead up, out of the place that it is put below? Services and proxies disagree on what means "up": some decode a path once
 * more, take a backslash for a slash, or take what follows ';' for a parameter of the segment. Whatever one of them may read so counts.
 */

/** Decoding ends sooner: each round makes the text shorter. */
const MOST_ROUNDS = 10;

/** `encoded`: also what leads up only once separators are decoded ('..%2f'), as in a path that holds no encoded values. */
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

/** White space and control characters are dropped by some readers. */
const isUp = (segment: string): boolean => segment.replace(/;.*$/s, '').replace(/[\s\p{Cc}]+/gu, '') === '..';
