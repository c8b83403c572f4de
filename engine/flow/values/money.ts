/**
 * Money: the only place with the number of decimals of each currency. Amounts are whole numbers of minor units
 * (cents) in documents, payloads and on the wire. Forms and screens convert them with this table and the number
 * format of the person. Nothing is rounded.
 *
 * Rules
 * [M1] The number of decimals is that of ISO 4217, whatever the locale data of a platform contains.
 * [M2] An amount with more decimals than its currency is rejected, not rounded. So is an amount that a JSON number
 *      cannot represent exactly.
 * [M3] For a currency that is not in ISO 4217 the number of decimals is unknown: its amount is written in minor
 *      units, with these words.
 */
import { visibleText } from './text';
import { exactDigits } from './numbers';
import { DEFAULT_WRITING, groupDigits, readDigits, type Writing } from './writing';

/** ISO 4217, list one of 2026, by the number of decimals. Metals, funds without a unit and test codes are left out. */
const BY_DIGITS: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU ' +
    'CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS ' +
    'KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB ' +
    'PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD ' +
    'TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const)
  )
);
/**
 * Signs that belong to one currency only. Every other currency is written by its code, because '$' may be any of
 * twenty.
 */
const SIGNS: Readonly<Record<string, string>> = {
  EUR: '€',
  GBP: '£',
  USD: 'US$',
  JPY: 'JP¥',
  CNY: 'CN¥',
  INR: '₹',
  KRW: '₩',
  ILS: '₪',
  VND: '₫',
  AUD: 'A$',
  CAD: 'CA$',
  BRL: 'R$',
};
const SPACE = '\u00a0';

/** The number of decimals; null for a code that is not in ISO 4217. */
export function minorDigits(currency: string): number | null {
  return DIGITS.get(currency) ?? null;
}

/** 129000, 'EUR' → '€1,290.00'. If the currency is unknown, minor units are written: '500 minor units of points'. */
export function writeMoney(
  minor: number | bigint | string,
  currency: string | null,
  writing = DEFAULT_WRITING
): string {
  const digits = typeof minor === 'string' ? minor : typeof minor === 'bigint' ? String(minor) : exactDigits(minor);
  const places = currency === null ? null : minorDigits(currency);
  if (currency === null || places === null || !/^-?\d+$/.test(digits)) {
    return `${groupDigits(digits, writing)}${SPACE}minor units${currency ? ` of ${unknownName(currency)}` : ''}`;
  }
  const negative = digits.startsWith('-');
  const figure = groupDigits(shift(digits.replace('-', ''), -places), writing);
  const sign = SIGNS[currency];
  const name = sign ?? currency;
  const amount =
    writing.currency === 'after'
      ? `${figure}${SPACE}${name}`
      : sign
        ? `${sign}${figure}`
        : `${currency}${SPACE}${figure}`;
  return negative ? `-${amount}` : amount;
}

/** What somebody wrote as a currency: short, and without characters that would change how the amount reads. */
function unknownName(currency: string): string {
  const name = visibleText(currency);
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
const LONGEST_NAME = 16;

/** An amount as the initial text of a form field: '1290.00', with the person's decimal sign and without groups. */
export function writeAmount(minor: number, currency: string | null, writing: Writing): string {
  const places = currency === null ? null : minorDigits(currency);
  const digits = exactDigits(minor);
  return places === null ? digits : shift(digits, -places).replace('.', writing.decimal);
}

export type ReadMoney = { minor: number } | { problem: string };

/** '1,290.00', 'EUR' → 129000. The problem is the end of a sentence that begins with the field. */
export function readMoney(text: string, currency: string | null, writing: Writing): ReadMoney {
  const read = readDigits(text, writing);
  if ('problem' in read) return read;
  const places = currency === null ? null : minorDigits(currency);
  const [, fraction = ''] = read.digits.split('.');
  const most = places ?? 0;
  if (fraction.length > most) {
    if (places === null) {
      const which = currency ? `${currency} is no known currency` : 'there is no currency';
      return { problem: `can only be a whole number of minor units (cents), since ${which}` };
    }
    const decimals = most === 0 ? 'no decimals' : most === 1 ? 'one decimal' : `${most} decimals`;
    return { problem: `has more decimals than ${currency}, which has ${decimals}` };
  }
  const minor = Number(shift(read.digits, most));
  return Number.isSafeInteger(minor)
    ? { minor: minor === 0 ? 0 : minor }
    : { problem: 'is larger than can be stored exactly' };
}

/** Moves the decimal point: shift('1290', -2) → '12.90', shift('12.9', 2) → '1290'. Exact, on the digits. */
function shift(digits: string, places: number): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  if (places >= 0) return `${sign}${(whole + fraction.padEnd(places, '0')).replace(/^0+(?=\d)/, '')}`;
  const padded = whole.padStart(1 - places, '0');
  return `${sign}${padded.slice(0, places)}.${padded.slice(places)}${fraction}`;
}
