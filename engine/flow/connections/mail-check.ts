/** [LC1] A placeholder of a mail names a field of the input, or a key of the call. */
import { isField } from './fields';
import type { MailCall } from './mail';
import { fieldsIn } from './mapping';
import type { Operation } from './operation';
import type { Report } from './problem';

export function checkMail(call: MailCall, { input }: Pick<Operation, 'input'>, report: Report): void {
  for (const part of ['to', 'cc', 'replyTo', 'subject', 'text'] as const)
    for (const field of fieldsIn(call[part]))
      if (!isField(input, field)) report(['call', part], `The input has no field '${field}'.`);
}
