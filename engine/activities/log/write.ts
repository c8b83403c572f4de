/**
 * The activity `log`: it uses the logger of the context, which adds run and step. Secrets that this process has read
 * are removed.
 */
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
    // If the data contains a secret, only its masked text is logged, because a secret may be a part of a field's name.
    const fields = hidden === text ? data : { data: hidden };
    Context.current().log[level](masking.hide(message), fields);
    return null;
  };
}
