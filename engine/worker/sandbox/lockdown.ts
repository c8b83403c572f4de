/**
 * Makes the thread's own realm harmless for code that gets one of its objects. One way to get such an object cannot
 * be closed from outside: V8 throws an error of the host's realm if the stack ends within the host's part of a call
 * (e.g. while a stack trace is printed), and `import()` rejects with such an error. From such an error, code can
 * reach the intrinsics of this realm. So they are frozen, there is no constructor that creates code from strings, and
 * no global remains that gives access to anything else.
 */
import { harden, syntaxIntrinsics } from './realm/harden';

/** ECMAScript's globals, except those that create code from strings or run outside of the event loop. */
const KEPT = new Set([
  'globalThis',
  'Infinity',
  'NaN',
  'undefined',
  'Object',
  'Function',
  'Array',
  'Number',
  'Boolean',
  'String',
  'Symbol',
  'Date',
  'Promise',
  'RegExp',
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'JSON',
  'Math',
  'Intl',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Atomics',
  'DataView',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'BigInt',
  'Proxy',
  'Reflect',
  'parseFloat',
  'parseInt',
  'isFinite',
  'isNaN',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'Uint8ClampedArray',
  'BigUint64Array',
  'BigInt64Array',
]);

/**
 * Called once, at the end of the start of the thread. By then the thread holds everything that it needs of Node in
 * its own variables.
 */
export function lockdown(): void {
  const refused = () => {
    throw new TypeError('No code is made from strings here.');
  };
  for (const sample of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    Object.defineProperty(Object.getPrototypeOf(sample), 'constructor', { value: refused });
  }
  for (const name of Reflect.ownKeys(globalThis)) {
    if (typeof name !== 'string' || !KEPT.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  Reflect.deleteProperty(globalThis, 'Function');
  // The global object is left out: Node's global object cannot be frozen, and nothing leads to it.
  const values = [...KEPT]
    .filter((name) => name !== 'globalThis')
    .map((name) => Reflect.get(globalThis, name) as unknown);
  harden([...values, ...syntaxIntrinsics()]);
}
