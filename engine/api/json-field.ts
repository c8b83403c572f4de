/** JSON in a text field of a request: limited, storable, and without numbers that would be stored as other numbers. */
import { status } from '@grpc/grpc-js';
import { firstInexact } from '../flow/values/inexact';
import { Refusal } from './refusal';

/** Throws a Refusal with INVALID_ARGUMENT that names the field. */
export function parseJson(field: string, text: string, limitBytes: number): unknown {
  const refuse = (problem: string) => new Refusal(status.INVALID_ARGUMENT, `${field}${problem}`);
  if (Buffer.byteLength(text) > limitBytes) throw refuse(`: at most ${limitBytes} bytes`);
  let broken = false;
  // PostgreSQL can store neither NUL nor an unpaired surrogate.
  const storable = (name: string, value: unknown) => {
    if ([name, value].some((part) => typeof part === 'string' && (part.includes('\0') || /\p{Surrogate}/u.test(part))))
      broken = true;
    return value;
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, storable);
  } catch {
    throw refuse(' is not JSON');
  }
  const inexact = firstInexact(text);
  if (inexact) {
    const { at, digits } = inexact;
    throw refuse(` has ${digits} at ${at}, more digits than a number keeps exactly: write it as a text`);
  }
  if (broken) throw refuse(' has a character that cannot be stored (NUL, or half a character)');
  return parsed;
}
