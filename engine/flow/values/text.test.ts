import { expect, test } from 'vitest';
import { visibleParts, visibleText } from './text';

test.each([
  ['refund \u202e001\u202c now', 'refund ⟨U+202E⟩001⟨U+202C⟩ now'],
  ['Ada\u200bByron', 'Ada⟨U+200B⟩Byron'],
  ['pay\u200dpal', 'pay⟨U+200D⟩pal'],
  ['\u0000\u001b[31m', '⟨U+0000⟩⟨U+001B⟩[31m'],
  ['lone \ud800 half', 'lone ⟨U+D800⟩ half'],
  ['tag\u{e0041}', 'tag⟨U+E0041⟩'],
  ['\u3164', '⟨U+3164⟩'],
])('[TX1] %j has no hidden characters', (text, shown) => expect(visibleText(text)).toBe(shown));

test.each(['line\nline\ttab', '👩‍👩‍👧', 'می‌خواهم', 'क्‍ष', 'Zoë, naïve café', '日本語', ''])(
  '[TX2] %j is ordinary text and is not changed',
  (text) => expect(visibleParts(text)).toEqual([{ text }])
);

test('[TX3] a hidden character has a name', () => {
  expect(visibleParts('a\u202eb')).toEqual([
    { text: 'a' },
    { hidden: 'U+202E', name: 'right-to-left override' },
    { text: 'b' },
  ]);
});
