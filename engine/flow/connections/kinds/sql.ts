/**
 * PostgreSQL databases.
 *
 * Rules
 * [QC1] A placeholder names a field of the input, or a key of the call.
 * [QC2] It is one statement, and none that begins or ends a transaction: the transaction belongs to the call.
 */
import type { JsonSchema } from '../../json-schema';
import { isField } from '../fields';
import type { Report } from '../problem';
import { prepared, sqlCallSchema, sqlSettingsSchema, type SqlCall, type SqlSettings } from '../sql';
import { lookedUp, unknownField, type KindFacts } from './kind-facts';

function check(call: SqlCall, { input }: { input: JsonSchema }, _: SqlSettings, report: Report): void {
  const { text, fields } = prepared(call.statement);
  for (const field of fields)
    if (!isField(input, field.join('.'))) report(['call', 'statement'], unknownField(field.join('.')));
  const bare = text
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g, ' ')
    .trim();
  if (/;(?!\s*$)/.test(bare)) report(['call', 'statement'], 'Only one statement can be carried out.');
  const [verb = ''] = /^\w+/.exec(bare) ?? [];
  if (OF_TRANSACTIONS.test(verb))
    report(['call', 'statement'], `${verb.toUpperCase()} cannot be used: the call has a transaction of its own.`);
}

const OF_TRANSACTIONS =
  /^(begin|start|commit|end|rollback|abort|savepoint|release|prepare|set|reset|discard|listen|copy|lock|vacuum)$/i;

/** How many rows a statement changed or returned. */
const COUNTED = {
  type: 'object',
  required: ['count'],
  properties: { count: { type: 'integer' } },
} satisfies JsonSchema;

function output({ answer }: SqlCall, declared: JsonSchema): JsonSchema {
  switch (answer) {
    case 'none':
      return COUNTED;
    case 'one':
      return declared;
    case 'lookup':
      return lookedUp(declared);
    case 'all':
      return {
        type: 'object',
        required: ['rows', 'count'],
        properties: { rows: { type: 'array', items: declared }, ...COUNTED.properties },
      };
  }
}

export const sql: KindFacts<SqlSettings, SqlCall> = {
  words: 'PostgreSQL',
  settings: sqlSettingsSchema,
  call: sqlCallSchema,
  address: ({ host, port, database }) => `${host}:${port}/${database}`,
  login: ({ user, tls }) => `User ${user}, ${tls === 'off' ? 'without encryption' : 'over TLS'}`,
  line: ({ statement }) => {
    const text = statement.trim().replace(/\s+/g, ' ');
    return { verb: (/^\w+/.exec(text)?.[0] ?? 'SQL').toUpperCase(), text };
  },
  fields: ({ statement }) => prepared(statement).fields.map((field) => field.join('.')),
  check,
  output,
  // Without an effect the transaction is read-only.
  onlyReads: () => true,
};
