/** `log`: a line in the log of the worker. */
import { Context } from '@temporalio/activity';

export async function log({
  message,
  level = 'info',
  data,
}: {
  message: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  data?: unknown;
}): Promise<null> {
  Context.current().log[level](message, data === undefined ? undefined : { data });
  return null;
}
