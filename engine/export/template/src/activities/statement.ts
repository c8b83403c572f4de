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
    const values = fields.map((field) => parameter(valueAt(known, field)));
    const client = new pg.Client({
      connectionString: environment(url),
      connectionTimeoutMillis: 10_000,
      statement_timeout: timeoutMs(),
      types: { getTypeParser: parserOf },
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
      await client.query('COMMIT');
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

/** A list of plain values is an array of PostgreSQL; other lists and objects are JSON. */
function parameter(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null;
  const isPlain = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  return isPlain ? value : JSON.stringify(value);
}

const { builtins } = pg.types;
/** Their text is kept: a JavaScript date would move them into a time zone. */
const AS_TEXT: readonly number[] = [
  builtins.DATE,
  builtins.TIME,
  builtins.TIMETZ,
  builtins.TIMESTAMP,
  builtins.INTERVAL,
];

/** Rows become JSON. */
function parserOf(oid: number): (text: string) => unknown {
  if (oid === builtins.INT8 || oid === builtins.NUMERIC) return Number;
  if (oid === builtins.TIMESTAMPTZ) return (text) => new Date(text).toISOString();
  if (oid === builtins.BYTEA) return (text) => Buffer.from(text.slice(2), 'hex').toString('base64');
  if (AS_TEXT.includes(oid)) return String;
  return pg.types.getTypeParser(oid, 'text') as (text: string) => unknown;
}
