/** The body of a request as it is sent, of operations and of steps that describe their requests themselves. */
import { NoForm, writtenForm, type BodyEncoding } from '../../flow/connections/form';
import { isExactData, writeJson } from '../../flow/values/json';
import { plainText } from './address';
import { invalid } from './failure';

export interface WrittenBody {
  /** The content type. */
  type: string;
  text: string;
}

/**
 * `value` undefined: no body. `encoding` undefined: JSON. `names`: 'data' if names at the top may be from the input.
 * Throws `InvalidRequest` for what the encoding cannot write.
 */
export function writtenBody(
  value: unknown,
  encoding: BodyEncoding | undefined,
  names: 'data' | 'definition'
): WrittenBody | null {
  if (value === undefined) return null;
  if (!encoding) return { type: 'application/json', text: writeJson(value) };
  try {
    return writtenForm(value, encoding, names, { textOf: plainText, isNumber: isExactData });
  } catch (error) {
    throw error instanceof NoForm ? invalid(error.message) : error;
  }
}
