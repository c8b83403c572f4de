/**
 * A statement on a PostgreSQL database, in a transaction of its own. The input is parameters, never a part of its text.
 * Nothing happens before COMMIT: a failure before it, and every error that the server reports, proves that this attempt
 * had no effect.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import pg from 'pg';
import { demandMatch, environment, failure, fieldsOf, notSent, timeoutMs, type ActivityCall } from './call';
import { valueAt } from './mapping';
import { SQL_TYPES, sqlValue } from './sql-values';

export interface Statement {
  /** A variable of the environment. */
  url: string;
  text: string;
  /** Of the parameters, in order. */
  fields: readonly (readonly string[])[];
  /**
   * 'none': { count }. 'one': the first row, or null. 'all': { rows, count }. 'lookup': { applied, output: the first
   * row }.
   */
  answer: 'none' | 'one' | 'all' | 'lookup';
  readOnly: boolean;
  /** JSON Schema of a row. */
  row?: object;
}

/** Conflicts with other transactions, and a server that is overloaded or restarting. */
const RETRYABLE = /^(40001|40P01|55P03|57014|57P0[123]|53\d\d\d|08\d\d\d)$/;

export const statement =
  ({ url, text, fields, answer, readOnly, row }: Statement) =>
  async (input: unknown, call: ActivityCall): Promise<unknown> => {
    const known = fieldsOf(input, call);
    const values = fields.map((field) => sqlValue(valueAt(known, field)));
    const client = new pg.Client({
      connectionString: environment(url),
      connectionTimeoutMillis: 10_000,
      statement_timeout: timeoutMs(),
      types: SQL_TYPES,
    });
    // A connection that breaks while nothing is asked is reported by the next query.
    client.on('error', () => {});
    const { cancellationSignal, cancelled } = Context.current();
    if (readOnly) cancellationSignal.addEventListener('abort', () => void client.end().catch(() => {}), { once: true });
    let isCommitting = false;
    try {
      await client.connect();
      await client.query(`BEGIN ${readOnly ? 'READ ONLY' : 'READ WRITE'}`);
      const { rows, rowCount } = await client.query<Record<string, unknown>>(text, values);
      const looked = answer === 'none' ? [] : answer === 'one' ? [rows[0] ?? null] : rows;
      for (const each of looked) demandMatch(row, each, 'A row');
      isCommitting = true;
      await commit(client, url);
      switch (answer) {
        case 'none':
          return { count: rowCount ?? 0 };
        case 'one':
          return rows[0] ?? null;
        case 'all':
          return { rows, count: rows.length };
        case 'lookup':
          return rows[0] ? { applied: true, output: rows[0] } : { applied: false };
      }
    } catch (error) {
      if (readOnly && cancellationSignal.aborted) await cancelled;
      if (error instanceof ApplicationFailure) throw isCommitting ? error : notSent(error);
      const { code, severity, message } = error as Error & { code?: string; severity?: string };
      // Only the server's own reports have a severity.
      const said =
        severity === undefined || code === undefined
          ? failure('Unreachable', false, `The database of ${url} did not answer: ${message}`)
          : failure('SqlError', !RETRYABLE.test(code), `The database refused it: ${message} (SQLSTATE ${code})`);
      throw isCommitting && said.type === 'Unreachable' ? said : notSent(said);
    } finally {
      await client.end().catch(() => {});
    }
  };

/**
 * A server that reports an error at COMMIT has rolled back, and answers the next statement. One that ends the
 * connection may have committed before.
 */
async function commit(client: pg.Client, url: string): Promise<void> {
  try {
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw notSent(failure('SqlError', true, `The database answered COMMIT with ${command}.`));
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    const answers = await client.query('SELECT 1').catch(() => null);
    if (answers !== null) throw error;
    const { message } = error as Error;
    throw failure('Unreachable', false, `The database of ${url} ended the connection at COMMIT: ${message}`);
  }
}
