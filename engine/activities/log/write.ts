/** The activity `log`: the context's own logger, which adds run and step. */
import { Context } from '@temporalio/activity';

export interface LogInput {
  message: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  data?: Record<string, unknown>;
}

export async function writeLog({ message, level = 'info', data }: LogInput): Promise<null> {
  Context.current().log[level](message, data);
  return null;
}
