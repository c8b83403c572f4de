/**
 * The only way out of the realm: a handful of host functions, taken before any other code runs inside.
 *
 * Invariants:
 * - Nothing but primitives and opaque handles comes in through it; handles stay in private fields. Whoever gets hold of one object
 *   of the host realm can climb from its constructor to everything the thread has.
 * - No error of the host realm comes in either: even an innocent function throws one when the stack is at its end.
 */

/** A host object that code in here holds but never looks at. */
export type Handle = { readonly opaque: unique symbol };

export interface Bridge {
  /** Wall clock in nanoseconds, for the order of log lines only. */
  timeOfDay(): bigint;
  /** The parts of a URL as JSON, '' when it is none. */
  parseUrl(text: string, base: string | undefined): string;
  /** The parts of `href` after `part` was set to `value`, as JSON. */
  changeUrl(href: string, part: string, value: string): string;
  /** application/x-www-form-urlencoded text as JSON pairs. */
  parseQuery(text: string): string;
  formatQuery(pairs: string): string;
  /** Bytes written into `target`, which has room for all, or for what fits; and how many characters were read. */
  encodeText(text: string, target: Uint8Array): number;
  encodedCharacters(): number;
  openDecoder(label: string, fatal: boolean, ignoreBOM: boolean): Handle | null;
  decoderEncoding(decoder: Handle): string;
  /** Null when the bytes are not of that encoding and the decoder is fatal. */
  decodeText(decoder: Handle, bytes: ArrayBufferView | ArrayBuffer | undefined, stream: boolean): string | null;
  openStorage(): Handle;
  readStorage(storage: Handle): unknown;
  runStorage(storage: Handle, store: unknown, work: () => void): void;
  enterStorage(storage: Handle, store: unknown): void;
  closeStorage(storage: Handle): void;
  openSnapshot(): Handle;
  runSnapshot(snapshot: Handle, work: () => void): void;
  /** What the host calls, once all is frozen. */
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

/** No function of the bridge takes more than three arguments; spreading them would cost each call. */
function guard(name: string, call: Call): Call {
  return (a, b, c) => {
    try {
      return call(a, b, c);
    } catch {
      // Never the error itself: it is the host's.
      throw new RangeError(`${name}: the sandbox could not do it, the stack is too deep`);
    }
  };
}

export const bridge = take();
