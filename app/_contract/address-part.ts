/**
 * Encodes an id as one part of an address, and decodes it. Ids are chosen by users: they may be `.` or `..`, and may
 * contain slashes, per cent signs, spaces, or letters of any language. Browsers, proxies and frameworks rewrite all
 * of these, also if they are percent-encoded (`%2e%2e` means the parent directory, `%2F` is often decoded by a
 * proxy). So every character that is not an ASCII letter, a digit, - . or _ is written as `~` and its UTF-8 bytes in
 * hex, which no program treats as special.
 *
 * Rules
 * [AP1] `fromPart(toPart(id))` is the id, for every well-formed text.
 * [AP2] A part made by `toPart` has letters, digits and - . _ ~ alone, and is neither `.` nor `..`.
 * [AP3] Addresses from earlier releases, made by encodeURIComponent, can still be decoded.
 */

const PLAIN = /^[A-Za-z0-9._-]$/;
const HEX = /~([0-9A-F]{2})/g;

export function toPart(id: string): string {
  const dots = /^\.{1,2}$/.test(id);
  return [...id].map((letter) => (PLAIN.test(letter) && !dots ? letter : escaped(letter))).join('');
}

const escaped = (letter: string): string =>
  [...new TextEncoder().encode(letter)].map((byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Null if the part cannot be decoded: its bytes are not UTF-8, or a per cent sign has no digits. */
export function fromPart(part: string): string | null {
  try {
    const text = decodeURIComponent(part);
    // In an address from an earlier release, a '~' may be an ordinary character.
    return text.includes('~') ? decodeURIComponent(encodeURIComponent(text).replace(HEX, '%$1')) : text;
  } catch {
    return null;
  }
}
