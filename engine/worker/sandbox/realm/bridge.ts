/**
 * The only way out of the realm: a few host functions, which are taken before any other code runs inside.
 *
 * Invariants:
 * - Only primitives and opaque handles come in through the bridge, and handles stay in private fields. Code that gets
 *   one object of the host realm can reach everything in the thread through the object's constructor.
 * - No error of the host realm comes in either: even a harmless function throws one at the end of the stack.
 */

/** A host object that code of the realm holds but never inspects. */
export type Handle = { readonly opaque: unique symbol };

export interface Bridge {
  /** Wall clock in nanoseconds, for the order of log lines only. */
  timeOfDay(): bigint;
  /** The parts of a URL as JSON; '' if the text is not a URL. */
  parseUrl(text: string, base: string | undefined): string;
  /** The parts of `href` as JSON, after `part` was set to `value`. */
  changeUrl(href: string, part: string, value: string): string;
  /** application/x-www-form-urlencoded text as JSON pairs. */
  parseQuery(text: string): string;
  formatQuery(pairs: string): string;
  /**
   * Writes as many bytes into `target` as it has room for, and returns their number. `encodedCharacters` then returns
   * the number of characters that were read.
   */
  encodeText(text: string, target: Uint8Array): number;
  encodedCharacters(): number;
  openDecoder(label: string, fatal: boolean, ignoreBOM: boolean): Handle | null;
  decoderEncoding(decoder: Handle): string;
  /** Null if the bytes are not valid in the encoding and the decoder is fatal. */
  decodeText(decoder: Handle, bytes: ArrayBufferView | ArrayBuffer | undefined, stream: boolean): string | null;
  openStorage(): Handle;
  readStorage(storage: Handle): unknown;
  runStorage(storage: Handle, store: unknown, work: () => void): void;
  enterStorage(storage: Handle, store: unknown): void;
  closeStorage(storage: Handle): void;
  openSnapshot(): Handle;
  runSnapshot(snapshot: Handle, work: () => void): void;
  /** Passes the functions that the host calls; called after everything is frozen. */
  ready(guest: unknown): void;
}

const BRIDGE = '__BACKSTITCH_BRIDGE__';

function take(): Bridge {
  const given = globalThis as unknown as Record<string, Record<string, Call>>;
  const functions = given[BRIDGE];
  delete given[BRIDGE];
  const guarded = Object.entries(functions ?? {}).map(([name, call]) => [name, guard(name, call)]);
  return Object.fromEntries(guarded) as unknown as Bridge;
}

type Call = (a?: never, b?: never, c?: never) => unknown;

/** No function of the bridge takes more than three arguments. Spread arguments would make each call slower. */
function guard(name: string, call: Call): Call {
  return (a, b, c) => {
    try {
      return call(a, b, c);
    } catch {
      // The error itself is never thrown on, because it belongs to the host.
      throw new RangeError(`${name}: the sandbox could not do it, the stack is too deep`);
    }
  };
}

export const bridge = take();
