/**
 * Makes text that somebody else wrote safe to read: invisible characters that change how the text looks are shown by
 * name. For example, a right-to-left override shows the text '001 dnufer' as 'refund 100', and a zero-width space
 * makes two different names look equal.
 *
 * Rule
 * [TXT1] A message that quotes what somebody typed shows at most the beginning and the end of a long text, with its
 *       invisible characters by name.
 * [TXT2] A text of which nobody would see anything is blank, whatever characters it has.
 */

export type TextPart = { text: string } | { hidden: string; name: string };

const NAMES: Readonly<Record<number, string>> = {
  0x00ad: 'soft hyphen',
  0x061c: 'Arabic letter mark',
  0x115f: 'Hangul filler',
  0x1160: 'Hangul filler',
  0x180e: 'Mongolian vowel separator',
  0x200b: 'zero-width space',
  0x200c: 'zero-width non-joiner',
  0x200d: 'zero-width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'end of direction change',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first-strong isolate',
  0x2069: 'end of isolate',
  0x3164: 'Hangul filler',
  0xfeff: 'zero-width no-break space',
  0xffa0: 'Hangul filler',
};
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\u{e0000}-\u{e007f}]/gu;
/** A joiner is a normal part of text next to a script that joins, or next to an emoji. */
const JOINS =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Tamil}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Khmer}\p{Extended_Pictographic}\ufe0f]/u;

/**
 * The text in parts: visible text, and each invisible character as 'U+202E' with its name. A tab and a new line count
 * as visible.
 */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const at = match.index;
    const code = match[0].codePointAt(0) ?? 0;
    if ((code === 0x200c || code === 0x200d) && joins(text, at)) continue;
    if (at > from) parts.push({ text: text.slice(from, at) });
    parts.push({
      hidden: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
      name: NAMES[code] ?? (code >= 0xd800 && code <= 0xdfff ? 'half of a character' : 'control character'),
    });
    from = at + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}

/** [TXT2] */
export const isBlank = (text: string): boolean =>
  visibleParts(text).every((part) => !('text' in part) || part.text.trim() === '');

function joins(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
  const after = [...text.slice(at + 1, at + 3)][0] ?? '';
  return JOINS.test(before) || JOINS.test(after);
}

/** A value as JSON, in code in which no character is hidden: 'refund 100' with a right-to-left override is '\\u202erefund 100'. */
export function asCode(value: unknown): string {
  return visibleParts(JSON.stringify(value) ?? 'undefined')
    .map((part) => ('text' in part ? part.text : escapeOf(part.hidden)))
    .join('');
}

/** 'U+202E' → '\\u202e'; two escapes for a character that has two code units. */
const escapeOf = (hidden: string): string =>
  String.fromCodePoint(parseInt(hidden.slice(2), 16))
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/**
 * One line of text for places that cannot show parts (a title, a button): invisible characters are written as
 * '⟨U+202E⟩'.
 */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => ('text' in part ? part.text : `⟨${part.hidden}⟩`))
    .join('');
}

/** As much of what is quoted as names it. */
const QUOTED_MOST = 80;
const QUOTED = new RegExp(`'([^']{${QUOTED_MOST + 1},})'`, 'g');
const MESSAGE_MOST = 600;

/** [TXT1] */
export function messageText(message: string): string {
  const brief = message.replace(QUOTED, (_, text: string) => `'${middleOut(text, QUOTED_MOST)}'`);
  return visibleText(middleOut(brief, MESSAGE_MOST));
}
function middleOut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 4);
  const begin = most - end - 1;
  // By characters: half of one is a character that cannot be read.
  return `${[...text.slice(0, begin)].join('')}…${text.slice(-end)}`;
}
