/** An operation whose body is a form. */
import { isExactData } from '../json';
import { invalid } from './address';
import { textOf } from './call';
import { NoForm, writtenForm, type BodyEncoding } from './form-fields';
import { operation, type HttpOperation } from './operation';

export const form = ({ encoding, ...call }: HttpOperation & { encoding: BodyEncoding }) => {
  // A mapping that is one placeholder takes its names from the input, too.
  const names = typeof call.body === 'object' && typeof call.body.mapping === 'object' ? 'definition' : 'data';
  return operation(call, (body) => {
    try {
      return writtenForm(body, encoding, names, { textOf, isNumber: isExactData });
    } catch (error) {
      throw error instanceof NoForm ? invalid(error.message) : error;
    }
  });
};
