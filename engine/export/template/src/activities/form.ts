/** An operation whose body is a form. */
import { asForm } from './as-form';
import type { BodyEncoding } from './form-fields';
import { operation, type HttpOperation } from './operation';

export const form = ({ encoding, ...call }: HttpOperation & { encoding: BodyEncoding }) => {
  // A mapping that is one placeholder takes its names from the input, too.
  const names = typeof call.body === 'object' && typeof call.body.mapping === 'object' ? 'definition' : 'data';
  return operation(call, (body) => asForm(body, encoding, names));
};
