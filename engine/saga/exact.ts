/**
 * Numbers that JavaScript cannot represent: 9007199254740993 becomes 9007199254740992 when it is parsed as a number.
 * Services use such numbers as ids, and the undo of a step must send the same digits back.
 *
 * Rules
 * [EX1] A number that JavaScript can represent remains a number: a whole number up to 2^53 - 1, and any other number
 *       whose shortest decimal form has the same value ('0.10', '6.02e23'). Negative zero is not one of them, because
 *       JSON.stringify writes it without its sign.
 * [EX2] Every other number is an `ExactNumber`, which keeps its digits. It can be sent on, put into a text and
 *       compared with `===`: two with the same digits are equal. Computing with it, or comparing its size, throws,
 *       because the result would be wrong. Negative zero is a plain number all the same, because computing with it
 *       loses nothing; it is marked again when it is sent.
 * [EX3] In a payload it is `{ "$exact": "<digits>" }`, so that every Temporal converter keeps it. An object of data
 *       that looks the same is written `$$exact`, and so on (engine/flow/values/json.ts).
 */

/** An exact number in a payload. */
export interface ExactData {
  $exact: string;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** [EX1] `text`: a number in JSON. */
export function holdsExactly(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value) || Object.is(value, -0)) return false;
  return /^-?\d+$/.test(text) ? Number.isSafeInteger(value) : decimalOf(text) === decimalOf(String(value));
}

/** True if a JSON number is a whole number. */
export function isWhole(text: string): boolean {
  const decimal = decimalOf(text);
  return decimal === '0' || Number(decimal.slice(decimal.indexOf('e') + 1)) >= 0;
}

/** Sign, digits without zeros at either end, and the power of ten: equal for equal values. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  if (short === '') return '0';
  return `${sign}${short}e${Number(power) - fraction.length + digits.length - short.length}`;
}

const isZero = (text: string): boolean => decimalOf(text) === '0';

export function isExactData(value: unknown): value is ExactData {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '$exact')) return false;
  const { $exact: digits } = value as ExactData;
  return Object.keys(value).length === 1 && typeof digits === 'string' && NUMBER.test(digits) && !holdsExactly(digits);
}

/** [EX2] Created by `ExactNumbers` only. */
export class ExactNumber {
  readonly #digits: string;

  constructor(digits: string) {
    this.#digits = digits;
  }

  toString(): string {
    return this.#digits;
  }

  toJSON(): ExactData {
    return { $exact: this.#digits };
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.#digits;
    throw new TypeError(
      `${this.#digits} has more digits than JavaScript can compute with. Send it on as it is, or as a string.`
    );
  }
}

/** The exact numbers of one run: the same digits give the same object. */
export class ExactNumbers {
  readonly #known = new Map<string, ExactNumber>();

  /** Replaces the exact numbers in a value that came as JSON; objects and arrays are changed in place. */
  read<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
    if (isExactData(value)) return this.#of(value.$exact) as Value;
    for (const [name, inner] of Object.entries(value as Record<string, unknown>)) {
      if (typeof inner !== 'object' || inner === null) continue;
      const read = this.read(inner);
      if (read !== inner) (value as Record<string, unknown>)[name] = read;
    }
    return value;
  }

  #of(digits: string): ExactNumber | number {
    if (Object.is(Number(digits), -0) && isZero(digits)) return -0;
    const known = this.#known.get(digits) ?? new ExactNumber(digits);
    this.#known.set(digits, known);
    return known;
  }
}

/**
 * Data as it is sent: negative zero keeps its sign. The data itself is not changed; data without a negative zero is
 * returned as it is.
 */
export function marked(value: unknown): unknown {
  if (Object.is(value, -0)) return { $exact: '-0' } satisfies ExactData;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  if (Array.isArray(value)) {
    const items = value.map(marked);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let changed: Record<string, unknown> | null = null;
  for (const [name, inner] of Object.entries(value)) {
    const written = marked(inner);
    if (written !== inner) changed = { ...(changed ?? (value as Record<string, unknown>)), [name]: written };
  }
  return changed ?? value;
}
