/** Texts in lines of a given width, for a picture that no browser lays out. */
import { visibleText } from '@/engine/flow/values/text';

/** Widths of characters in a sans-serif font, in parts of its size; a little too wide, so that nothing is cut. */
const NARROW = /[iljtfrI.,:;'|!()[\]{} ]/;
const WIDE = /[mwMW@%—…]/;
const CAPITAL = /[A-Z0-9<>&=+#$~^_]/;
const FULL = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u;
const widthOf = ([character = '']: string) =>
  NARROW.test(character)
    ? 0.34
    : WIDE.test(character)
      ? 0.92
      : FULL.test(character)
        ? 1.05
        : CAPITAL.test(character)
          ? 0.68
          : 0.57;

/** What people see as one character: an emoji of several, a letter with its accents. */
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
const lettersOf = (text: string): string[] => Array.from(letters.segment(text), ({ segment }) => segment);

export const textWidth = (text: string, size: number): number =>
  lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0) * size;

/**
 * At most `most` lines, without invisible characters, some of which XML cannot contain; what does not fit ends in '…'. Words are broken only if a word is longer than a line.
 */
export function linesOf(text: string, width: number, size: number, most: number): string[] {
  const lines: string[] = [];
  let rest = visibleText(text.trim().replace(/\s+/g, ' '));
  while (rest !== '' && lines.length < most) {
    if (textWidth(rest, size) <= width) {
      lines.push(rest);
      return lines;
    }
    const isLast = lines.length === most - 1;
    const fitting = longest(rest, width - (isLast ? textWidth('…', size) : 0), size);
    if (isLast) {
      lines.push(`${fitting.trimEnd()}…`);
      return lines;
    }
    const space = rest.charAt(fitting.length) === ' ' ? fitting.length : fitting.lastIndexOf(' ');
    const line = space > 0 ? rest.slice(0, space) : fitting;
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return lines.length === 0 ? [''] : lines;
}

/** The longest beginning that fits; at least one character. */
function longest(text: string, width: number, size: number): string {
  let found = '';
  let wide = 0;
  for (const letter of lettersOf(text)) {
    wide += widthOf(letter) * size;
    if (found !== '' && wide > width) break;
    found += letter;
  }
  return found;
}
