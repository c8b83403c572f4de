/**
 * The console of workflow code: it uses the library's own logger, which adds the run and drops lines that a replay
 * repeats.
 */
import { log } from '@temporalio/workflow/lib/logs';
import { currentActivator } from './current';
import { print } from './print';

const line =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (...values: unknown[]): void => {
    if (currentActivator()) log[level](print(values));
  };

export const console = {
  log: line('info'),
  info: line('info'),
  warn: line('warn'),
  error: line('error'),
  debug: line('debug'),
};
