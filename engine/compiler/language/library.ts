/**
 * What expressions see of the language: the methods that expressions.ts allows, with the signatures of TypeScript's own
 * library (language.test.ts compares both). It replaces 600 KB of libraries in the browser, and completion offers
 * nothing that is then refused.
 */
const PREDICATE = '(value: T, index: number, array: T[]) => unknown';
const GUARD = 'predicate: (value: T, index: number, array: T[]) => value is S';
const PREVIOUS = 'currentValue: T, currentIndex: number, array: T[]';

export const LIBRARY = `
interface Object {}
interface Function {}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface IArguments {}
interface RegExp {}
interface Boolean {}
interface SymbolConstructor { readonly iterator: unique symbol }
declare var Symbol: SymbolConstructor;
interface IteratorYieldResult<Y> { done?: false; value: Y }
interface IteratorReturnResult<R> { done: true; value: R }
type IteratorResult<T, R = any> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = any, N = any> { next(...[value]: [] | [N]): IteratorResult<T, R> }
interface Iterable<T, R = any, N = any> { [Symbol.iterator](): Iterator<T, R, N> }
interface TemplateStringsArray {}
type Record<K extends keyof any, T> = { [P in K]: T };
type FlatArray<Arr, Depth extends number> = {
  done: Arr;
  recur: Arr extends ReadonlyArray<infer InnerArr>
    ? FlatArray<InnerArr, [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20][Depth]>
    : Arr;
}[Depth extends -1 ? 'done' : 'recur'];

interface Number {
  toString(radix?: number): string;
  toFixed(fractionDigits?: number): string;
}
interface String {
  readonly length: number;
  readonly [index: number]: string;
  at(index: number): string | undefined;
  concat(...strings: string[]): string;
  endsWith(searchString: string, endPosition?: number): boolean;
  includes(searchString: string, position?: number): boolean;
  indexOf(searchString: string, position?: number): number;
  padEnd(maxLength: number, fillString?: string): string;
  padStart(maxLength: number, fillString?: string): string;
  replaceAll(searchValue: string | RegExp, replaceValue: string): string;
  replaceAll(searchValue: string | RegExp, replacer: (substring: string, ...args: any[]) => string): string;
  slice(start?: number, end?: number): string;
  split(separator: string | RegExp, limit?: number): string[];
  startsWith(searchString: string, position?: number): boolean;
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toString(): string;
  toUpperCase(): string;
  trim(): string;
  trimEnd(): string;
  trimStart(): string;
}
interface ConcatArray<T> {
  readonly length: number;
  readonly [n: number]: T;
  join(separator?: string): string;
  slice(start?: number, end?: number): T[];
}
interface ReadonlyArray<T> extends ConcatArray<T> { [Symbol.iterator](): Iterator<T> }
interface Array<T> {
  length: number;
  [n: number]: T;
  [Symbol.iterator](): Iterator<T>;
  at(index: number): T | undefined;
  concat(...items: ConcatArray<T>[]): T[];
  concat(...items: (T | ConcatArray<T>)[]): T[];
  every<S extends T>(${GUARD}, thisArg?: any): this is S[];
  every(predicate: ${PREDICATE}, thisArg?: any): boolean;
  filter<S extends T>(${GUARD}, thisArg?: any): S[];
  filter(predicate: ${PREDICATE}, thisArg?: any): T[];
  find<S extends T>(predicate: (value: T, index: number, obj: T[]) => value is S, thisArg?: any): S | undefined;
  find(predicate: (value: T, index: number, obj: T[]) => unknown, thisArg?: any): T | undefined;
  findIndex(predicate: (value: T, index: number, obj: T[]) => unknown, thisArg?: any): number;
  flat<A, D extends number = 1>(this: A, depth?: D): FlatArray<A, D>[];
  flatMap<U, This = undefined>(callback: (this: This, value: T, index: number, array: T[]) => U | readonly U[], thisArg?: This): U[];
  includes(searchElement: T, fromIndex?: number): boolean;
  indexOf(searchElement: T, fromIndex?: number): number;
  join(separator?: string): string;
  map<U>(callbackfn: (value: T, index: number, array: T[]) => U, thisArg?: any): U[];
  reduce(callbackfn: (previousValue: T, ${PREVIOUS}) => T): T;
  reduce(callbackfn: (previousValue: T, ${PREVIOUS}) => T, initialValue: T): T;
  reduce<U>(callbackfn: (previousValue: U, ${PREVIOUS}) => U, initialValue: U): U;
  slice(start?: number, end?: number): T[];
  some(predicate: ${PREDICATE}, thisArg?: any): boolean;
  toString(): string;
}
`;
