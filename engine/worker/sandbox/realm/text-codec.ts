/**
 * TextEncoder and TextDecoder of the Encoding standard, based on those of the host, which receive only bytes and
 * strings.
 */
import { bridge, type Handle } from './bridge';

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

export class TextEncoder {
  get encoding(): string {
    return 'utf-8';
  }
  encode(input: unknown = ''): Uint8Array {
    const text = String(input);
    const bytes = new Uint8Array(text.length * MOST_BYTES_A_UNIT);
    return bytes.slice(0, bridge.encodeText(text, bytes));
  }
  encodeInto(source: unknown, destination: Uint8Array): { read: number; written: number } {
    if (!(destination instanceof Uint8Array)) throw new TypeError('encodeInto: the destination must be a Uint8Array');
    const written = bridge.encodeText(String(source), destination);
    return { read: bridge.encodedCharacters(), written };
  }
  get [Symbol.toStringTag](): string {
    return 'TextEncoder';
  }
}

export class TextDecoder {
  readonly #decoder: Handle;
  readonly #encoding: string;
  readonly #fatal: boolean;
  readonly #ignoreBOM: boolean;

  constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
    const decoder = bridge.openDecoder(String(label), this.#fatal, this.#ignoreBOM);
    if (decoder === null) throw new RangeError(`The "${String(label)}" encoding is not supported`);
    this.#decoder = decoder;
    this.#encoding = bridge.decoderEncoding(decoder);
  }
  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return this.#fatal;
  }
  get ignoreBOM(): boolean {
    return this.#ignoreBOM;
  }
  decode(input?: ArrayBufferView | ArrayBuffer, options: { stream?: boolean } = {}): string {
    if (input !== undefined && !ArrayBuffer.isView(input) && !(input instanceof ArrayBuffer)) {
      throw new TypeError('decode: the input must be an ArrayBuffer or a view of one');
    }
    const text = bridge.decodeText(this.#decoder, input, Boolean(options?.stream));
    if (text === null) throw new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`);
    return text;
  }
  get [Symbol.toStringTag](): string {
    return 'TextDecoder';
  }
}
