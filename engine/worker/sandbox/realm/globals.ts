/**
 * The globals of Temporal's sandbox in addition to ECMAScript's. Imported before the library, which reads some of
 * them when it loads.
 */
import { AbortController } from './abort';
import { assert } from './assert';
import { AsyncLocalStorage } from './async-local-storage';
import { TextDecoder, TextEncoder } from './text-codec';
import { URL } from './url';
import { URLSearchParams } from './url-search-params';

const offered = { URL, URLSearchParams, TextEncoder, TextDecoder, AbortController, AsyncLocalStorage, assert };
for (const [name, value] of Object.entries(offered)) {
  Object.defineProperty(globalThis, name, { value, writable: false, enumerable: true, configurable: false });
}
for (const [name, description] of [
  ['dispose', 'nodejs.dispose'],
  ['asyncDispose', 'nodejs.asyncDispose'],
] as const) {
  if (typeof Symbol[name] !== 'symbol') Object.defineProperty(Symbol, name, { value: Symbol.for(description) });
}

// A workflow must not wait, share memory or compile outside of the microtasks of an activation, so these globals are
// removed.
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics']) {
  delete (globalThis as unknown as Record<string, unknown>)[name];
}
// These properties contain the last match of any run, so they are removed.
for (const name of Reflect.ownKeys(RegExp)) {
  const property = Object.getOwnPropertyDescriptor(RegExp, name);
  if (typeof name === 'string' && property?.get && property.configurable)
    delete (RegExp as unknown as Record<string, unknown>)[name];
}
