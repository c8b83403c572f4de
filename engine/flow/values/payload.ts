/** Payloads of a history as data: proto JSON (base64) as well as the decoded messages of a client (bytes). */
import { readPayload } from './json';

export interface PayloadLike {
  metadata?: Record<string, unknown> | null;
  data?: string | Uint8Array | null;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return new Uint8Array();
  return Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
}
/** One for all: a history has thousands of payloads, and making a decoder costs more than using it. */
const decoder = new TextDecoder();
const textOf = (value: unknown) => decoder.decode(bytesOf(value));

/** The value of a payload, or a description if it cannot be decoded. */
export function decodePayload(payload: PayloadLike): unknown {
  const encoding = textOf(payload.metadata?.encoding);
  if (encoding === 'binary/null') return null;
  if (encoding === 'json/plain' || encoding === 'json/protobuf') {
    try {
      return readPayload(textOf(payload.data));
    } catch {
      return { encoding, problem: 'is not valid JSON' };
    }
  }
  return { encoding, bytes: bytesOf(payload.data).length };
}
