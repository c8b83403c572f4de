/**
 * An id as one part of an address, and back. Ids are chosen by others: they may be `.` or `..`, hold slashes, per cent signs, spaces,
 * or letters of any language. Browsers, proxies and frameworks rewrite all of these, also when they are written with per cent signs
 * (`%2e%2e` is a step up, `%2F` is often decoded on the way). So whatever is no plain letter is written as `~` and its UTF-8 bytes in
 * hex: of that, nothing is special to anybody.
 *
 * Rules
 * [AP1] `fromPart(toPart(id))` is the id, for every well-formed text.
 * [AP2] A part made by `toPart` has letters, digits and - . _ ~ alone, and is neither `.` nor `..`.
 * [AP3] Addresses of before, made by encodeURIComponent, are still read.
 */

const PLAIN = /^[A-Za-z0-9._-]$/;
const HEX = /~([0-9A-F]{2})/g;

export function toPart(id: string): string {
  const dots = /^\.{1,2}$/.test(id);
  return [...id].map((letter) => (PLAIN.test(letter) && !dots ? letter : escaped(letter))).join('');
}

const escaped = (letter: string): string =>
  [...new TextEncoder().encode(letter)].map((byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Null for a part that means nothing: bytes that are no UTF-8, a per cent sign without its digits. */
export function fromPart(part: string): string | null {
  try {
    const text = decodeURIComponent(part);
    // A '~' that begins no byte is one of an address of before.
    return text.includes('~') ? decodeURIComponent(encodeURIComponent(text).replace(HEX, '%$1')) : text;
  } catch {
    return null;
  }
}
