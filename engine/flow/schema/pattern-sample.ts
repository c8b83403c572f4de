/**
 * A text that matches a pattern of a schema, for samples. It understands what such patterns mostly consist of
 * (literals, classes, groups, alternatives, repetitions, anchors); the caller checks the result, because a pattern can
 * combine them so that nothing short matches. Pure; the time is bounded by `MOST_CHARACTERS`.
 */
const MOST_CHARACTERS = 2_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** A draw from 0 up to, but not including, the given number. */
export type Draw = (below: number) => number;

/**
 * Null for a pattern with something that is not understood. `more`: how often open repetitions repeat beyond their
 * minimum.
 */
export function textFor(pattern: string, draw: Draw, more: number): string | null {
  try {
    return new PatternSampler(pattern, draw, more).whole();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

class NotUnderstood extends Error {}

class PatternSampler {
  #at = 0;
  #characters = 0;

  constructor(
    private readonly source: string,
    private readonly draw: Draw,
    private readonly more: number
  ) {}

  whole(): string {
    const text = this.#alternatives();
    if (this.#at < this.source.length) throw new NotUnderstood();
    return text;
  }

  #alternatives(): string {
    const texts = [this.#sequence()];
    while (this.#take('|')) texts.push(this.#sequence());
    return texts[this.draw(texts.length)]!;
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.source.length && !'|)'.includes(this.#peek())) text += this.#repeated();
    return text;
  }

  #repeated(): string {
    const start = this.#at;
    const first = this.#atom();
    const end = this.#at;
    const [fewest, most] = this.#counts();
    const after = this.#at;
    const count = Math.min(most, fewest + this.more);
    if (count === 0) return '';
    let text = first;
    for (let index = 1; index < count; index++) {
      this.#at = start;
      text += this.#atom();
      if (this.#at !== end) throw new NotUnderstood();
    }
    this.#at = after;
    return text;
  }

  #counts(): [fewest: number, most: number] {
    const [fewest, most] = this.#bareCounts();
    this.#take('?'); // the lazy form matches the same texts
    return [fewest, most];
  }
  #bareCounts(): [fewest: number, most: number] {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const braces = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.#at));
    if (!braces) return [1, 1];
    this.#at += braces[0].length;
    const fewest = Number(braces[1]);
    return [fewest, braces[2] === undefined ? fewest : braces[3] ? Number(braces[3]) : Infinity];
  }

  #atom(): string {
    const character = this.#next();
    switch (character) {
      case '^':
      case '$':
        return '';
      case '.':
        return this.#one(LETTERS);
      case '(': {
        if (this.#take('?')) {
          const named = /^(:|P?<[A-Za-z_]\w*>)/.exec(this.source.slice(this.#at));
          if (!named) throw new NotUnderstood();
          this.#at += named[0].length;
        }
        const text = this.#alternatives();
        if (!this.#take(')')) throw new NotUnderstood();
        return text;
      }
      case '[':
        return this.#one(this.#class());
      case '\\':
        return this.#escaped();
      default:
        return this.#one(character);
    }
  }

  #escaped(): string {
    const set = setOf(this.#peek());
    if (this.#peek() === 'b' || this.#peek() === 'A' || this.#peek() === 'z') return (this.#next(), '');
    if (set !== null) return (this.#next(), this.#one(set));
    if (/[A-Za-z0-9]/.test(this.#peek())) throw new NotUnderstood();
    return this.#one(this.#next());
  }

  /** The characters of a class; of one that is negated, the printable ones that it allows. */
  #class(): string {
    const negated = this.#take('^');
    let members = '';
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const from = this.#member();
      if (from.length === 1 && this.#peek() === '-' && this.source[this.#at + 1] !== ']') {
        this.#next();
        const to = this.#member();
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) members += String.fromCharCode(code);
      } else members += from;
    }
    this.#next();
    if (!negated) return members;
    return [...`${LETTERS}${DIGITS}${LETTERS.toUpperCase()}-_.`].filter((each) => !members.includes(each)).join('');
  }
  #member(): string {
    const character = this.#next();
    if (character !== '\\') return character;
    const escaped = this.#next();
    return setOf(escaped) ?? escaped;
  }

  #one(from: string): string {
    if (from === '' || ++this.#characters > MOST_CHARACTERS) throw new NotUnderstood();
    return from[this.draw(from.length)]!;
  }
  #peek(): string {
    return this.source[this.#at] ?? '';
  }
  #next(): string {
    const character = this.source[this.#at++];
    if (character === undefined) throw new NotUnderstood();
    return character;
  }
  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

function setOf(letter: string): string | null {
  switch (letter) {
    case 'd':
      return DIGITS;
    case 'w':
      return `${LETTERS}${DIGITS}`;
    case 's':
      return ' ';
    case 'D':
    case 'S':
    case 'W':
      return letter === 'W' ? '-' : LETTERS;
    default:
      return null;
  }
}
