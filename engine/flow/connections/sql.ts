/** Connections to PostgreSQL databases, and statements as operations. */
import { z } from 'zod';
import { secretNameSchema } from './secrets';

const word = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]+$/u, 'without control characters');

export const sqlSettingsSchema = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or an address, such as db.example.com'),
  port: z.int().min(1).max(65_535),
  database: word,
  user: word,
  /** The password; '' for none. */
  secret: z.union([z.literal(''), secretNameSchema]),
  /** 'verify': TLS, and the certificate must be valid for the host. 'off': without encryption. */
  tls: z.enum(['verify', 'off']),
});
export type SqlSettings = z.infer<typeof sqlSettingsSchema>;

/** One statement, carried out in a transaction of its own. */
export const sqlCallSchema = z.strictObject({
  kind: z.literal('sql'),
  /**
   * `{field}` is a parameter: its value is sent beside the statement, and is never part of its text. `{idempotencyKey}`
   * and `{forwardKey}` are the keys of the call.
   */
  statement: z.string().min(1).max(20_000),
  /**
   * 'none': { count }. 'one': the first row, or null. 'all': { rows, count }. 'lookup': { applied, output: the first
   * row }.
   */
  answer: z.enum(['none', 'one', 'all', 'lookup']),
});
export type SqlCall = z.infer<typeof sqlCallSchema>;

/** A statement with numbered parameters, and the field of each number. */
export interface Prepared {
  /** `… WHERE id = $1` */
  text: string;
  fields: string[][];
}

/**
 * Splits a statement into its text and its parameters. Braces inside of quoted texts, names, comments and dollar quotes
 * are no parameters. `{field}` that occurs twice is one parameter.
 */
export function prepared(statement: string): Prepared {
  const numbers = new Map<string, number>();
  const fields: string[][] = [];
  const text = statement.replace(TOKENS, (whole: string, _tag: string | undefined, field: string | undefined) => {
    if (field === undefined) return whole;
    const known = numbers.get(field) ?? fields.push(field.split('.'));
    numbers.set(field, known);
    return `$${known}`;
  });
  return { text, fields };
}

/** What must be skipped as a whole, or a placeholder. */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\}/g;
