import { describe, expect, it, test } from 'vitest';
import { isBlank, messageText, visibleParts, visibleText } from './text';

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

describe('[TXT1] a message that quotes what somebody typed', () => {
  it('has the beginning and the end of a long text', () => {
    const typed = `${'x'.repeat(5_000)}end`;
    const message = messageText(`'${typed}' cannot be read here. Did you mean 'input'?`);
    expect(message).toMatch(/^'x{59}…x{17}end' cannot be read here\. Did you mean 'input'\?$/);
  });
  it('is short also where the text has quotes, and of any length', () => {
    expect(messageText(`'${"it's ".repeat(1_000)}' is not allowed.`).length).toBeLessThanOrEqual(600);
    expect(messageText("There is no time zone 'Europe/Berln'.")).toBe("There is no time zone 'Europe/Berln'.");
  });
  it('names its invisible characters', () => {
    expect(messageText("There is no time zone 'a\u202eb'.")).toBe("There is no time zone 'a⟨U+202E⟩b'.");
  });
});

test('[TXT2] what nobody can see is blank', () => {
  expect(['', ' \t\n', '\u200b\u00ad', '\u3164 \u202e'].map(isBlank)).toEqual([true, true, true, true]);
  expect(['.', 'שלום', '👩‍👧', ' a '].map(isBlank)).toEqual([false, false, false, false]);
});
