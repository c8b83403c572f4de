/**
 * The thread's own realm, made worthless to whoever gets hold of an object of it: there is a way that nobody can close from
 * outside (V8 throws the host's RangeError when the stack ends within the host's part of a call, as while a stack trace is printed;
 * `import()` rejects with the host's error). What such an error leads to is this realm's intrinsics: frozen, without a constructor
 * that makes code of strings, and with no global left that reaches further.
 */
import { harden, syntaxIntrinsics } from './realm/harden';

/** ECMAScript's globals, save those that make code of strings or run beside the event loop. */
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

/** Once, at the end of the thread's start: what it needs of Node it holds in its own variables by then. */
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
  // Not the global object: Node's cannot be frozen, and nothing leads to it.
  const values = [...KEPT]
    .filter((name) => name !== 'globalThis')
    .map((name) => Reflect.get(globalThis, name) as unknown);
  harden([...values, ...syntaxIntrinsics()]);
}
