/** References to secrets. The value of a secret is in no document, message or history. */
import { z } from 'zod';

export const secretNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, 'small letters, digits, dots and dashes; begins with a letter; at most 63');
