/** Statements: a failure before COMMIT, and every error of the server, proves that nothing happened. */
import type { Carrier } from '../carrier';
import { sqlOnce, sqlPing } from './operation';

export const sql: Carrier<'sql'> = {
  call: (operation, { settings }, environment, input, meta, progress) =>
    sqlOnce(operation, { ...environment, settings }, input, meta, () => progress.sending()),
  // A server that reports an error has rolled back, also at COMMIT.
  refused: ({ type }) => type === 'SqlError',
  test: ({ settings }, environment, progress) => sqlPing({ ...environment, settings }, () => progress.sending()),
};
