/** URLSearchParams of the URL standard. The list is kept here; the host parses and formats. */
import { bridge } from './bridge';

type Pair = [name: string, value: string];
type Init = string | Iterable<Iterable<unknown>> | Record<string, unknown> | undefined | null;

/** Replaces each unpaired surrogate, as the standard requires. */
const text = (value: unknown) => String(value).replace(/\p{Surrogate}/gu, '\uFFFD');
const tellOwner = Symbol('tell the URL');
export const takeQuery = Symbol('take the query of the URL');

export class URLSearchParams {
  #pairs: Pair[];
  #changed: (query: string) => void = () => {};

  constructor(init: Init = '') {
    this.#pairs = pairsOf(init);
  }

  /** Of a URL: its changes change the URL, and changes of the URL change it. */
  static [tellOwner](query: string, changed: (query: string) => void): URLSearchParams {
    const params = new URLSearchParams(query);
    params.#changed = changed;
    return params;
  }
  [takeQuery](query: string): void {
    this.#pairs = parse(query);
  }

  get size(): number {
    return this.#pairs.length;
  }
  append(name: unknown, value: unknown): void {
    this.#pairs.push([text(name), text(value)]);
    this.#tell();
  }
  delete(name: unknown, value?: unknown): void {
    const [wanted, only] = [text(name), value === undefined ? undefined : text(value)];
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== wanted || (only !== undefined && pair[1] !== only));
    this.#tell();
  }
  get(name: unknown): string | null {
    const wanted = text(name);
    return this.#pairs.find((pair) => pair[0] === wanted)?.[1] ?? null;
  }
  getAll(name: unknown): string[] {
    const wanted = text(name);
    return this.#pairs.filter((pair) => pair[0] === wanted).map((pair) => pair[1]);
  }
  has(name: unknown, value?: unknown): boolean {
    const [wanted, only] = [text(name), value === undefined ? undefined : text(value)];
    return this.#pairs.some((pair) => pair[0] === wanted && (only === undefined || pair[1] === only));
  }
  set(name: unknown, value: unknown): void {
    const [wanted, next] = [text(name), text(value)];
    const first = this.#pairs.findIndex((pair) => pair[0] === wanted);
    if (first < 0) this.#pairs.push([wanted, next]);
    else {
      this.#pairs = this.#pairs.filter((pair, index) => index <= first || pair[0] !== wanted);
      this.#pairs[first] = [wanted, next];
    }
    this.#tell();
  }
  sort(): void {
    this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#tell();
  }
  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, self?: unknown): void {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }
  *entries(): Generator<Pair> {
    // The loop uses an index, so that pairs that are appended during the loop are visited, as the standard requires.
    for (let index = 0; index < this.#pairs.length; index++) {
      const [name, value] = this.#pairs[index]!;
      yield [name, value];
    }
  }
  *keys(): Generator<string> {
    for (const [name] of this.entries()) yield name;
  }
  *values(): Generator<string> {
    for (const [, value] of this.entries()) yield value;
  }
  [Symbol.iterator](): Generator<Pair> {
    return this.entries();
  }
  toString(): string {
    return bridge.formatQuery(JSON.stringify(this.#pairs));
  }
  get [Symbol.toStringTag](): string {
    return 'URLSearchParams';
  }

  #tell(): void {
    this.#changed(this.toString());
  }
}

/** Not reachable from outside, because the symbol is private to this module. */
export const paramsOf = (query: string, changed: (query: string) => void) => URLSearchParams[tellOwner](query, changed);

const parse = (query: string) => JSON.parse(bridge.parseQuery(query)) as Pair[];

function pairsOf(init: Init): Pair[] {
  if (init === undefined || init === null) return [];
  if (typeof init !== 'object' && typeof init !== 'function') return parse(text(init));
  if (typeof (init as Iterable<unknown>)[Symbol.iterator] !== 'function') {
    return Object.entries(init).map(([name, value]) => [text(name), text(value)]);
  }
  return Array.from(init as Iterable<Iterable<unknown>>, (entry) => {
    const pair = Array.from(entry);
    if (pair.length !== 2) throw new TypeError('Each query pair must be an iterable [name, value] tuple');
    return [text(pair[0]), text(pair[1])];
  });
}
