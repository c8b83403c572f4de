/** The activity `log`: the context's own logger, which adds run and step. Secrets that this process has read are struck out. */
import { Context } from '@temporalio/activity';
import { writeJson } from '../../flow/values/json';
import type { Masking } from '../http/masking';

export interface LogInput {
  message: string;
  level?: 'debug' | 'info' | 'warn' | 'error';
  data?: Record<string, unknown>;
}

export function logActivity(masking: Pick<Masking, 'hide'>): (input: LogInput) => Promise<null> {
  return async ({ message, level = 'info', data }) => {
    const text = data === undefined ? undefined : writeJson(data);
    const hidden = text === undefined ? undefined : masking.hide(text);
    // What is unchanged is logged as fields; a secret in it may have been a part of a name.
    const fields = hidden === text ? data : { data: hidden };
    Context.current().log[level](masking.hide(message), fields);
    return null;
  };
}
