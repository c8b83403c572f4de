import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { minorDigits, readMoney, writeAmount, writeMoney } from './money';
import { exactDigits, readNumber, writeNumber, writePercent } from './numbers';
import { groupDigits, readDigits, WRITINGS, type WritingName } from './writing';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const { en, de, fr, ch, in: india } = WRITINGS;

describe('money', () => {
  test.each([
    [129_000, 'EUR', 'en', '€1,290.00'],
    [129_000, 'EUR', 'de', '1.290,00 €'],
    [129_000, 'EUR', 'fr', '1 290,00 €'],
    [129_000_000, 'EUR', 'ch', '€1’290’000.00'],
    [123_456_789, 'INR', 'in', '₹12,34,567.89'],
    [5_000, 'JPY', 'en', 'JP¥5,000'],
    [5_000, 'KWD', 'en', 'KWD 5.000'],
    [5, 'KWD', 'en', 'KWD 0.005'],
    [1, 'CLF', 'en', 'CLF 0.0001'],
    [-5, 'EUR', 'en', '-€0.05'],
    [0, 'EUR', 'en', '€0.00'],
    [5_000, 'HUF', 'en', 'HUF 50.00'],
    [500, 'points', 'en', '500 minor units of points'],
    [500, null, 'en', '500 minor units'],
    [500, '', 'en', '500 minor units'],
    // What decides cannot be turned round or pushed out of sight by what somebody wrote as a currency.
    [12, 'a\u202eb', 'en', '12 minor units of a⟨U+202E⟩b'],
    [12, 'x'.repeat(500), 'en', `12 minor units of ${'x'.repeat(16)}…`],
    ['9007199254740993', 'EUR', 'en', '€90,071,992,547,409.93'],
  ] as const)('[M1] %s of %s is written in %s as %s', (minor, currency, writing, text) => {
    expect(plain(writeMoney(minor, currency, WRITINGS[writing]))).toBe(text);
  });

  test.each([
    ['5000', 'JPY', 'en', { minor: 5_000 }],
    ['5,000', 'JPY', 'en', { minor: 5_000 }],
    ['1.5', 'JPY', 'en', { problem: 'has more decimals than JPY, which has no decimals' }],
    ['0.005', 'EUR', 'en', { problem: 'has more decimals than EUR, which has 2 decimals' }],
    ['0.005', 'KWD', 'en', { minor: 5 }],
    ['1.290,5', 'EUR', 'de', { minor: 129_050 }],
    ['1290', 'EUR', 'fr', { minor: 129_000 }],
    ['1 290,50', 'EUR', 'fr', { minor: 129_050 }],
    ["1'290.50", 'CHF', 'ch', { minor: 129_050 }],
    ['12,34,567.89', 'INR', 'in', { minor: 123_456_789 }],
    ['-0', 'EUR', 'en', { minor: 0 }],
    ['7', 'points', 'en', { minor: 7 }],
    ['90071992547409.92', 'EUR', 'en', { problem: 'is larger than can be stored exactly' }],
  ] as const)('[M2] %s of %s, typed in %s, is %j', (text, currency, writing, read) => {
    expect(readMoney(text, currency, WRITINGS[writing])).toEqual(read);
  });

  test.each(['1,29', '1,2900', '12,34', '1.2.3', '1,000,00', 'abc', '', '1e3', '--1', '1.', '.5', '0x10', '１２'])(
    '[M2] %j is not an amount and is refused',
    (text) => expect(readMoney(text, 'EUR', en)).toHaveProperty('problem')
  );

  it('[M1] a written amount can be read again, in every notation', () => {
    const names = Object.keys(WRITINGS) as WritingName[];
    const currencies = ['EUR', 'JPY', 'KWD', 'CLF', 'HUF'];
    const amounts = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(amounts, fc.constantFrom(...currencies), fc.constantFrom(...names), (minor, currency, name) => {
        const writing = WRITINGS[name];
        expect(readMoney(writeAmount(minor, currency, writing), currency, writing)).toEqual({ minor });
        const figure = writeMoney(Math.abs(minor), currency, writing).replaceAll(/[^\d.,’\u202f]/g, '');
        expect(readMoney(figure, currency, writing)).toEqual({ minor: Math.abs(minor) });
      })
    );
  });

  it('[M3] a code outside of ISO 4217 has no minor unit', () => {
    expect([minorDigits('XXX'), minorDigits('eur'), minorDigits('EUR')]).toEqual([null, null, 2]);
  });
});

describe('numbers', () => {
  test.each([
    [4e-7, '0.0000004'],
    [20_260_712, '20260712'],
    [1e21, '1000000000000000000000'],
    [1.5e-10, '0.00000000015'],
    [-1234.5, '-1234.5'],
    [-0, '0'],
  ])('[M4] %s is written with every digit and without groups', (value, text) => {
    expect(writeNumber(value)).toBe(text);
    expect(Number(exactDigits(value))).toBe(value === 0 ? 0 : value);
  });
  test.each([
    [0.19, '19%'],
    [0.0000004, '0.00004%'],
    [1.005, '100.5%'],
    [-0.5, '-50%'],
    [3, '300%'],
  ])('[M4] %s is %s', (value, text) => expect(writePercent(value)).toBe(text));
  test.each([
    ['1234.5', en, { value: 1_234.5 }],
    ['1.234,5', de, { value: 1_234.5 }],
    ['1 234', fr, { value: 1_234 }],
    ['1’234', ch, { value: 1_234 }],
    ['1,23,456', india, { value: 123_456 }],
    ['0.10', en, { value: 0.1 }],
    ['9007199254740993', en, { problem: 'has more digits than can be stored exactly' }],
    ['0.1234567890123456789', en, { problem: 'has more digits than can be stored exactly' }],
  ] as const)('[M5] %s is read, or refused if its digits would be lost', (text, writing, read) => {
    expect(readNumber(text, writing)).toEqual(read);
  });
  it('[M5] every number that is written is read again as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(writeNumber(value, de), de)).toEqual({ value: value === 0 ? 0 : value });
      })
    );
  });
  it('[M6] digits are grouped according to the locale', () => {
    expect(groupDigits('1234567.891', india)).toBe('12,34,567.891');
    expect(groupDigits('no number', en)).toBe('no number');
    expect(readDigits('12,34,567.891', india)).toEqual({ digits: '1234567.891' });
  });
});
