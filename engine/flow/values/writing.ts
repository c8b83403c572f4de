/**
 * Number formats: the decimal sign, the groups, and the side of the currency. They are a fixed table of our own
 * instead of the platform's locale data, because server and browser have different versions of that data: each must
 * read what the other writes, and a number must not change when a page is hydrated. Each person chooses one in the
 * person's menu.
 */
export interface Writing {
  name: WritingName;
  /** An example, which is shown as the name of the choice. */
  title: string;
  decimal: '.' | ',';
  /** The sign between groups of digits. */
  group: string;
  /** Digits of each group before the last three: `3` for 1,234,567, `2` for 12,34,567. */
  upperGroup: 2 | 3;
  currency: 'before' | 'after';
}
export type WritingName = 'en' | 'de' | 'fr' | 'ch' | 'in';

/** U+202F: a narrow space without a line break. */
const NARROW = '\u202f';

export const WRITINGS: Readonly<Record<WritingName, Writing>> = {
  en: { name: 'en', title: '€1,234,567.89', decimal: '.', group: ',', upperGroup: 3, currency: 'before' },
  de: { name: 'de', title: '1.234.567,89 €', decimal: ',', group: '.', upperGroup: 3, currency: 'after' },
  fr: { name: 'fr', title: '1 234 567,89 €', decimal: ',', group: NARROW, upperGroup: 3, currency: 'after' },
  ch: { name: 'ch', title: '€1’234’567.89', decimal: '.', group: '’', upperGroup: 3, currency: 'before' },
  in: { name: 'in', title: '€12,34,567.89', decimal: '.', group: ',', upperGroup: 2, currency: 'before' },
};
export const DEFAULT_WRITING = WRITINGS.en;

/** The cookie with a person's choice, so that the server formats numbers as the browser does. */
export const WRITING_COOKIE = 'backstitch-writing';

/** The number format of that name; the default for any other name. */
export function writingOf(name: string | null | undefined): Writing {
  return Object.hasOwn(WRITINGS, name ?? '') ? WRITINGS[name as WritingName] : DEFAULT_WRITING;
}

/** '-1234567.5' → '-1,234,567.5'. The digits are not changed: nothing is rounded. */
export function groupDigits(digits: string, { group, decimal, upperGroup }: Writing): string {
  const [, sign = '', whole = '', fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  if (whole === '') return digits;
  const last = whole.slice(-3);
  let rest = whole.slice(0, -3);
  const groups: string[] = [];
  for (; rest.length > 0; rest = rest.slice(0, -upperGroup)) groups.unshift(rest.slice(-upperGroup));
  return `${sign}${[...groups, last].join(group)}${fraction === undefined ? '' : decimal + fraction}`;
}

/** '1234.5' → '1234,5': a number without groups. */
export function plainDigits(digits: string, { decimal }: Writing): string {
  return digits.replace('.', decimal);
}

export type ReadDigits = { digits: string } | { problem: string };

/**
 * Converts a decimal number in this format to its digits: '1.234,50' → '1234.50'. The signs between groups may be
 * left out or be a space, but they are accepted only at the correct places: '1,29' is read neither as 129 nor as
 * 1.29, because either may be wrong.
 */
export function readDigits(text: string, writing: Writing): ReadDigits {
  const { decimal, group, upperGroup } = writing;
  const trimmed = text.trim().replace(/^\u2212/, '-');
  if (trimmed === '') return { problem: 'is empty' };
  const [whole = '', fraction, ...more] = trimmed.replace(/^-/, '').split(decimal);
  const sign = trimmed.startsWith('-') ? '-' : '';
  const example = `Write it like ${groupDigits('1234.5', writing)} or ${plainDigits('1234.5', writing)}.`;
  if (more.length > 0 || (fraction !== undefined && !/^\d+$/.test(fraction)) || !/^\d/.test(whole)) {
    return { problem: `is not a number. ${example}` };
  }
  const separators = group === NARROW ? `[\\s${NARROW}]` : group === '’' ? "[’'\\s]" : `[${group}\\s]`;
  const grouped = new RegExp(`^\\d{1,${upperGroup}}(?:${separators}\\d{${upperGroup}})*${separators}\\d{3}$`);
  if (!/^\d+$/.test(whole) && !grouped.test(whole)) return { problem: `is not a number. ${example}` };
  const digits = whole.replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '');
  return { digits: `${sign}${digits}${fraction === undefined ? '' : `.${fraction}`}` };
}
