/**
 * Formats numbers for people: every stored digit and no other. Whole numbers without a format are not grouped,
 * because 20260712 may be the number of a contract.
 */
import { DEFAULT_WRITING, plainDigits, readDigits, type Writing } from './writing';

/** 4e-7 → '0.0000004', 1e21 → '1000000000000000000000', -0 → '0'. The shortest digits that give the same number. */
export function exactDigits(value: number): string {
  const text = String(Object.is(value, -0) ? 0 : value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? `${sign}${digits.padEnd(point, '0')}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

export function writeNumber(value: number, writing = DEFAULT_WRITING): string {
  return plainDigits(exactDigits(value), writing);
}

/** 0.19 → '19%', 0.0000004 → '0.00004%'. */
export function writePercent(value: number, writing = DEFAULT_WRITING): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(exactDigits(value)) ?? [];
  if (whole === '') return `${value}%`;
  const padded = fraction.padEnd(2, '0');
  const hundreds = (whole + padded.slice(0, 2)).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(2);
  return `${plainDigits(`${sign}${hundreds}${rest ? `.${rest}` : ''}`, writing)}%`;
}

export type ReadNumber = { value: number } | { problem: string };

/**
 * A number that a person typed. Rejected if a JavaScript number cannot represent its digits, because another number
 * would be sent.
 */
export function readNumber(text: string, writing: Writing): ReadNumber {
  const read = readDigits(text, writing);
  if ('problem' in read) return read;
  const value = Number(read.digits);
  const digits = read.digits.includes('.') ? read.digits.replace(/\.?0+$/, '') : read.digits;
  const exact = exactDigits(value);
  return exact === digits || (value === 0 && /^-?0?$/.test(digits))
    ? { value: value === 0 ? 0 : value }
    : { problem: 'has more digits than can be stored exactly' };
}
