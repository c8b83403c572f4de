/** A body as a form. */
import { isExactData } from '../json';
import { invalid } from './address';
import { textOf } from './call';
import { NoForm, writtenForm, type BodyEncoding } from './form-fields';
import type { Written } from './service';

/** `names`: 'data' if names at the top may be from the input. */
export function asForm(body: unknown, encoding: BodyEncoding, names: 'data' | 'definition'): Written {
  try {
    return writtenForm(body, encoding, names, { textOf, isNumber: isExactData });
  } catch (error) {
    throw error instanceof NoForm ? invalid(error.message) : error;
  }
}
